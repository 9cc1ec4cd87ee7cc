"""``wilson_interval`` (lesson 1, *What is an accuracy worth?*)."""

import math
import random
from typing import Any

import numpy
import torch
from scipy import stats

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

Z = 1.959964  # the 97.5 % point of the normal distribution


def wilson(correct: int, n: int, z: float = Z) -> tuple[float, float]:
    """The interval of Wilson (1927)."""
    share, w = correct / n, z * z / n
    centre = (share + w / 2) / (1 + w)
    half = z * math.sqrt(share * (1 - share) / n + w / (4 * n)) / (1 + w)
    return centre - half, centre + half


def wald(correct: int, n: int) -> tuple[float, float]:
    """The textbook interval, which is too narrow near 0 and 1."""
    share = correct / n
    half = Z * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


def agresti_coull(correct: int, n: int, z: float = Z) -> tuple[float, float]:
    """Wald's interval after adding z*z / 2 successes and failures."""
    n_more = n + z * z
    share = (correct + z * z / 2) / n_more
    half = Z * math.sqrt(share * (1 - share) / n_more)
    return share - half, share + half


def clipped(interval: tuple[float, float]) -> tuple[float, float]:
    """The part of an interval between 0 and 1."""
    return max(0.0, interval[0]), min(1.0, interval[1])


def exact(correct: int, n: int) -> tuple[float, float]:
    """The interval of Clopper and Pearson."""
    interval = stats.binomtest(correct, n).proportion_ci(0.95)
    return float(interval.low), float(interval.high)


def centre_and_half(correct: int, n: int) -> tuple[float, float]:
    """Centre and half-width of Wilson's interval."""
    low, high = wilson(correct, n)
    return (low + high) / 2, (high - low) / 2


WALD = (
    "this is Wald's interval, share +- 1.96 standard errors: it has width 0 when all answers are "
    "right"
)
ADJUSTED = "this is Agresti and Coull's interval: Wilson's has z*z / (4*n*n) under the root"
INTERVAL_MISTAKES: Mistakes = {
    WALD: [wald],
    WALD + "; cutting it at 0 and 1 does not cure that": [lambda c, n: clipped(wald(c, n))],
    "z is 1.645, which gives 90 %: use 1.96": [lambda c, n: wilson(c, n, 1.644854)],
    "z is 1: that is one standard error, about 68 %: use 1.96": [lambda c, n: wilson(c, n, 1.0)],
    "z is 2: use 1.96": [lambda c, n: wilson(c, n, 2.0)],
    "z is 2.576, which gives 99 %: use 1.96": [lambda c, n: wilson(c, n, 2.575829)],
    "these are percents: return shares between 0 and 1": [
        lambda c, n: tuple(100 * end for end in wilson(c, n))
    ],
    "these are numbers of items: return shares between 0 and 1": [
        lambda c, n: tuple(n * end for end in wilson(c, n))
    ],
    "the ends are the wrong way round: return (low, high)": [lambda c, n: wilson(c, n)[::-1]],
    "this is (centre, half-width): return centre - half-width and centre + half-width": [
        centre_and_half
    ],
    "this is the interval of the share of wrong answers": [lambda c, n: wilson(n - c, n)],
    ADJUSTED: [
        agresti_coull,
        lambda c, n: clipped(agresti_coull(c, n)),
        lambda c, n: agresti_coull(c, n, 2.0),
    ],
    "this is the exact interval (Clopper and Pearson), SciPy's default: Wilson's is narrower": [
        exact
    ],
    "the division by 1 + z*z / n is missing": [
        lambda c, n: tuple(end * (1 + Z * Z / n) for end in wilson(c, n))
    ],
}


def read_interval(value: Any) -> tuple[float, float]:
    """Read two numbers."""
    pair = isinstance(value, (tuple, list, numpy.ndarray, torch.Tensor)) and len(value) == 2
    if not pair:
        raise Mistake(
            "return two numbers, the low end and the high end", "(low, high)", show(value)
        )
    return number(value[0]), number(value[1])


HINTS = (
    "what interval do you get for 20 right out of 20? A sensible one is not a single point",
    "with p = correct / n and z = 1.96, the centre is (p + z*z / (2*n)) / (1 + z*z / n)",
    "the half-width is z * sqrt(p * (1 - p) / n + z*z / (4*n*n)) / (1 + z*z / n)",
)


@exercise(hints=HINTS, mistakes=INTERVAL_MISTAKES)
def wilson_interval(answer: Any, numbers: random.Random) -> None:
    """95 % Wilson interval, in small and middling samples, and at the edges."""
    sizes = [numbers.randint(8, 15), numbers.randint(20, 60), numbers.randint(80, 160)]
    cases = [(round(n * numbers.uniform(0.6, 0.8)), n) for n in sizes]
    edges = [(sizes[0] - 1, sizes[0]), (0, sizes[0]), (sizes[1], sizes[1])]
    compare(answer, cases + edges, wilson, INTERVAL_MISTAKES, read_interval, 1e-4)
