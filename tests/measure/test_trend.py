"""The gap's trend against the formulas of least squares, and how often its interval is right."""

import numpy
import pytest
from scipy import stats

from course_utils.errors import CourseError
from course_utils.measure.trend import Trend, gap_trend, p_value

SIZES = [134_515_008, 361_821_120, 494_032_768, 1_543_714_304]


def by_formula(sizes, gaps):
    X = numpy.stack([numpy.ones(len(sizes)), numpy.log10(sizes)], 1)
    weights, (squares,), *_ = numpy.linalg.lstsq(X, numpy.array(gaps))
    variance = squares / (len(sizes) - 2) * numpy.linalg.inv(X.T @ X)[1, 1]
    half = stats.t(len(sizes) - 2).isf(0.025) * variance**0.5
    return weights[1], weights[1] - half, weights[1] + half


def test_slope_and_interval_are_those_of_the_normal_equations():
    for gaps in ([11.0, 7.5, 8.0, 3.0], [1, 2, 1, 3], [-4.0, 5.0, 5.0, 5.0]):
        assert gap_trend(SIZES, gaps) == pytest.approx(by_formula(SIZES, gaps))
        assert gap_trend(SIZES[::-1], gaps[::-1]) == pytest.approx(gap_trend(SIZES, gaps))


def test_three_points_and_points_at_two_sizes_have_an_interval_too():
    for sizes, gaps in (
        (SIZES[:3], [4.0, 1.0, 2.0]),
        ([100, 100, 900, 900, 900], [4.0, 3.0, 1.0, 2.5, 2.0]),
    ):
        assert gap_trend(sizes, gaps) == pytest.approx(by_formula(sizes, gaps))


def test_a_line_has_its_slope_for_ten_times_the_size():
    found = gap_trend([100, 1000, 10_000], [9.0, 7.0, 5.0])
    assert found == pytest.approx((-2, -2, -2))
    assert (found.slope, found.low, found.high) == found
    for level in (1.5, 0.3):  # of 0.3 the mean is not quite 0.3
        assert gap_trend([1, 10, 100, 700], [level] * 4) == (0, 0, 0)


def test_the_interval_holds_the_truth_in_95_of_100():
    random = numpy.random.default_rng(0)
    x = numpy.log10(SIZES)
    found = [gap_trend(SIZES, (5 - 3 * x + random.normal(size=4)).tolist()) for _ in range(1500)]
    assert numpy.mean([f.low <= -3 <= f.high for f in found]) == pytest.approx(0.95, abs=0.02)


def test_the_p_value_is_that_of_the_regression():
    for gaps in ([11.0, 7.5, 8.0, 3.0], [1, 2, 1, 3], [-4.0, 5.0, 5.0, 5.0]):
        found = gap_trend(SIZES, gaps)
        p = p_value(found, 4)
        assert p == pytest.approx(stats.linregress(numpy.log10(SIZES), gaps).pvalue)
        assert (p < 0.05) == (found.low > 0 or found.high < 0)
    assert p_value(Trend(-2, -2, -2), 3) == 0 and p_value(Trend(0, 0, 0), 3) == 1


@pytest.mark.parametrize(
    ("sizes", "gaps", "words"),
    [
        ([1, 10], [1, 2], "2 points"),
        ([7, 7, 7], [1, 2, 3], "at 1 sizes"),
        ([1, 10, 100], [1, 2], "no points"),
        ([0, 10, 100], [1, 2, 3], "no points"),
        ([1, 10, 100], [1, 2, float("nan")], "no points"),
        ([], [], "no points"),
    ],
)
def test_what_gives_no_line_is_refused(sizes, gaps, words):
    with pytest.raises(CourseError, match=words):
        gap_trend(sizes, gaps)
