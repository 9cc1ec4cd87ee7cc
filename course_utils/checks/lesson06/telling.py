"""Cases that tell a right answer from each of the usual wrong ones (all but ``gap_trend``).

There, two formulas that differ give other values on every case.
"""

from collections.abc import Callable

from course_utils.checks.core.compare import Mistakes, pairs
from course_utils.checks.core.difference import agree

TRIES = 5000  # the rarest case comes up once in about a hundred draws
MORE = 60  # cases beyond these, so that two wrong answers differ somewhere too
MARGIN = 1e-3  # values that are nearer than this are taken as equal: see `compare`'s tolerance


def telling_cases(draw: Callable[[], tuple], right: Callable, mistakes: Mistakes) -> list[tuple]:
    """For each wrong answer of a table a case on which it differs from the right one.

    Args:
        draw: a random case, the arguments of a call.
        right: gives the right value.
        mistakes: the table.
    """
    cases: list[tuple] = []
    for _, wrong in pairs(mistakes):
        if not any(differs(case, right, wrong) for case in cases):
            drawn = (draw() for _ in range(TRIES))
            cases.append(next(case for case in drawn if differs(case, right, wrong)))
    return cases


def differs(case: tuple, right: Callable, wrong: Callable) -> bool:
    """Does the wrong answer give another value than the right one, or raise?"""
    try:
        return not agree(wrong(*case), right(*case), MARGIN)
    except Exception:
        return True
