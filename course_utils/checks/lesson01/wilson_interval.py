"""``wilson_interval`` (lesson 1, *What is an accuracy worth?*)."""

import random
from typing import Any

import numpy
import torch

from course_utils.checks.core.compare import compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson01.wilson_interval_mistakes import (
    INTERVAL_MISTAKES,
    NEGATIVE_ROOT,
    wilson,
)


def read_interval(value: Any) -> tuple[float, float]:
    """Read two numbers.

    Raises:
        WrongForm: they are something else.
    """
    pair = isinstance(value, (tuple, list, numpy.ndarray, torch.Tensor)) and len(value) == 2
    if not pair:
        raise WrongForm(
            "return two numbers, the low end and the high end", "(low, high)", show(value)
        )
    if any(isinstance(end, complex) for end in value):
        raise WrongForm(NEGATIVE_ROOT, "(low, high)", show(value))
    low, high = number(value[0]), number(value[1])
    if low != low or high != high:
        raise WrongForm(NEGATIVE_ROOT + " (nan is no number)", "(low, high)", show(value))
    return low, high


HINTS = (
    "what interval do you get for 20 right out of 20? A sensible one is not a single point",
    "with p = correct / n and z = 1.96, the centre is (p + z*z / (2*n)) / (1 + z*z / n)",
    "the half-width is z * sqrt(p * (1 - p) / n + z*z / (4*n*n)) / (1 + z*z / n)",
)


@exercise(hints=HINTS, mistakes=INTERVAL_MISTAKES)
def wilson_interval(answer: Any, numbers: random.Random) -> None:
    """95 % Wilson interval, in samples of all sizes, and at the edges."""
    sizes = [numbers.randint(8, 15), numbers.randint(20, 60), numbers.randint(101, 160), 1000]
    cases = [(round(n * numbers.uniform(0.6, 0.8)), n) for n in sizes]
    edges = [(sizes[0] - 1, sizes[0]), (0, sizes[0]), (sizes[1], sizes[1])]
    compare(answer, cases + edges, wilson, INTERVAL_MISTAKES, read_interval, 1e-4)
