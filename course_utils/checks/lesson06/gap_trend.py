"""``gap_trend`` (lesson 6): a line through gaps over log10(size), and how sure its slope is."""

import random
from typing import Any

import numpy
import torch

from course_utils.checks.core.compare import compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson06.gap_trend_mistakes import (
    NO_INTERVAL,
    TREND_MISTAKES,
    right_trend,
)

WHAT = "three numbers, (slope, low, high)"
HINTS = (
    "x is log10 of each size. Take the mean off x and off the gaps: then the line goes through 0",
    "slope = sum(x * y) / sum(x * x), and residuals = y - slope * x, all of what has no mean left",
    "error = sqrt(sum(residuals ** 2) / (n - 2) / sum(x * x)); the ends lie "
    "scipy.stats.t.ppf(0.975, n - 2) * error below and above the slope",
)


@exercise(hints=HINTS, mistakes=TREND_MISTAKES)
def gap_trend(answer: Any, numbers: random.Random) -> None:
    """From three to seven models, in any order, two of one size among them."""
    cases = [draw(numbers, points) for points in (4, 3, 5, 7)]
    twins = draw(numbers, 5)
    twins[0][-1] = twins[0][0]
    compare(answer, [*cases, twins], right_trend, TREND_MISTAKES, read_trend, 1e-4)


def draw(numbers: random.Random, points: int) -> tuple[list[int], list[float]]:
    """Sizes from 0.1 to 3 billion, and gaps in points that fall or rise with them."""
    slope = numbers.choice((-8, -5, -3, 4))
    logs = [numbers.uniform(8, 9.5) for _ in range(points)]
    gaps = [round(6 + slope * (x - 8.7) + numbers.uniform(-2, 2), 2) for x in logs]
    return [round(10**x) for x in logs], gaps


def read_trend(value: Any) -> tuple[float, float, float]:
    """Read three numbers.

    Raises:
        WrongForm: they are something else, or nan.
    """
    if hasattr(value, "stderr"):
        likely = "this is the whole result of a regression: make slope and interval of its parts"
        raise WrongForm(likely, WHAT, show(value))
    if isinstance(value, (float, numpy.number)) or getattr(value, "ndim", 1) == 0:
        raise WrongForm(NO_INTERVAL, WHAT, show(value))
    rows = isinstance(value, (torch.Tensor, numpy.ndarray)) and value.ndim == 1
    if not (rows or isinstance(value, (list, tuple))) or len(value) != 3:
        raise WrongForm(f"return {WHAT}", WHAT, show(value))
    slope, low, high = (number(part) for part in value)
    if slope + low + high != slope + low + high:
        likely = "nan is no number: perhaps the root of a negative one, or 0 divided by 0"
        raise WrongForm(likely, WHAT, show(value))
    return slope, low, high
