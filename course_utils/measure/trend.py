"""Does a gap grow or shrink with size? A line through the points, with its uncertainty (lesson 6).

A straight line of the gap over the logarithm of the size, by least squares.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from scipy import stats

from course_utils.errors import CourseError


class Trend(NamedTuple):
    """The slope of a line.

    Attributes:
        slope: change of the gap, in its own unit, for a size that is ten times as large.
        low, high: 95 % interval of the slope by Student's t, with n - 2 degrees of freedom.
    """

    slope: float
    low: float
    high: float


def gap_trend(sizes: Sequence[float], gaps: Sequence[float]) -> Trend:
    """Fit gap = a + slope * log10(size) by least squares.

    The interval takes the scatter of the points about the line for all that is uncertain; the
    points are taken as independent, and equally certain.

    Args:
        sizes: of the models in parameters, above 0; at least two different ones.
        gaps: one a size, in any unit, such as points of accuracy.

    Raises:
        CourseError: there are fewer than three points, not as many gaps as sizes, a size is not
            above 0, all are the same, or a value is not finite.
    """
    finite = all(map(math.isfinite, [*sizes, *gaps]))
    if len(sizes) != len(gaps) or not finite or min(sizes, default=0) <= 0:
        raise CourseError(
            f"The sizes {list(sizes)} and the gaps {list(gaps)} are no points of a line",
            "give one finite gap for each size, and sizes above 0",
        )
    if len(sizes) < 3 or len(set(sizes)) < 2:
        raise CourseError(
            f"{len(sizes)} points at {len(set(sizes))} sizes leave nothing to judge a line by",
            "give at least three points, at two sizes or more",
        )
    fit = stats.linregress([math.log10(size) for size in sizes], gaps)
    slope = float(fit.slope)
    error = float(fit.stderr) if len(set(gaps)) > 1 else 0.0  # of a level line SciPy says NaN
    half = float(stats.t.ppf(0.975, len(sizes) - 2)) * error
    return Trend(slope, slope - half, slope + half)


def p_value(found: Trend, points: int) -> float:
    """Two-sided p-value of a slope, of the same distribution as its interval.

    Args:
        found: by ``gap_trend``.
        points: that the line was fitted to.

    Returns:
        Below 0.05 where the interval leaves out 0, above where it holds it; 0 where the points lie
        on a line that is not level, and 1 where they lie on one that is.
    """
    half = (found.high - found.low) / 2
    if half == 0:
        return float(found.slope == 0)
    free = points - 2
    return float(2 * stats.t.sf(abs(found.slope) / half * stats.t.ppf(0.975, free), free))
