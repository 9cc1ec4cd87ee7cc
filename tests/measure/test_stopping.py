"""Patience against known answers, and against the definition, written out."""

import random

import pytest

from course_utils.errors import CourseError
from course_utils.measure.stopping import early_stop


@pytest.mark.parametrize(
    ("losses", "patience", "expected"),
    [
        ([0.9, 0.5, 0.6, 0.7, 0.1], 2, (3, 1)),  # the lowest comes too late
        ([0.9, 0.5, 0.6, 0.7, 0.1], 3, (4, 4)),
        ([0.9, 0.5, 0.5, 0.5], 2, (3, 1)),  # equal is no improvement
        ([0.9, 0.5, 0.6, 0.4, 0.5], 2, (4, 3)),  # an improvement begins the count anew
        ([0.9, 1.0, 1.1], 1, (1, 0)),  # training made it worse
        ([0.7], 1, (0, 0)),
    ],
)
def test_known_curves(losses, patience, expected):
    assert early_stop(losses, patience) == expected


def by_definition(losses, patience):
    for n in range(patience, len(losses)):
        if min(losses[n - patience + 1 : n + 1]) >= min(losses[: n - patience + 1]):
            break
    else:
        n = len(losses) - 1
    return n, losses.index(min(losses[: n + 1]))


def test_random_curves_follow_the_definition():
    numbers = random.Random(0)
    for _ in range(300):
        losses = [numbers.randint(1, 9) / 10 for _ in range(numbers.randint(1, 12))]
        patience = numbers.randint(1, 5)
        assert early_stop(losses, patience) == by_definition(losses, patience)


@pytest.mark.parametrize("losses", [[], [0.5, float("nan")], [float("inf")]])
def test_what_is_no_curve_is_refused(losses):
    with pytest.raises(CourseError, match="cannot be compared"):
        early_stop(losses, 2)


@pytest.mark.parametrize("patience", [0, -1, 1.5, True])
def test_patience_is_a_number_of_validations(patience):
    with pytest.raises(CourseError, match="patience"):
        early_stop([0.5], patience)
