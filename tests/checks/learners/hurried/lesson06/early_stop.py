"""Answers to exercise 1: patience."""

import math


def right_best_so_far(losses, patience):
    best_loss = float("inf")
    best = 0
    for i in range(len(losses)):
        if losses[i] < best_loss:
            best_loss = losses[i]
            best = i
        if i - best >= patience:
            return i, best
    return i, best


def right_index_of_min(losses, patience):
    losses = list(losses)
    for i in range(len(losses)):
        best = losses.index(min(losses[: i + 1]))
        if i == best + patience:
            return i, best
    return len(losses) - 1, losses.index(min(losses))


def right_counts_down(losses, patience):
    left = patience
    best = 0
    i = 0
    while left > 0 and i < len(losses) - 1:
        i = i + 1
        left = left - 1
        if losses[i] < losses[best]:
            best = i
            left = patience
    return i, best


def right_recursive(losses, patience, n=0, best=0):
    if losses[n] < losses[best]:
        best = n
    if n - best == patience or n == len(losses) - 1:
        return n, best
    return right_recursive(losses, patience, n + 1, best)


def wrong_worse_than_last(losses, patience):
    """Compares with the loss before, not with the lowest so far."""
    best, bad = 0, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[i - 1]:
            best, bad = i, 0
        else:
            bad += 1
        if bad == patience:
            return i, best
    return len(losses) - 1, best


def wrong_first_rise(losses, patience):
    """Stops with the first loss that is not lower, whatever the patience."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i > 0:
            return i, best
    return len(losses) - 1, best


def wrong_less_or_equal(losses, patience):
    """Uses <=, so an equal loss counts as an improvement."""
    best = 0
    for i, loss in enumerate(losses):
        if loss <= losses[best]:
            best = i
        if i - best >= patience:
            return i, best
    return len(losses) - 1, best


def wrong_one_too_late(losses, patience):
    """Has > where it should be >=: stops one validation too late."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best > patience:
            return i, best
    return len(losses) - 1, best


def wrong_one_too_early(losses, patience):
    """Stops one validation too early: i - best + 1."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best + 1 >= patience:
            return i, best
    return len(losses) - 1, best


def wrong_from_one(losses, patience):
    """Numbers the validations from 1."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            return i + 1, best + 1
    return len(losses), best + 1


def wrong_count_not_place(losses, patience):
    """Returns how many validations there were, one more than the last one's number."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            return i + 1, best
    return len(losses), best


def wrong_values(losses, patience):
    """Returns the lowest loss itself and not its place."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            return i, losses[best]
    return len(losses) - 1, losses[best]


def wrong_order(losses, patience):
    """Returns the best first and the stop second."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            break
    return best, i


def wrong_no_return(losses, patience):
    """Returns None if the list ends before patience runs out."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            return i, best


def wrong_no_stop(losses, patience):
    """Never stops: the last place and the lowest loss of all."""
    return len(losses) - 1, losses.index(min(losses))


def wrong_only_best(losses, patience):
    """Returns one number, the best."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            break
    return best


def wrong_length_at_the_end(losses, patience):
    """Returns len(losses), a place outside the list, if it ends before patience runs out."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            return i, best
    return len(losses), best


def wrong_skips_number_zero(losses, patience):
    """Leaves out the loss before training, so number 0 is never the best."""
    best = 1
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best = i
        if i - best >= patience:
            return i, best
    return len(losses) - 1, best


def wrong_both_at_best(losses, patience):
    """Returns the best place twice, as if training stopped there."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best >= patience:
            break
    return best, best


def wrong_highest(losses, patience):
    """Looks for the highest number, as for an accuracy."""
    best = 0
    for i, loss in enumerate(losses):
        if loss > losses[best]:
            best = i
        if i - best >= patience:
            return i, best
    return len(losses) - 1, best


def wrong_counter_kept(losses, patience):
    """Does not set the counter back to 0 when the loss improves."""
    best, lowest, bad = 0, math.inf, 0
    for i, loss in enumerate(losses):
        if loss < lowest:
            best, lowest = i, loss
        else:
            bad += 1
            if bad == patience:
                return i, best
    return len(losses) - 1, best


def wrong_past_the_end(losses, patience):
    """Reads losses[i + 1] in the last turn: IndexError."""
    best = 0
    for i in range(len(losses)):
        if losses[i + 1] < losses[best]:
            best = i + 1
        if i + 1 - best >= patience:
            return i + 1, best
    return len(losses) - 1, best


SAYS = {
    "wrong_worse_than_last": "a loss is compared with the one before",
    "wrong_first_rise": "it stops at the first loss that is no",
    "wrong_less_or_equal": "an equal loss is no improvement: compare",
    "wrong_one_too_late": "it stops one validation too late: patience",
    "wrong_one_too_early": "it stops one validation too early: patience",
    "wrong_from_one": "the places count from 0: the loss before",
    "wrong_count_not_place": "the stop is the number of validations",
    "wrong_values": "these are losses: return the places of",
    "wrong_order": "the two are swapped: first where training",
    "wrong_no_return": "does every way through the function end",
    "wrong_no_stop": "it never stops before the end: what ends",
    "wrong_only_best": "this is one of the two: return both,",
    "wrong_length_at_the_end": "if patience never ends, training stops",
    "wrong_skips_number_zero": "the first loss, of the model before training,",
    "wrong_both_at_best": "training does not stop at the best weights,",
    "wrong_highest": "a low loss is good: here the highest",
    "wrong_counter_kept": "the count of validations without progress",
    "wrong_past_the_end": "an index goes beyond the end: the last",
}
