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
]
