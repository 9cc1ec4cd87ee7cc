"""What learners get wrong in ``gap_trend``."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy
from scipy import stats

from course_utils.checks.core.compare import Mistakes
from course_utils.measure.trend import gap_trend

Sizes = list[int]
Gaps = list[float]
Triple = tuple[float, float, float]
Axis = Callable[[Any], Any]


def right_trend(sizes: Sizes, gaps: Gaps) -> Triple:
    """By SciPy's regression."""
    slope, low, high = gap_trend(sizes, gaps)
    return slope, low, high


class Line:
    """Least squares, and what its interval is made of.

    Args:
        x, y: the points.

    Attributes:
        n, slope, intercept: of the points and the line.
        squares: sum of the squared residuals.
        spread: sum of the squared distances of x from its mean.
    """

    def __init__(self, x: Any, y: Any):
        self.x, self.y, self.n = x, numpy.asarray(y, dtype=float), len(x)
        self.spread = float(((x - x.mean()) ** 2).sum())
        self.slope = float((x - x.mean()) @ (self.y - self.y.mean())) / self.spread
        self.intercept = float(self.y.mean() - self.slope * x.mean())
        self.squares = float(((self.y - self.intercept - self.slope * x) ** 2).sum())

    @property
    def error(self) -> float:
        """Standard error of the slope."""
        return math.sqrt(self.squares / (self.n - 2) / self.spread)


@functools.cache
def t(n: int, less: int = 2, share: float = 0.975) -> float:
    """Student's quantile, with n - ``less`` degrees of freedom."""
    return float(stats.t.ppf(share, n - less))


def around(slope: float, half: float) -> Triple:
    """The slope and its interval."""
    return slope, slope - half, slope + half


def half_of(half: Callable[[Line], float]) -> Callable[[Sizes, Gaps], Triple]:
    """The right slope, with a wrong half-width."""

    def wrong(sizes: Sizes, gaps: Gaps) -> Triple:
        line = Line(numpy.log10(sizes), gaps)
        return around(line.slope, half(line))

    return wrong


def on_axes(x: Axis, y: Axis = lambda gaps: gaps) -> Callable[[Sizes, Gaps], Triple]:
    """The right formulas, of other axes."""

    def wrong(sizes: Sizes, gaps: Gaps) -> Triple:
        line = Line(x(numpy.array(sizes, dtype=float)), y(numpy.array(gaps, dtype=float)))
        return around(line.slope, t(line.n) * line.error)

    return wrong


def of_line(change: Callable[[Line], Any]) -> Callable[[Sizes, Gaps], Any]:
    """A wrong answer, made of the right line."""
    return lambda sizes, gaps: change(Line(numpy.log10(sizes), gaps))


def of_right(change: Callable[[float, float, float], Any]) -> Callable[[Sizes, Gaps], Any]:
    """A wrong answer, made of the right one."""
    return lambda sizes, gaps: change(*right_trend(sizes, gaps))


def exchanged(sizes: Sizes, gaps: Gaps) -> Triple:
    """The logarithm of the size over the gap."""
    line = Line(numpy.array(gaps), numpy.log10(sizes))
    return around(line.slope, t(line.n) * line.error)


def through_origin(sizes: Sizes, gaps: Gaps) -> Triple:
    """A line without an intercept."""
    x, y = numpy.log10(sizes), numpy.array(gaps)
    slope = float(x @ y / (x @ x))
    residuals = y - slope * x
    return around(slope, t(len(x)) * math.sqrt(residuals @ residuals / (len(x) - 2) / (x @ x)))


def correlation(line: Line) -> float:
    """Of x and y."""
    return line.slope * math.sqrt(line.spread / total(line))


def of_ends(sizes: Sizes, gaps: Gaps) -> Triple:
    """The slope from the first point to the last."""
    line = Line(numpy.log10(sizes), gaps)
    slope = (gaps[-1] - gaps[0]) / (math.log10(sizes[-1]) - math.log10(sizes[0]))
    return around(slope, t(line.n) * line.error)


def total(line: Line) -> float:
    """Squared distances of y from its mean."""
    return float(((line.y - line.y.mean()) ** 2).sum())


