"""Answers to ``early_stop``: where a training with patience ends."""

import numpy as np


def right_history(losses, patience):
    history = []
    for loss in losses:
        history.append(loss)
        best = history.index(min(history))
        if len(history) - 1 - best >= patience:
            break
    return len(history) - 1, best


def right_left(losses, patience):
    best, left = 0, patience
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best, left = i, patience
            continue
        left -= 1
        if not left:
            return i, best
    return len(losses) - 1, best


def right_argmin(losses, patience):
    for end in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:end]))
        if end - 1 - best == patience:
            break
    return end - 1, best


def right_jump(losses, patience):
    best = 0
    while True:
        window = losses[best + 1 : best + 1 + patience]
        lower = [i for i, loss in enumerate(window, best + 1) if loss < losses[best]]
        if not lower:
            return best + len(window), best
        best = lower[0]


def wrong_one_more(losses, patience):
    """Waits one validation longer than patience."""
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        if i - best > patience:
            break
    return i, best


def wrong_one_less(losses, patience):
    """Waits one validation less than patience."""
    best, waited = 0, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best, waited = i, 0
        else:
            waited += 1
        if waited == patience - 1 and i - best == waited:
            break
    return i, best


def wrong_equal_is_better(losses, patience):
    """Takes an equal loss for an improvement."""
    best = 0
    for i, loss in enumerate(losses):
        if loss <= losses[best]:
            best = i
        if i - best == patience:
            break
    return i, best


def wrong_count_goes_on(losses, patience):
    """Does not set the count back at an improvement."""
    best, bad = 0, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best = i
        else:
            bad += 1
        if bad >= patience:
            return i, best
    return len(losses) - 1, best


def wrong_against_previous(losses, patience):
    """Compares each loss with the one before."""
    bad = 0
    for i in range(1, len(losses)):
        bad = 0 if losses[i] < losses[i - 1] else bad + 1
        if bad == patience:
            break
    return i, losses.index(min(losses[: i + 1]))


def wrong_best_of_all(losses, patience):
    """Looks for the best weights after the stop as well."""
    stopped, _ = right_left(losses, patience)
    return stopped, int(np.argmin(losses))


def wrong_order(losses, patience):
    """Returns the best first."""
    return right_left(losses, patience)[::-1]


def wrong_counts_from_1(losses, patience):
    """Counts the validations from 1."""
    stopped, best = right_left(losses, patience)
    return stopped + 1, best + 1


def wrong_no_end(losses, patience):
    """Returns the number of losses where patience never ends."""
    stopped, best = right_left(losses, patience)
    return (stopped, best) if stopped - best == patience else (len(losses), best)


def wrong_loss(losses, patience):
    """Returns the lowest loss in the place of its index."""
    stopped, best = right_left(losses, patience)
    return stopped, losses[best]


def wrong_highest(losses, patience):
    """Treats the losses as accuracies."""
    return right_left([-loss for loss in losses], patience)


SAYS = {
    "wrong_one_more": "one validation too late",
    "wrong_one_less": "one validation too early",
    "wrong_equal_is_better": "an equal loss is no improvement",
    "wrong_count_goes_on": "begin anew",
    "wrong_against_previous": "the one before it",
    "wrong_best_of_all": "after the stop there are none",
    "wrong_order": "swapped",
    "wrong_counts_from_1": "count from 0",
    "wrong_no_end": "if patience never ends",
    "wrong_loss": "these are losses",
    "wrong_highest": "a low loss is good",
}
