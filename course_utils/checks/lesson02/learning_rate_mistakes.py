"""What learners get wrong in ``learning_rate``: in the rise, in the fall, in both."""

import math
import operator
from collections.abc import Callable

from course_utils.checks.core.compare import Mistakes

Schedule = Callable[..., float]
DEFAULT_WARMUP = 0.06


def schedule(
    warm: Callable[[float, int], float] = lambda share, steps: max(1, round(share * steps)),
    rise: Callable = lambda peak, step, steps, warm: peak * (step + 1) / warm,
    fall: Callable = lambda peak, step, steps, warm: peak * (steps - step) / (steps - warm),
    is_early: Callable = operator.lt,
) -> Schedule:
    """The definition; other arguments make the usual mistakes."""

    def rate(step: int, steps: int, peak: float, warmup: float = DEFAULT_WARMUP) -> float:
        warm_steps = warm(warmup, steps)
        part = rise if is_early(step, warm_steps) else fall
        return part(peak, step, steps, warm_steps)

    return rate


right_rate = schedule()


def fall(factor: Callable[[int, int, float], float]) -> Schedule:
    """Another fall: its factor, of step, steps and warm_steps."""
    return schedule(fall=lambda peak, step, steps, warm: peak * factor(step, steps, warm))


def rise(factor: Callable[[int, int, float], float]) -> Schedule:
    """Another rise: its factor, of step, steps and warm_steps."""
    return schedule(rise=lambda peak, step, steps, warm: peak * factor(step, steps, warm))


def warm(count: Callable[[float, int], float]) -> Schedule:
    """Another ``warm_steps``, of warmup and steps."""
    return schedule(warm=count)


def changed(change: Callable[[float], float]) -> Schedule:
    """The right rate, changed."""
    return lambda *case: change(right_rate(*case))


def one_early(step: int, steps: int, warm: float) -> float:
    """A decay that reaches 0 at the last step."""
    return (steps - 1 - step) / max(1, steps - 1 - warm)


