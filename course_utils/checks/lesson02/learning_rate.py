"""``learning_rate`` (lesson 2, *The training step*)."""

import math
import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise

Schedule = Callable[..., float]
DEFAULT_WARMUP = 0.06


def schedule(
    warm: Callable[[float, int], float] = lambda warmup, steps: max(1, round(warmup * steps)),
    rise: Callable = lambda step, warm: (step + 1) / warm,
    fall: Callable = lambda step, steps, warm: (steps - step) / (steps - warm),
) -> Schedule:
    """The definition; other arguments make the usual mistakes."""

    def rate(step: int, steps: int, peak: float, warmup: float = DEFAULT_WARMUP) -> float:
        warm_steps = warm(warmup, steps)
        if step < warm_steps:
            return peak * rise(step, warm_steps)
        return peak * fall(step, steps, warm_steps)

    return rate


right_rate = schedule()


def cosine(step: int, steps: int, warm: int) -> float:
    """Half a wave from 1 to 0."""
    return (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2


def one_early(step: int, steps: int, warm: int) -> float:
    """A decay that reaches 0 at the last step."""
    return (steps - 1 - step) / max(1, steps - 1 - warm)


COSINE = "this decays along a cosine: a straight line is asked for"
EARLY = "the rate is already 0 at the last step, which then does nothing: it reaches 0 at `steps`"
FROM_ZERO = "the warm-up starts at 0, so the first step does nothing: use step + 1"
ROUNDED = "warm_steps should be rounded to the nearest whole number, at least 1"
RATE_MISTAKES: Mistakes = {
    FROM_ZERO: [schedule(rise=lambda step, warm: step / warm)],
    "there is no warm-up: the first steps must be small": [
        lambda step, steps, peak, warmup=0: peak * (steps - step) / steps,
        schedule(rise=lambda step, warm: 1),
    ],
    "the rate stays constant after the warm-up: let it fall to 0": [
        schedule(fall=lambda step, steps, warm: 1)
    ],
    COSINE: [schedule(fall=cosine)],
    "the rate falls too slowly and does not reach 0 at `steps`": [
        schedule(fall=lambda step, steps, warm: 1 - 0.9 * (step - warm) / (steps - warm)),
        schedule(fall=lambda step, steps, warm: max(0.1, (steps - step) / (steps - warm))),
    ],
    "the fall ignores the warm-up: at warm_steps the rate jumps below the peak": [
        schedule(fall=lambda step, steps, warm: (steps - step) / steps)
    ],
    "the fall starts at 1 - warm_steps / steps of the wrong length: divide by steps - warm_steps": [
        schedule(fall=lambda step, steps, warm: 1 - (step - warm) / steps)
    ],
    EARLY: [schedule(fall=one_early)],
    "the fall is one step ahead: at warm_steps the rate is the peak itself": [
        schedule(fall=lambda step, steps, warm: (steps - step - 1) / (steps - warm))
    ],
    "the peak is not used: this is a factor between 0 and 1": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, steps, 1.0, warmup)
    ],
    "warmup is a share of the steps, not a number of steps: multiply it by steps": [
        schedule(warm=lambda warmup, steps: max(1, round(warmup))),
        schedule(warm=lambda warmup, steps: warmup),
    ],
    "the argument warmup is not used": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, steps, peak)
    ],
    ROUNDED: [
        schedule(warm=lambda warmup, steps: max(1, int(warmup * steps))),
        schedule(warm=lambda warmup, steps: max(1, math.ceil(warmup * steps))),
    ],
    "the warm-up is one step too long: it ends before warm_steps": [
        schedule(warm=lambda warmup, steps: max(1, round(warmup * steps)) + 1)
    ],
    "the warm-up has no end: only its first steps may rise": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: peak * (step + 1) / steps
    ],
}


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
    """Linear warm-up, linear decay to 0, at every step of three trainings."""
    peak = numbers.uniform(1e-5, 1e-3)
    steps = numbers.randint(20, 30)
    down, up = (numbers.randint(3, 5) + 0.3) / steps, (numbers.randint(3, 5) + 0.7) / steps
    short: list[tuple] = [(step, 6, peak) for step in range(6)]  # 0.06 * 6 steps round to 0
    cases: list[tuple] = [
        (step, steps, peak, share) for share in (down, up) for step in range(steps)
    ]
    cases += short + [(step, 50, peak) for step in (0, 1, 2, 3, 4, 25, 48, 49)]
    compare(answer, cases, right_rate, RATE_MISTAKES, number_of(peak), 1e-5 * peak)
