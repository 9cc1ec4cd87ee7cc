"""Means over seeds against SciPy's t test."""

import pytest
from scipy import stats

from course_utils.errors import CourseError
from course_utils.measure.means import mean_difference, mean_of

FIRST, SECOND = [0.9, 0.84, 0.87, 0.91, 0.88], [0.8, 0.83, 0.85, 0.84, 0.86]


def test_the_interval_is_that_of_the_t_test():
    found, expected = mean_of(FIRST), stats.ttest_1samp(FIRST, 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == pytest.approx(0.88) and found.n == 5
    assert str(found) == f"0.880 [{expected.low:.3f}, {expected.high:.3f}]"


def test_a_difference_is_paired_by_seed():
    found = mean_difference(FIRST, SECOND)
    expected = stats.ttest_rel(FIRST, SECOND).confidence_interval()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == pytest.approx(0.044)


@pytest.mark.parametrize("values", [[], [0.5], [0.5, float("nan")], [0.5, float("inf")]])
def test_fewer_than_two_values_have_no_interval(values):
    with pytest.raises(CourseError, match="no interval"):
        mean_of(values)


def test_other_seeds_are_not_paired():
    with pytest.raises(CourseError, match="5 and 4 seeds"):
        mean_difference(FIRST, SECOND[:4])
