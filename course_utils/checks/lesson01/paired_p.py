"""``paired_p`` (lesson 1): the exact test of McNemar, for two prompts on the same items."""

import random
from typing import Any

from course_utils.checks.core.compare import UNKNOWN, compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson01.paired_p_mistakes import (
    ALONE_MISTAKES,
    NONE_MISTAKES,
    TIE_MISTAKES,
    right_p,
)

NEAR = (
    "this is near, and not exact: perhaps it is simulated, or an approximation; add the exact "
    "probabilities of at most min(b, c) heads"
)
HINTS = (
    "on which items do two prompts differ? Those that both get right, or both wrong, say nothing",
    "zip(first, second) gives pairs of characters: b counts ('1', '0'), c counts ('0', '1')",
    "sum math.comb(b + c, heads) for heads from 0 to min(b, c), divide by 2 ** (b + c), double it, "
    "and take 1 where that is more",
)


@exercise(hints=HINTS, mistakes={**ALONE_MISTAKES, **TIE_MISTAKES, **NONE_MISTAKES})
def paired_p(answer: Any, numbers: random.Random) -> None:
    """A winner on either side, one that wins all, a tie, and prompts that never differ."""
    few, more = numbers.randint(3, 4), numbers.randint(8, 10)
    first_wins = draw(numbers, 10 + few, more, few, 5)
    second_wins = draw(numbers, 6, few, more + few, 12 + few)
    close = draw(numbers, 7, more, more + 2, 4)
    clear = draw(numbers, 30 + few, 30 + more, 15 + few, 20)
    all_won = draw(numbers, 4, 0, few, 2)
    cases = [first_wins, second_wins, clear, close, all_won]
    try:
        compare(answer, cases, right_p, ALONE_MISTAKES, read_p)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN and is_near(answer, cases):
            mistake.likely = NEAR
        raise
    tie = draw(numbers, 8, few, few, 3)
    compare(answer, [tie], right_p, TIE_MISTAKES, read_p)
    same = draw(numbers, more, 0, 0, few)
    compare(answer, [same], right_p, NONE_MISTAKES, read_p)


def draw(
    numbers: random.Random, both: int, first: int, second: int, neither: int
) -> tuple[str, str]:
    """Two strings with so many items that both get right, the first or the second alone, none."""
    pairs = ["11"] * both + ["10"] * first + ["01"] * second + ["00"] * neither
    numbers.shuffle(pairs)
    return "".join(pair[0] for pair in pairs), "".join(pair[1] for pair in pairs)


def is_near(answer: Any, cases: list[tuple[str, str]]) -> bool:
    """Are the answer's values within 0.05 of the right ones?"""
    return all(abs(read_p(answer(*case)) - right_p(*case)) < 0.05 for case in cases)


def read_p(value: Any) -> float:
    """Read one number.

    Raises:
        WrongForm: it is something else, or nan.
    """
    if hasattr(value, "pvalue"):
        likely = "this is the whole result of a test: return its .pvalue"
        raise WrongForm(likely, "one number", show(value))
    p = number(value)
    if p != p:
        raise WrongForm("nan is no number: perhaps 0 was divided by 0", "one number", show(value))
    return p
