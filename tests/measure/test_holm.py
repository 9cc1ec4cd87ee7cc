"""Holm's correction against its definition as a maximum, and what it promises, by simulation."""

import random

import numpy
import pytest

from course_utils.errors import CourseError
from course_utils.measure.holm import adjusted, holm


def as_statsmodels_defines_it(p_values):
    """``multipletests(p, method="holm")``: max over j <= i of (m - j) p_(j), at most 1."""
    p = numpy.array(p_values)
    order = p.argsort()
    running = numpy.maximum.accumulate(p[order] * numpy.arange(len(p), 0, -1))
    found = numpy.empty(len(p))
    found[order] = running.clip(max=1)
    return found


def test_a_known_example():
    p = [0.04, 0.001, 0.03, 0.012]
    assert adjusted(p) == pytest.approx([0.06, 0.004, 0.06, 0.036])
    assert holm(p) == [False, True, False, True]
    assert holm(p, 0.01) == [False, True, False, False]
    assert adjusted([]) == holm([]) == []
    assert holm([0.05]) == [True] and holm([0.025, 0.05]) == [True, True]  # at the threshold


def test_adjusted_p_values_are_those_of_the_formula_whatever_their_order():
    numbers = random.Random(0)
    for _ in range(200):
        p = [numbers.choice([numbers.random() ** 3, 0.01, 0.02]) for _ in range(8)]
        found = adjusted(p)
        assert found == pytest.approx(as_statsmodels_defines_it(p))
        assert adjusted(p[::-1]) == found[::-1]
        in_order = [value for _, value in sorted(zip(p, found))]
        assert in_order == sorted(in_order)
        assert all(a >= b for a, b in zip(found, p))


def step_down(p_values, alpha):
    """As Holm wrote it: from the lowest on, until one fails."""
    rejected, left = set(), sorted(range(len(p_values)), key=lambda i: p_values[i])
    while left and p_values[left[0]] <= alpha / len(left):
        rejected.add(left.pop(0))
    return [i in rejected for i in range(len(p_values))]


def test_what_stands_is_what_stepping_down_rejects():
    numbers = random.Random(1)
    for _ in range(300):
        p = [numbers.random() ** 4 for _ in range(numbers.randint(1, 9))]
        assert holm(p, 0.1) == step_down(p, 0.1)


def test_without_any_difference_one_in_twenty_families_has_a_rejection():
    numbers = random.Random(2)
    families = [[numbers.random() for _ in range(5)] for _ in range(4000)]
    assert sum(any(holm(p)) for p in families) / 4000 == pytest.approx(0.05, abs=0.012)
    assert sum(min(p) <= 0.05 for p in families) / 4000 > 0.2  # uncorrected


@pytest.mark.parametrize("p", [float("nan"), -0.1, 1.5, "0.1", None])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(CourseError, match="p"):
        adjusted([0.1, p])


@pytest.mark.parametrize("alpha", [0, 1, float("nan")])
def test_what_is_no_level_is_refused(alpha):
    with pytest.raises(CourseError, match="alpha"):
        holm([0.1], alpha)
