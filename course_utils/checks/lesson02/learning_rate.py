"""``learning_rate`` (lesson 2, *The training step*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import UNKNOWN, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson02.learning_rate_mistakes import (
    DEFAULT_WARMUP,
    FALL_MISTAKES,
    RATE_MISTAKES,
    RISE_MISTAKES,
    right_rate,
)


def number_of(peak: float) -> Callable[[Any], float]:
    """Read one number."""
    return lambda value: number(value, f"one number, at most {peak:.3g}")


HINTS = (
    "plot [learning_rate(step, 100, 1.0) for step in range(100)]: it should look like a tent",
    "warm_steps = max(1, round(warmup * steps)); there are two straight lines, which meet at "
    "warm_steps",
    "rising: peak * (step + 1) / warm_steps; falling: peak * (steps - step) / (steps - warm_steps)",
)


@exercise(hints=HINTS, mistakes=RATE_MISTAKES)
def learning_rate(answer: Any, numbers: random.Random) -> None:
    """Linear warm-up, linear decay to 0, at every step of trainings with a large and a small peak.

    The steps are asked for in no order. Shares lie between two whole numbers of warm-up steps, not
    half way.
    """
    for peak in (numbers.uniform(1.2, 3.0), numbers.uniform(1e-5, 1e-3)):
        steps = numbers.randint(20, 30)
        down, up = (numbers.randint(3, 5) + 0.3) / steps, (numbers.randint(3, 5) + 0.7) / steps
        cases: list[tuple] = [
            (step, steps, peak, share) for share in (down, up) for step in range(steps)
        ]
        cases += [(step, 6, peak) for step in range(6)]  # 0.06 * 6 steps round to 0
        cases += [(step, 50, peak) for step in (0, 1, 2, 3, 4, 25, 48, 49)]
        cases += [(step, 2000, peak, 0.3) for step in (0, 5, 7, 599, 600, 1999)]
        cases.append((7, 40, peak, 0.1))
        compare_parts(answer, numbers.sample(cases, len(cases)), peak)


def compare_parts(answer: Any, cases: list[tuple], peak: float) -> None:
    """Compare all; where no mistake explains all, then the rise and the fall by themselves."""
    read, tolerance = number_of(peak), 1e-5 * peak
    try:
        compare(answer, cases, right_rate, RATE_MISTAKES, read, tolerance)
    except Mistake as mistake:
        if mistake.likely != UNKNOWN:
            raise
        rising = [case for case in cases if is_rising(*case)]
        falling = [case for case in cases if not is_rising(*case)]
        compare(answer, rising, right_rate, RISE_MISTAKES, read, tolerance)
        compare(answer, falling, right_rate, FALL_MISTAKES, read, tolerance)
        raise


def is_rising(step: int, steps: int, peak: float, warmup: float = DEFAULT_WARMUP) -> bool:
    """Does the step belong to the warm-up?"""
    return step < max(1, round(warmup * steps))
