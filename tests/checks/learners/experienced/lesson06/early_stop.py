"""Answers to ``early_stop``: patience."""

from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch


class Stop(NamedTuple):
    stopped: int
    best: int


def right_counter(losses, patience):
    best, lowest, waited = 0, losses[0], 0
    for n, loss in enumerate(losses[1:], start=1):
        if loss < lowest:
            best, lowest, waited = n, loss, 0
        else:
            waited += 1
            if waited >= patience:
                return n, best
    return len(losses) - 1, best


def right_formula(losses, patience):
    """The formula as printed, window against what came before it."""
    last = len(losses) - 1
    stops = (
        n
        for n in range(patience, len(losses))
        if min(losses[n - patience + 1 : n + 1]) >= min(losses[: n - patience + 1])
    )
    stopped = next(stops, last)
    seen = list(losses[: stopped + 1])
    return stopped, seen.index(min(seen))


def right_numpy_running_minimum(losses, patience):
    values = np.asarray(losses, dtype=float)
    lowest = np.minimum.accumulate(values)
    places = np.where(np.r_[True, values[1:] < lowest[:-1]], np.arange(len(values)), 0)
    best = np.maximum.accumulate(places)
    late = np.flatnonzero(np.arange(len(values)) - best >= patience)
    stopped = late[0] if late.size else len(values) - 1
    return stopped, best[stopped]


def right_torch_pair(losses, patience):
    values = torch.as_tensor(losses, dtype=torch.float64)
    for n in range(len(values)):
        best = values[: n + 1].argmin()
        if n - best >= patience:
            break
    return torch.tensor(n), best


def right_accumulate(losses, patience):
    def step(best, n):
        return n if losses[n] < losses[best] else best

    bests = list(accumulate(range(len(losses)), step))
    stopped = next((n for n, b in enumerate(bests) if n - b == patience), len(bests) - 1)
    return Stop(stopped, bests[stopped])


def right_while_list(losses, patience):
    best, n = 0, 0
    while n + 1 < len(losses) and n - best < patience:
        n += 1
        if losses[best] > losses[n]:
            best = n
    return [n, best]


def wrong_best_of_all(losses, patience):
    """Stops rightly, and then takes the lowest of the whole list, after the stop as well."""
    best = 0
    for n, loss in enumerate(losses):
        if loss < losses[best]:
            best = n
        if n - best == patience:
            break
    return n, int(np.argmin(losses))


def wrong_equal_improves(losses, patience):
    """Takes an equal loss for an improvement: patience starts anew, the last lowest is best."""
    best = 0
    for n, loss in enumerate(losses):
        if loss <= losses[best]:
            best = n
        if n - best == patience:
            break
    return n, best


def wrong_last_of_the_lowest(losses, patience):
    """Stops rightly, but of several lowest losses gives the last one."""
    stopped, _ = right_while_list(losses, patience)
    seen = list(losses[: stopped + 1])
    return stopped, max(n for n, loss in enumerate(seen) if loss == min(seen))


def wrong_one_more(losses, patience):
    """Waits for more than patience validations: stops one too late (as some libraries do)."""
    best, waited = 0, 0
    for n in range(1, len(losses)):
        if losses[n] < losses[best]:
            best, waited = n, 0
        else:
            waited += 1
            if waited > patience:
                return n, best
    return len(losses) - 1, best


def wrong_window_by_previous(losses, patience):
    """Compares each loss with the one before it: patience rises in a row."""
    rises = 0
    for n in range(1, len(losses)):
        rises = rises + 1 if losses[n] >= losses[n - 1] else 0
        if rises == patience:
            break
    else:
        n = len(losses) - 1
    return n, int(np.argmin(losses[: n + 1]))


def wrong_never_reset(losses, patience):
    """Counts all validations without improvement, also those before a later improvement."""
    best, waited = 0, 0
    for n in range(1, len(losses)):
        if losses[n] < losses[best]:
            best = n
        else:
            waited += 1
        if waited == patience:
            return n, best
    return len(losses) - 1, best


def wrong_back_by_patience(losses, patience):
    """Takes the best to be patience before the stop, also where the list just ended."""
    best = 0
    for n, loss in enumerate(losses):
        if loss < losses[best]:
            best = n
        if n - best == patience:
            break
    return n, n - patience


def wrong_oldest_of_window(losses, patience):
    """Compares the newest loss with the one patience earlier only, not the lowest of each side."""
    for n in range(patience, len(losses)):
        if losses[n] >= losses[n - patience]:
            return n, int(np.argmin(losses[: n + 1]))
    return len(losses) - 1, int(np.argmin(losses))


def wrong_relative_threshold(losses, patience):
    """Asks for an improvement of at least a thousandth, which the rule does not."""
    best = 0
    for n, loss in enumerate(losses):
        if loss < losses[best] * (1 - 1e-3):
            best = n
        if n - best == patience:
            break
    return n, best


def wrong_sorted_losses(losses, patience):
    """Sorts the caller's losses to find the lowest, so that the list is in another order."""
    place = list(losses).index(min(losses))
    losses.sort()
    return min(place + patience, len(losses) - 1), place


def wrong_strict_formula(losses, patience):
    """Has > for >= in the formula: an equal loss in the window keeps training going."""
    for n in range(patience, len(losses)):
        if min(losses[n - patience + 1 : n + 1]) > min(losses[: n - patience + 1]):
            return n, int(np.argmin(losses[: n + 1]))
    return len(losses) - 1, int(np.argmin(losses))


SAYS = {
    "wrong_best_of_all": "the best is looked for in all losses:",
    "wrong_equal_improves": "an equal loss is no improvement: compare",
    "wrong_last_of_the_lowest": "of several equal losses, the best weights",
    "wrong_one_more": "it stops one validation too late: patience",
    "wrong_window_by_previous": "a loss is compared with the one before",
    "wrong_never_reset": "the count of validations without progress",
    "wrong_back_by_patience": "the best is taken as patience validations",
    "wrong_oldest_of_window": "a loss is compared with that of some",
    "wrong_relative_threshold": "an improvement counts however small it",
    "wrong_sorted_losses": "the function changes its input in place;",
    "wrong_strict_formula": "an equal loss is no improvement: compare",
}
