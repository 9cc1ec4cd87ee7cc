"""Crossing points of learning curves: known answers, and against interpolation by NumPy."""

import math
import random

import numpy
import pytest

from course_utils.errors import CourseError
from course_utils.measure.crossing import crossing


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ([-1, 1, 2], math.sqrt(10 * 100)),  # half the way on the logarithm
        ([-3, 1, 2], 10**1.75),
        ([-1, 0, 2], 100),  # level is not ahead
        ([1, -1, 1], math.sqrt(100 * 1000)),  # the last of two
        ([1, 2, 3], 10),
        ([1, 2, -3], math.inf),
        ([1, 2, 0], math.inf),
    ],
)
def test_known_curves(leads, expected):
    found = crossing([10, 100, 1000], leads)
    assert found == pytest.approx(expected) and isinstance(found, float)


def test_a_curve_may_begin_at_one_label_or_less():
    assert crossing([0.5, 8], [-1, 1]) == pytest.approx(2)


def test_the_lead_is_0_there_and_above_0_afterwards():
    numbers = random.Random(0)
    for _ in range(200):
        labels = sorted(numbers.sample(range(1, 10_000), 7))
        leads = [numbers.uniform(-1, 1) for _ in labels[1:]] + [0.5]
        found = crossing(labels, leads)
        if min(leads) > 0:
            assert found == labels[0]
            continue
        logs = numpy.log(labels)
        assert numpy.interp(math.log(found), logs, leads) == pytest.approx(0, abs=1e-9)
        later = numpy.linspace(math.log(found) + 1e-6, logs[-1], 50)
        assert (numpy.interp(later, logs, leads) > 0).all()


@pytest.mark.parametrize(
    ("labels", "leads"),
    [([], []), ([1, 2], [1]), ([0, 2], [1, 2]), ([2, 1], [1, 2]), ([1, 1], [1, 2]),
     ([3, 2, 4], [1, 2, 3]), ([1, 2], [1, float("nan")]), ([1, math.inf], [-1, 1])],
)  # fmt: skip
def test_what_is_no_curve_is_refused(labels, leads):
    with pytest.raises(CourseError, match="no learning curve"):
        crossing(labels, leads)