NO_INTERVAL = "the interval is missing: return the slope and both ends of its interval"
TREND_MISTAKES: Mistakes = {
    "the logarithm is another: with base 10 the slope is for a size that is ten times as large": [
        on_axes(numpy.log),
        on_axes(numpy.log2),
    ],
    "the line is over the size itself: take its logarithm with base 10 first": [
        on_axes(lambda sizes: sizes),
    ],
    "1.96 is the normal quantile: with few points take Student's, t.ppf(0.975, n - 2)": [
        half_of(lambda line: 1.96 * line.error),
        half_of(lambda line: float(stats.norm.ppf(0.975)) * line.error),
        half_of(lambda line: 2 * line.error),
    ],
    "the degrees of freedom are n - 2: a line takes two, its slope and its height": [
        half_of(lambda line: t(line.n, 1) * line.error),
        half_of(lambda line: t(line.n, 0) * line.error),
        half_of(lambda line: t(line.n, 1) * math.sqrt(line.squares / (line.n - 1) / line.spread)),
        half_of(lambda line: t(line.n, 0) * math.sqrt(line.squares / line.n / line.spread)),
    ],
    "the squared residuals are divided by n - 2: a line takes two, its slope and its height": [
        half_of(lambda line: t(line.n) * math.sqrt(line.squares / (line.n - 1) / line.spread)),
        half_of(lambda line: t(line.n) * math.sqrt(line.squares / line.n / line.spread)),
        half_of(lambda line: t(line.n) * math.sqrt(line.squares / line.spread)),
        half_of(lambda line: 1.96 * math.sqrt(line.squares / (line.n - 1) / line.spread)),
        half_of(lambda line: 1.96 * math.sqrt(line.squares / line.n / line.spread)),
    ],
    "the quantile is that of a 90 % interval: 95 % leave 2.5 % at each end, t.ppf(0.975, n - 2)": [
        half_of(lambda line: t(line.n, share=0.95) * line.error),
    ],
    "the quantile is another: 95 % leave 2.5 % at each end, t.ppf(0.975, n - 2)": [
        half_of(lambda line: t(line.n, share=0.05) * line.error),
        half_of(lambda line: t(line.n, share=0.995) * line.error),
        half_of(lambda line: t(line.n, share=0.99) * line.error),
    ],
    (
        "this is the scatter about the line: how wide x is spread, the sum of (x - mean) ** 2, "
        "divides its square"
    ): [half_of(lambda line: t(line.n) * math.sqrt(line.squares / (line.n - 2)))],
    "the root is missing: the variance of the slope is the square of its standard error": [
        half_of(lambda line: t(line.n) * line.error**2),
        half_of(lambda line: t(line.n) * line.squares / (line.n - 2) / line.spread),
        half_of(lambda line: t(line.n) * math.sqrt(line.squares / (line.n - 2)) / line.spread),
    ],
    "the sum of (x - mean) ** 2 is not to be divided by n, or n - 1: no standard deviation of x": [
        half_of(lambda line: t(line.n) * line.error * math.sqrt(line.n)),
        half_of(lambda line: t(line.n) * line.error * math.sqrt(line.n - 1)),
    ],
    "there is a root of n too many: the sum of (x - mean) ** 2 grows with n already": [
        half_of(lambda line: t(line.n) * line.error / math.sqrt(line.n)),
        half_of(lambda line: t(line.n) * math.sqrt(line.squares / (line.n - 2) / line.n)),
    ],
    "the mean of x is not taken off in the sum of squares that divides": [
        half_of(lambda line: t(line.n) * math.sqrt(
            line.squares / (line.n - 2) / float(line.x @ line.x))),
    ],
    "these are distances from the mean: residuals are distances from the line": [
        half_of(lambda line: t(line.n) * math.sqrt(total(line) / (line.n - 2) / line.spread)),
        half_of(lambda line: t(line.n) * math.sqrt(total(line) / (line.n - 1) / line.spread)),
        half_of(lambda line: t(line.n, 1) * math.sqrt(total(line) / (line.n - 1) / line.n)),
    ],
    "the interval is half as wide as it should be: the quantile times the error is to each side": [
        half_of(lambda line: t(line.n) * line.error / 2),
    ],
    "the third number of linregress is the correlation: the error is its stderr": [
        half_of(lambda line: t(line.n) * correlation(line)),
    ],
    "the scatter is left out: the sum of the squared residuals belongs under the root": [
        half_of(lambda line: t(line.n) / math.sqrt(line.spread)),
    ],
    "four points are written in: n is the number of sizes, and there may be more or fewer": [
        half_of(lambda line: t(4) * math.sqrt(line.squares / 2 / line.spread)),
        half_of(lambda line: t(4) * line.error),
    ],
    "this is the slope from the first point to the last: all of them count": [of_ends],
    "this is one standard error to each side: the quantile multiplies it": [
        half_of(lambda line: line.error),
    ],
    "the axes are exchanged: the gap depends on the size": [exchanged],
    "the line has no height of its own, so it goes through 0: take off the means first": [
        through_origin,
    ],
    "the sign is turned: a gap that falls with size has a negative slope": [
        of_right(lambda slope, low, high: (-slope, -high, -low)),
        of_right(lambda slope, low, high: (-slope, -low, -high)),
    ],
    "the order is (slope, low, high); perhaps the quantile is negative, t.ppf(0.025, n - 2)": [
        of_right(lambda slope, low, high: (low, slope, high)),
        of_right(lambda slope, low, high: (low, high, slope)),
        of_right(lambda slope, low, high: (slope, high, low)),
    ],
    "these are no ends of an interval: take the half-width from the slope, and add it": [
        of_right(lambda slope, low, high: (slope, slope - high, high - slope)),
        of_right(lambda slope, low, high: (slope, high - slope, high - slope)),
        of_right(lambda slope, low, high: (slope, low - slope, high - slope)),
    ],
    "this is the height of the line at log10(size) = 0, not its slope": [
        of_line(lambda line: around(line.intercept, t(line.n) * line.error)),
        of_line(lambda line: around(line.intercept, t(line.n) * line.error * math.sqrt(
            float(line.x @ line.x) / line.n))),
    ],
    "this is the correlation: the slope has the unit of the gap": [
        of_line(lambda line: around(correlation(line), t(line.n) * line.error)),
    ],
    "the slope is not divided by the sum of (x - mean) ** 2": [
        of_line(lambda line: line.slope * line.spread),
        of_line(lambda line: around(line.slope * line.spread, t(line.n) * line.error)),
    ],
    NO_INTERVAL: [
        of_line(lambda line: (line.slope, line.error)),
        of_line(lambda line: (line.slope, t(line.n) * line.error)),
        of_line(lambda line: (line.slope, line.intercept)),
    ],
    "the slope is missing: return it and both ends of its interval": [
        of_right(lambda slope, low, high: (low, high)),
    ],
    "the interval is nested: return three numbers, (slope, low, high)": [
        of_right(lambda slope, low, high: (slope, (low, high))),
        of_right(lambda slope, low, high: (slope, [low, high])),
    ],
    "the logarithm takes one number at a time: use numpy.log10, or a list comprehension": [
        lambda sizes, gaps: math.log10(sizes),
    ],
}  # fmt: skip