COSINE = "this decays along a cosine: a straight line is asked for"
EARLY = "the rate is already 0 at the last step, which then does nothing: it reaches 0 at `steps`"
FROM_ZERO = "the warm-up starts at 0, so the first step does nothing: use step + 1"
ROUNDED = "warm_steps should be rounded to the nearest whole number, at least 1"
RISE_MISTAKES: Mistakes = {
    FROM_ZERO: [rise(lambda step, steps, warm: step / warm)],
    "there is no warm-up: the first steps must be small": [
        lambda step, steps, peak, warmup=0: peak * (steps - step) / steps,
        rise(lambda step, steps, warm: 1),
    ],
    "parentheses are missing in the rise: peak * (step + 1) / warm_steps": [
        schedule(rise=lambda peak, step, steps, warm: peak * step + 1 / warm),
        schedule(rise=lambda peak, step, steps, warm: peak * (step + 1 / warm)),
        schedule(rise=lambda peak, step, steps, warm: (peak * step + 1) / warm),
    ],
    "// cuts the fraction off in the rise: use /": [
        rise(lambda step, steps, warm: (step + 1) // warm),
        schedule(rise=lambda peak, step, steps, warm: peak * (step + 1) // warm),
    ],
    "the fall overwrites the rate of the warm-up: return there, or write else": [
        rise(lambda step, steps, warm: (steps - step) / (steps - warm))
    ],
    "the rise takes too many steps: it reaches the peak with step warm_steps - 1": [
        rise(lambda step, steps, warm: (step + 1) / (warm + 1)),
        rise(lambda step, steps, warm: (step + 1) / steps),
    ],
    "the warm-up starts at the second step of the rise: use step + 1": [
        rise(lambda step, steps, warm: (step + 2) / warm)
    ],
    "the rise is the wrong way round: it falls": [
        rise(lambda step, steps, warm: (warm - step) / warm),
        rise(lambda step, steps, warm: warm / (step + 1)),
    ],
}
FALL_MISTAKES: Mistakes = {
    "the rate stays constant after the warm-up: let it fall to 0": [fall(lambda *_: 1)],
    COSINE: [
        fall(lambda s, steps, warm: (1 + math.cos(math.pi * (s - warm) / (steps - warm))) / 2)
    ],
    "the fall is no straight line: leave out powers and roots": [
        fall(lambda step, steps, warm: ((steps - step) / (steps - warm)) ** 2),
        fall(lambda step, steps, warm: ((steps - step) / (steps - warm)) ** 0.5),
        fall(lambda step, steps, warm: (warm / max(1, step)) ** 0.5),
        fall(lambda step, steps, warm: (warm / (step + 1)) ** 0.5),
    ],
    "the rate falls too slowly and does not reach 0 at `steps`": [
        fall(lambda step, steps, warm: 1 - 0.9 * (step - warm) / (steps - warm)),
        fall(lambda step, steps, warm: max(0.1, (steps - step) / (steps - warm))),
        fall(lambda step, steps, warm: (steps - step + 1) / (steps - warm + 1)),
    ],
    "the fall ignores the warm-up: at warm_steps the rate jumps below the peak": [
        fall(lambda step, steps, warm: (steps - step) / steps)
    ],
    "the fall starts at 1 - warm_steps / steps of the wrong length: divide by steps - warm_steps": [
        fall(lambda step, steps, warm: 1 - (step - warm) / steps)
    ],
    EARLY: [fall(one_early)],
    "the fall is one step ahead: at warm_steps the rate is the peak itself": [
        fall(lambda step, steps, warm: (steps - step - 1) / (steps - warm))
    ],
    "the fall is one step behind: at warm_steps the rate is the peak itself": [
        fall(lambda step, steps, warm: (steps - step + 1) / (steps - warm)),
    ],
    "the fall is divided by one too many or too few: divide by steps - warm_steps": [
        fall(lambda step, steps, warm: (steps - step) / (steps - warm + 1)),
        fall(lambda step, steps, warm: (steps - step) / max(1, steps - warm - 1)),
    ],
    "parentheses are missing in the fall: peak * (steps - step) / (steps - warm_steps)": [
        schedule(fall=lambda peak, step, steps, warm: peak * (steps - step) / steps - warm),
        schedule(fall=lambda peak, step, steps, warm: peak * steps - step / (steps - warm)),
        schedule(fall=lambda peak, step, steps, warm: peak * steps - step / steps - warm),
        schedule(fall=lambda peak, step, steps, warm: peak * (steps - step / (steps - warm))),
        schedule(fall=lambda peak, step, steps, warm: (peak * steps - step) / (steps - warm)),
    ],
    "// cuts the fraction off in the fall: use /": [
        fall(lambda step, steps, warm: (steps - step) // (steps - warm)),
        schedule(fall=lambda peak, step, steps, warm: peak * (steps - step) // (steps - warm)),
    ],
    "the rate rises again after the warm-up: count the steps that are left, steps - step": [
        fall(lambda step, steps, warm: (step - warm) / (steps - warm)),
        fall(lambda step, steps, warm: step / steps),
        fall(lambda step, steps, warm: step / (steps - warm)),
        fall(lambda step, steps, warm: (step + 1) / warm),
    ],
    "the sign of the fall is the wrong way round: steps - step over steps - warm_steps": [
        fall(lambda step, steps, warm: (step - steps) / (steps - warm)),
    ],
    "the fall goes below the warm-up's share: leave warm_steps out above the line": [
        fall(lambda step, steps, warm: (steps - step - warm) / (steps - warm)),
        fall(lambda step, steps, warm: max(0, steps - step - warm) / (steps - warm)),
    ],
}
RATE_MISTAKES: Mistakes = {
    "the rate is 0 at every step: perhaps // or int cuts it off": [lambda *case: 0.0],
    **RISE_MISTAKES,
    **FALL_MISTAKES,
    "the warm-up has no end: only its first steps may rise": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: peak * (step + 1) / steps
    ],
    "// cuts the fraction off: use /": [
        schedule(
            rise=lambda peak, step, steps, warm: peak * ((step + 1) // warm),
            fall=lambda peak, step, steps, warm: peak * ((steps - step) // (steps - warm)),
        ),
        schedule(
            rise=lambda peak, step, steps, warm: peak * (step + 1) // warm,
            fall=lambda peak, step, steps, warm: peak * (steps - step) // (steps - warm),
        ),
    ],
    "parentheses are missing, in the rise and in the fall: around sums and differences": [
        schedule(
            rise=lambda peak, step, steps, warm: peak * step + 1 / warm,
            fall=lambda peak, step, steps, warm: peak * steps - step / steps - warm,
        ),
        schedule(
            rise=lambda peak, step, steps, warm: peak * step + 1 / warm,
            fall=lambda peak, step, steps, warm: peak * (steps - step) / steps - warm,
        ),
    ],
    "the rise and the fall are the wrong way round: step < warm_steps rises": [
        schedule(is_early=operator.ge)
    ],
    "the peak is not used: this is a factor between 0 and 1": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, steps, 1.0, warmup)
    ],
    "the peak is a fixed number, such as 5e-5: use the argument": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP, fixed=fixed: right_rate(
            step, steps, fixed, warmup
        )
        for fixed in (5e-5, 2e-5, 1e-5, 1e-4, 1e-3, 3e-4)
    ],
    "the number of steps is fixed, such as 40: use the argument": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, 40, peak, warmup),
        warm(lambda share, steps: max(1, round(share * 40))),
        fall(lambda step, steps, warm: (40 - step) / (40 - warm)),
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, 6, peak, warmup),
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, 100, peak, warmup),
    ],
    "warm_steps comes out as 1: warmup is a share, so multiply it by steps": [
        warm(lambda share, steps: max(1, round(share))),
    ],
    "warmup is a share of the steps, not a number of steps: multiply it by steps": [
        warm(lambda share, steps: share),
    ],
    "warm_steps is a fixed number: it is max(1, round(warmup * steps))": [
        warm(lambda share, steps, count=count: count)  # type: ignore[misc]
        for count in range(2, 11)
    ],
    "warmup is a share, not a percentage: leave out the division by 100": [
        warm(lambda share, steps: max(1, round(share / 100 * steps))),
    ],
    "this is min(1, ...), so there is one warm-up step at most: use max": [
        warm(lambda share, steps: min(1, round(share * steps))),
    ],
    "the argument warmup is not used": [
        lambda step, steps, peak, warmup=DEFAULT_WARMUP: right_rate(step, steps, peak)
    ],
    "warmup has another default: it is 0.06": [
        lambda step, steps, peak, warmup=default: right_rate(step, steps, peak, warmup)
        for default in (0.1, 0.05, 0.6, 0.01, 0.0)
    ],
    "a short training has no warm-up step: max(1, ...) is missing": [
        warm(lambda share, steps: round(share * steps)),
        warm(lambda share, steps: int(share * steps)),
        warm(lambda share, steps: share * steps),
    ],
    ROUNDED: [
        warm(lambda share, steps: max(1, int(share * steps))),
        warm(lambda share, steps: max(1, math.ceil(share * steps))),
        warm(lambda share, steps: max(1, share * steps)),
    ],
    "the warm-up is one step too long: it ends before warm_steps": [
        warm(lambda share, steps: max(1, round(share * steps)) + 1),
        warm(lambda share, steps: max(1, round(share * steps) + 1)),
    ],
    "the step warm_steps belongs to the fall: write step < warm_steps, without =": [
        schedule(is_early=operator.le)
    ],
    "the last step of the warm-up is taken for the fall: write step < warm_steps": [
        schedule(is_early=lambda step, count: step + 1 < count)
    ],
    "step and steps are the wrong way round": [
        lambda step, steps, *rest: right_rate(steps, step, *rest),
    ],
    "the rate is rounded: a learning rate is small, return all its digits": [
        changed(lambda rate, digits=digits: round(rate, digits))  # type: ignore[misc]
        for digits in range(9)
    ],
}
