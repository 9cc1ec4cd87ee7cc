"""Answers to ``learning_rate``."""

import math

import numpy


def two_lines(step, steps, peak, warmup=0.06):
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def smaller_of_two(step, steps, peak, warmup=0.06):
    warm = round(warmup * steps) or 1
    return peak * min((step + 1) / warm, (steps - step) / (steps - warm), 1.0)


def interpolated(step, steps, peak, warmup=0.06):
    warm = max(round(steps * warmup), 1)
    return numpy.interp(step, [-1, warm - 1, warm, steps], [0, peak, peak, 0])


def no_warm_up(step, steps, peak, warmup=0.06):
    return peak * (1 - step / steps)


def warm_up_from_0(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    return peak * step / warm if step < warm else two_lines(step, steps, peak, warmup)


def constant_after(step, steps, peak, warmup=0.06):
    return peak * min(1, (step + 1) / max(1, round(warmup * steps)))


def cosine(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def never_zero(step, steps, peak, warmup=0.06):
    return max(two_lines(step, steps, peak, warmup), 0.1 * peak if step > steps / 2 else 0)


def warmup_in_steps(step, steps, peak, warmup=0.06):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (steps - step) / (steps - warmup)


def ignores_peak(step, steps, peak, warmup=0.06):
    return two_lines(step, steps, 1, warmup)


def ends_too_early(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (steps - 1 - step) / (steps - 1 - warm)


def one_step_ahead(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (steps - step - 1) / (steps - warm)


def jumps_after_warm_up(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    return peak * (step + 1) / warm if step < warm else peak * (steps - step) / steps


def rounds_down(step, steps, peak, warmup=0.06):
    warm = max(1, int(warmup * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (steps - step) / (steps - warm)


def ignores_warmup(step, steps, peak, warmup=0.06):
    return two_lines(step, steps, peak)


def rises_for_ever(step, steps, peak, warmup=0.06):
    return peak * (step + 1) / steps


def one_step_too_long(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps)) + 1
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (steps - step) / (steps - warm)


def whole_schedule(step, steps, peak, warmup=0.06):
    return [two_lines(i, steps, peak, warmup) for i in range(steps)]


def changed(name, count=None, rise=None, fall=None, early=None):
    """A wrong answer: some parts of the definition replaced."""

    def wrong(step, steps, peak, warmup=0.06):
        warm = count(warmup, steps) if count else max(1, round(warmup * steps))
        if early(step, warm) if early else step < warm:
            return rise(peak, step, steps, warm) if rise else peak * (step + 1) / warm
        return fall(peak, step, steps, warm) if fall else peak * (steps - step) / (steps - warm)

    wrong.__name__ = name
    return wrong


def floor_all(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    share = (step + 1) // warm if step < warm else (steps - step) // (steps - warm)
    return peak * share


def fixed_peak(step, steps, peak, warmup=0.06):
    return two_lines(step, steps, 5e-5, warmup)


def forty_steps(step, steps, peak, warmup=0.06):
    return two_lines(step, 40, peak, warmup)


def other_default(step, steps, peak, warmup=0.1):
    return two_lines(step, steps, peak, warmup)


def rounds_the_rate(step, steps, peak, warmup=0.06):
    return round(two_lines(step, steps, peak, warmup), 6)


def nothing(step, steps, peak, warmup=0.06):
    return int(two_lines(step, steps, peak, warmup) * 0.1)


def counter():
    """It goes one step further with each call."""
    calls = []

    def counts_its_calls(step, steps, peak, warmup=0.06):
        calls.append(step)
        return two_lines(len(calls) % steps, steps, peak, warmup)

    return counts_its_calls


def whole(peak, step, steps, warm):
    return peak * (steps - step) // (steps - warm)


def both_brackets(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if step < warm:
        return peak * step + 1 / warm
    return peak * (steps - step) / steps - warm


RIGHT = [two_lines, smaller_of_two, interpolated]
WRONG = [
    (no_warm_up, "there is no warm-up"),
    (warm_up_from_0, "starts at 0"),
    (constant_after, "stays constant"),
    (cosine, "cosine"),
    (never_zero, "does not reach 0"),
    (warmup_in_steps, "share of the steps"),
    (ignores_peak, "the peak is not used"),
    (ends_too_early, "already 0 at the last step"),
    (one_step_ahead, "one step ahead"),
    (jumps_after_warm_up, "jumps below the peak"),
    (rounds_down, "rounded to the nearest"),
    (ignores_warmup, "the argument warmup is not used"),
    (rises_for_ever, "has no end"),
    (one_step_too_long, "one step too long"),
    (whole_schedule, "not a value of type list"),
    (floor_all, "// cuts the fraction off: use /"),
    (fixed_peak, "such as 5e-5"),
    (forty_steps, "such as 40"),
    (other_default, "another default"),
    (rounds_the_rate, "the rate is rounded"),
    (nothing, "the rate is 0 at every step"),
    (counter(), "another value the second time"),
    (both_brackets, "in the rise and in the fall"),
    (changed("fixed_warm_up", count=lambda share, steps: 3), "warm_steps is a fixed number"),
    (changed("always_1", count=lambda share, steps: 1), "comes out as 1"),
    (changed("percent", count=lambda share, steps: max(1, round(share * steps / 100))),
     "not a percentage"),
    (changed("smaller", count=lambda share, steps: min(1, round(share * steps))), "min(1, ...)"),
    (changed("no_max", count=lambda share, steps: round(share * steps)), "max(1, ...) is missing"),
    (changed("until", early=lambda step, warm: step <= warm), "without ="),
    (changed("before", early=lambda step, warm: step < warm - 1), "is taken for the fall"),
    (changed("turned", early=lambda step, warm: step >= warm), "the rise and the fall are the wr"),
    (changed("rise_bracket", rise=lambda peak, step, steps, warm: peak * (step + 1 / warm)),
     "missing in the rise"),
    (changed("rise_floor", rise=lambda peak, step, steps, warm: peak * ((step + 1) // warm)),
     "off in the rise"),
    (changed("overwritten", rise=lambda peak, step, steps, warm: (
        peak * (steps - step) / (steps - warm))), "the fall overwrites"),
    (changed("slow_rise", rise=lambda peak, step, steps, warm: peak * (step + 1) / (warm + 1)),
     "the rise takes too many steps"),
    (changed("late_rise", rise=lambda peak, step, steps, warm: peak * (step + 2) / warm),
     "at the second step of the rise"),
    (changed("downwards", rise=lambda peak, step, steps, warm: peak * (warm - step) / warm),
     "the rise is the wrong way round"),
    (changed("squared", fall=lambda peak, step, steps, warm: (
        peak * ((steps - step) / (steps - warm)) ** 2)), "no straight line"),
    (changed("wrong_length", fall=lambda peak, step, steps, warm: (
        peak * (1 - (step - warm) / steps))), "of the wrong length"),
    (changed("behind", fall=lambda peak, step, steps, warm: (
        peak * (steps - step + 1) / (steps - warm))), "one step behind"),
    (changed("longer", fall=lambda peak, step, steps, warm: (
        peak * (steps - step) / (steps - warm + 1))), "one too many or too few"),
    (changed("fall_bracket", fall=lambda peak, step, steps, warm: (
        peak * (steps - step) / steps - warm)), "missing in the fall"),
    (changed("fall_floor", fall=whole), "off in the fall"),
    (changed("rises_again", fall=lambda peak, step, steps, warm: (
        peak * (step - warm) / (steps - warm))), "rises again"),
    (changed("negative", fall=lambda peak, step, steps, warm: (
        peak * (step - steps) / (steps - warm))), "the sign of the fall"),
    (changed("below", fall=lambda peak, step, steps, warm: (
        peak * (steps - step - warm) / (steps - warm))), "below the warm-up's share"),
    (changed("two_mistakes", rise=lambda peak, step, steps, warm: peak * step / warm,
             fall=lambda peak, step, steps, warm: peak), "starts at 0"),
]  # fmt: skip
