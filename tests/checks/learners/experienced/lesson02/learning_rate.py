"""Answers to exercise 3, learning_rate."""

import math

import numpy as np


def right_if(step, steps, peak, warmup=0.06):
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def right_minimum_of_lines(step, steps, peak, warmup=0.06):
    warm = max(round(steps * warmup), 1)
    rising = (step + 1) / warm
    falling = (steps - step) / max(1, steps - warm)
    return min(rising, falling) * peak


def right_interp(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if warm >= steps:
        return peak * (step + 1) / warm
    return float(np.interp(step, [-1, warm - 1, warm, steps], [0.0, peak, peak, 0.0]))


def right_table(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    up = [peak * k / warm for k in range(1, warm + 1)]
    down = [peak * (1 - k / (steps - warm)) for k in range(steps - warm)]
    return [*up, *down, 0.0][step]


def right_one_line(step, steps, peak, warmup=0.06):
    w = max(1, round(warmup * steps))
    return peak * ((step + 1) / w if step < w else 1 - (step - w) / (steps - w))


def wrong_first_step_zero(step, steps, peak, warmup=0.06):
    """Warms up with step / warm_steps, as transformers does: the first step learns nothing."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * step / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_falls_over_all_steps(step, steps, peak, warmup=0.06):
    """Divides the fall by all steps, so the rate jumps below the peak after the warm-up."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / steps


def wrong_missing_bracket(step, steps, peak, warmup=0.06):
    """Leaves out the bracket around steps - warm_steps, so it subtracts after dividing."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / steps - warm_steps


def wrong_no_max(step, steps, peak, warmup=0.06):
    """Forgets that there is at least one warm-up step, so short trainings have none."""
    warm_steps = round(warmup * steps)
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_int(step, steps, peak, warmup=0.06):
    """Cuts the number of warm-up steps off with int instead of rounding it."""
    warm_steps = max(1, int(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_ceil(step, steps, peak, warmup=0.06):
    """Rounds the number of warm-up steps up, as the Hugging Face Trainer does."""
    warm_steps = max(1, math.ceil(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_ignores_warmup(step, steps, peak, warmup=0.06):
    """Writes 0.06 into the formula and never looks at the argument warmup."""
    warm_steps = max(1, round(0.06 * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_cosine(step, steps, peak, warmup=0.06):
    """Falls along a cosine, as optax's usual schedule, and not in a straight line."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    progress = (step - warm_steps) / (steps - warm_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * progress))


def wrong_less_or_equal(step, steps, peak, warmup=0.06):
    """Warms up one step too long (<= for <), so that step rises above the peak."""
    warm_steps = max(1, round(warmup * steps))
    if step <= warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_only_the_factor(step, steps, peak, warmup=0.06):
    """Returns the factor for LambdaLR, and not the rate: never multiplies by peak."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return (step + 1) / warm_steps
    return (steps - step) / (steps - warm_steps)


def wrong_stays_at_peak(step, steps, peak, warmup=0.06):
    """Stays at the peak after the warm-up and never falls."""
    warm_steps = max(1, round(warmup * steps))
    return peak * min(1.0, (step + 1) / warm_steps)


SAYS = {
    "wrong_first_step_zero": "the warm-up starts at 0, so the",
    "wrong_falls_over_all_steps": "the fall ignores the warm-up: at warm_steps",
    "wrong_missing_bracket": "parentheses are missing in the fall: peak",
    "wrong_no_max": "a short training has no warm-up step",
    "wrong_int": "warm_steps should be rounded to the nearest",
    "wrong_ceil": "warm_steps should be rounded to the nearest",
    "wrong_ignores_warmup": "the argument warmup is not used",
    "wrong_cosine": "this decays along a cosine: a straight",
    "wrong_less_or_equal": "the step warm_steps belongs to the fall",
    "wrong_only_the_factor": "the peak is not used: this is",
    "wrong_stays_at_peak": "the rate stays constant after the warm-up",
}
