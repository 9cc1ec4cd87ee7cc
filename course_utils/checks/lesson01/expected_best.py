"""``expected_best`` (lesson 1): what the best of several equally good prompts seems to reach."""

import random
from typing import Any

import numpy
import torch

from course_utils.checks.core.compare import UNKNOWN, compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson01.expected_best_mistakes import BEST_MISTAKES, right_best

Case = tuple[float, int, int]
NEAR = (
    "this is near, and not exact: perhaps it is simulated, rounded, or from the normal "
    "distribution; sum the probabilities of the binomial one"
)
EDGE = (
    "this fails where n or k is 1: one prompt alone reaches `accuracy`, and one review is right or "
    "wrong"
)
HINTS = (
    "the best of many shares lies above `accuracy`, and the more prompts, the further above",
    "one prompt gets at most m of n right with probability F(m); all k do with F(m)**k, and some "
    "prompt gets more than m with 1 - F(m)**k",
    "scipy.stats.binom.cdf(range(n), n, accuracy) is F for every m of the sum; the sum over n is "
    "a share",
)


@exercise(hints=HINTS, mistakes=BEST_MISTAKES)
def expected_best(answer: Any, numbers: random.Random) -> None:
    """The expected best share: few and many prompts, few and many reviews, one of each."""
    cases = draw(numbers)
    try:
        compare(answer, cases, right_best, BEST_MISTAKES, read_share)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN and is_near(answer, cases):
            mistake.likely = NEAR
        raise
    share, n, k = cases[0]
    try:
        compare(answer, [(share, n, 1), (share, 1, k), (share, 1, 1)], right_best, {}, read_share)
    except Mistake as mistake:
        mistake.likely = EDGE
        raise


def read_share(value: Any) -> float:
    """Read one number.

    Raises:
        WrongForm: it is something else, or nan.
    """
    arrays = isinstance(value, (torch.Tensor, numpy.ndarray)) and value.ndim > 0
    if arrays or isinstance(value, (list, tuple)):
        likely = "these are several numbers, perhaps one for each m: return their sum over n"
        raise WrongForm(likely, "one number", show(value))
    share = number(value)
    if share != share:
        likely = "nan is no number: perhaps binom.cdf has not the order m, n, accuracy"
        raise WrongForm(likely, "one number", show(value))
    return share


def is_near(answer: Any, cases: list[Case]) -> bool:
    """Are the answer's values within 3 points of the right ones?"""
    return all(abs(number(answer(*case)) - right_best(*case)) < 0.03 for case in cases)


def draw(numbers: random.Random) -> list[Case]:
    """Accuracy, reviews and prompts: more reviews than prompts, fewer, and many of both."""
    return [
        (numbers.uniform(0.65, 0.78), numbers.randint(12, 20), numbers.randint(3, 6)),
        (numbers.uniform(0.5, 0.65), numbers.randint(5, 8), numbers.randint(12, 17)),
        (numbers.uniform(0.75, 0.85), numbers.randint(380, 400), numbers.randint(22, 26)),
    ]
