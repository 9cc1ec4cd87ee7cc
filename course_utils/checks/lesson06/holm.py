"""``holm`` (lesson 6): which of several comparisons stand, by Holm's step-down correction."""

import random
from typing import Any

from course_utils.checks.core.compare import compare
from course_utils.checks.core.exercise import exercise
from course_utils.checks.lesson06.holm_mistakes import HOLM_MISTAKES, right_holm
from course_utils.checks.lesson06.telling import MORE, telling_cases
from course_utils.checks.lesson06.truths import read_truths

WHAT = "one truth value a comparison, a list of False and True"
HINTS = (
    "the lowest of m p-values is held against alpha / m. If it passes, how many are left?",
    "order = sorted(range(m), key=lambda i: p_values[i]) gives the places, the lowest p first",
    "for k, i in enumerate(order): break if p_values[i] is above alpha / (m - k), else rejected[i] "
    "becomes True; rejected begins as [False] * m",
)


@exercise(hints=HINTS, mistakes=HOLM_MISTAKES)
def holm(answer: Any, numbers: random.Random) -> None:
    """P-values in any order, some equal, some at or beside a threshold; other levels."""
    cases = telling_cases(lambda: draw(numbers), right_holm, HOLM_MISTAKES)
    cases += [draw(numbers) for _ in range(MORE)] + [([numbers.uniform(0.01, 0.04)],)]
    compare(answer, cases, right_holm, HOLM_MISTAKES, lambda value: read_truths(value, WHAT))


def draw(numbers: random.Random) -> tuple:
    """From 2 to 7 p-values about the thresholds, and at times a level."""
    m, alpha = numbers.randint(2, 7), numbers.choice((0.01, 0.05, 0.05, 0.1))
    p_values = [min(1.0, alpha * 10 ** numbers.uniform(-1.5, 0.7)) for _ in range(m)]
    if numbers.random() < 0.3:
        p_values[1] = p_values[0]
    if numbers.random() < 0.6:  # halves of a number are exact, so "at the threshold" is as well
        place = numbers.choice([k for k in (1, 2, 4) if k <= m])
        p_values[-1] = alpha / place * numbers.choice((0.995, 1, 1.005))
    numbers.shuffle(p_values)
    return (p_values, alpha) if alpha != 0.05 else (p_values,)
