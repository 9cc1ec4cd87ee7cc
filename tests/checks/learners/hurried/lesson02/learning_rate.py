"""Answers to exercise 3, learning_rate."""

import math
from fractions import Fraction

import numpy as np
import torch

_calls = 0


def right_as_written(step, steps, peak, warmup=0.06):
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def right_conditional(step, steps, peak, warmup=0.06):
    warm = round(steps * warmup) or 1
    share = (step + 1) / warm if step < warm else (steps - step) / (steps - warm)
    return share * peak


def right_minimum_of_two_lines(step, steps, peak, warmup=0.06):
    warm = max(round(warmup * steps), 1)
    return peak * min((step + 1) / warm, (steps - step) / max(1, steps - warm))


def right_interpolation(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    return float(np.interp(step, [-1, warm - 1, warm, steps], [0.0, peak, peak, 0.0]))


def right_whole_list(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    rising = [peak * (i + 1) / warm for i in range(warm)]
    fall = steps - warm
    falling = [peak * left / max(1, fall) for left in range(fall, -1, -1)]
    return (rising + falling)[step]


def right_fractions(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    if warm > step:
        return float(Fraction(step + 1, warm)) * peak
    return (1.0 - float(Fraction(step - warm, steps - warm))) * peak


def right_tensor_inside(step, steps, peak, warmup=0.06):
    warm = max(1, round(warmup * steps))
    up = torch.arange(1, warm + 1, dtype=torch.float64) / warm
    down = torch.arange(steps - warm, -1, -1, dtype=torch.float64) / max(1, steps - warm)
    return peak * torch.cat([up, down])[step].item()


def wrong_starts_at_zero(step, steps, peak, warmup=0.06):
    """Forgets the + 1, so the first step has a learning rate of 0."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * step / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_missing_bracket_rising(step, steps, peak, warmup=0.06):
    """Misses the bracket around step + 1."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * step + 1 / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_missing_bracket_falling(step, steps, peak, warmup=0.06):
    """Misses the bracket around steps - warm_steps, so warm_steps is subtracted at the end."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / steps - warm_steps


def wrong_rounds_down(step, steps, peak, warmup=0.06):
    """Cuts warmup * steps off with int instead of rounding it."""
    warm_steps = max(1, int(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_rounds_up(step, steps, peak, warmup=0.06):
    """Rounds warmup * steps up instead of to the nearest number."""
    warm_steps = max(1, math.ceil(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_not_rounded(step, steps, peak, warmup=0.06):
    """Does not round warmup * steps, so warm_steps is not a whole number."""
    warm_steps = max(1, warmup * steps)
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_no_minimum(step, steps, peak, warmup=0.06):
    """Forgets the max(1, ...), so a short training has no warm-up step."""
    warm_steps = round(warmup * steps)
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_min_for_max(step, steps, peak, warmup=0.06):
    """Takes min(1, ...) for max(1, ...), so there is never more than one warm-up step."""
    warm_steps = min(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_one_warm_step_more(step, steps, peak, warmup=0.06):
    """Compares with <= instead of <, so one step goes above the peak."""
    warm_steps = max(1, round(warmup * steps))
    if step <= warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_falls_from_start(step, steps, peak, warmup=0.06):
    """Divides the fall by all the steps, so it jumps down from the peak after the warm-up."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / steps


def wrong_zero_at_last_step(step, steps, peak, warmup=0.06):
    """Subtracts one step too many in the fall, so the last step has a rate of 0."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step - 1) / (steps - warm_steps)


def wrong_constant_after_warmup(step, steps, peak, warmup=0.06):
    """Stays at the peak after the warm-up instead of falling."""
    warm_steps = max(1, round(warmup * steps))
    return peak * min(1.0, (step + 1) / warm_steps)


def wrong_no_warmup(step, steps, peak, warmup=0.06):
    """Falls from the first step on, without a warm-up."""
    return peak * (steps - step) / steps


def wrong_cosine(step, steps, peak, warmup=0.06):
    """Falls along a cosine instead of a straight line."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    done = (step - warm_steps) / (steps - warm_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * done))


def wrong_rises_instead(step, steps, peak, warmup=0.06):
    """Counts the steps done instead of the steps left, so the rate rises from 0 after warm-up."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (step - warm_steps) / (steps - warm_steps)


def wrong_share_of_peak(step, steps, peak, warmup=0.06):
    """Returns the share of the peak and forgets to multiply by the peak."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return (step + 1) / warm_steps
    return (steps - step) / (steps - warm_steps)


def wrong_fixed_warmup(step, steps, peak, warmup=0.06):
    """Writes 0.06 into the formula and ignores the argument warmup."""
    warm_steps = max(1, round(0.06 * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_forty_steps(step, steps, peak, warmup=0.06):
    """Hard-codes the lesson's 40 steps."""
    warm_steps = max(1, round(warmup * 40))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (40 - step) / (40 - warm_steps)


def wrong_fixed_peak(step, steps, peak, warmup=0.06):
    """Hard-codes the lesson's peak of 5e-5."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return 5e-5 * (step + 1) / warm_steps
    return 5e-5 * (steps - step) / (steps - warm_steps)


def wrong_whole_division(step, steps, peak, warmup=0.06):
    """Uses whole-number division, so the share of the peak is only ever 0 or 1."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * ((step + 1) // warm_steps)
    return peak * ((steps - step) // (steps - warm_steps))


def wrong_warmup_as_steps(step, steps, peak, warmup=0.06):
    """Takes warmup for a number of steps, not for a share of them."""
    warm_steps = max(1, round(warmup))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_warmup_in_percent(step, steps, peak, warmup=0.06):
    """Divides warmup by 100, as if it were given in per cent."""
    warm_steps = max(1, round(warmup / 100 * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_counts_its_calls(step, steps, peak, warmup=0.06):
    """Counts its own calls in a global and ignores the argument step."""
    global _calls
    step, _calls = _calls % steps, _calls + 1
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return peak * (step + 1) / warm_steps
    return peak * (steps - step) / (steps - warm_steps)


def wrong_rounds_the_result(step, steps, peak, warmup=0.06):
    """Rounds the result to four places, which makes small learning rates 0."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        return round(peak * (step + 1) / warm_steps, 4)
    return round(peak * (steps - step) / (steps - warm_steps), 4)


def wrong_both_branches_run(step, steps, peak, warmup=0.06):
    """Misses the return or else in the warm-up, so its value is overwritten by the fall."""
    warm_steps = max(1, round(warmup * steps))
    if step < warm_steps:
        rate = peak * (step + 1) / warm_steps
    rate = peak * (steps - step) / (steps - warm_steps)
    return rate


SAYS = {
    "wrong_starts_at_zero": "the warm-up starts at 0",
    "wrong_missing_bracket_rising": "missing in the rise",
    "wrong_missing_bracket_falling": "missing in the fall",
    "wrong_rounds_down": "rounded to the nearest",
    "wrong_rounds_up": "rounded to the nearest",
    "wrong_not_rounded": "rounded to the nearest",
    "wrong_no_minimum": "max(1, ...) is missing",
    "wrong_min_for_max": "this is min(1, ...)",
    "wrong_one_warm_step_more": "step < warm_steps, without =",
    "wrong_falls_from_start": "jumps below the peak",
    "wrong_zero_at_last_step": "one step ahead",
    "wrong_constant_after_warmup": "stays constant",
    "wrong_no_warmup": "there is no warm-up",
    "wrong_cosine": "along a cosine",
    "wrong_rises_instead": "rises again",
    "wrong_share_of_peak": "the peak is not used",
    "wrong_fixed_warmup": "warmup is not used",
    "wrong_forty_steps": "such as 40",
    "wrong_fixed_peak": "such as 5e-5",
    "wrong_whole_division": "// cuts the fraction off",
    "wrong_warmup_as_steps": "warmup is a share, so multiply",
    "wrong_warmup_in_percent": "not a percentage",
    "wrong_counts_its_calls": "another value the second time",
    "wrong_rounds_the_result": "the rate is rounded",
    "wrong_both_branches_run": "the fall overwrites",
}
