"""What learners get wrong in ``early_stop``."""

import operator
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes
from course_utils.measure.stopping import early_stop as right_stop

Stop = tuple[int, int]
Losses = list[float]


def walk(
    losses: Losses,
    patience: int,
    improves: Callable[[float, float], bool] = operator.lt,
    anew: bool = True,
    before: Callable[[Losses, int, int], float] = lambda losses, n, best: losses[best],
    first: int = 0,
) -> Stop:
    """Count the validations without an improvement.

    Args:
        improves: of a loss and the one that it is compared with.
        anew: does the count begin anew at an improvement?
        before: what the n-th loss is compared with, of all losses, n and the best so far.
        first: the validation that the walk begins at.
    """
    n = best = first
    waited = 0
    for n in range(first + 1, len(losses)):
        if improves(losses[n], before(losses, n, best)):
            best, waited = n, 0 if anew else waited
        else:
            waited += 1
        if waited >= patience:
            break
    return n, best


def lowest(losses: Losses) -> int:
    """The first of the lowest losses."""
    return losses.index(min(losses))


def last_lowest(losses: Losses) -> int:
    """The last of the lowest losses."""
    return max(n for n, loss in enumerate(losses) if loss == min(losses))


def window(losses: Losses, patience: int) -> int:
    """Stops at the first loss that is no lower than that of ``patience`` validations before."""
    stops = (n for n in range(patience, len(losses)) if losses[n] >= losses[n - patience])
    return next(stops, len(losses) - 1)


def with_best(stop: Callable[[Losses, int], int]) -> Callable[[Losses, int], Stop]:
    """A wrong stop, with the lowest loss up to it."""

    def wrong(losses: Losses, patience: int) -> Stop:
        stopped = stop(losses, patience)
        return stopped, lowest(losses[: stopped + 1])

    return wrong


def of_right(change: Callable[[Losses, int, int, int], Any]) -> Callable[[Losses, int], Any]:
    """A wrong answer, made of the losses, the patience, and the right stop and best."""
    return lambda losses, patience: change(losses, patience, *right_stop(losses, patience))


def ended(losses: Losses, patience: int, stopped: int, best: int) -> bool:
    """Did patience end, or only the losses?"""
    return stopped - best >= patience


def last_fall(losses: Losses, n: int, best: int) -> float:
    """The loss before, for ``walk``."""
    return losses[n - 1]


STOP_MISTAKES: Mistakes = {
    "the two are swapped: first where training stops, then where the best weights are": [
        of_right(lambda x, p, stopped, best: (best, stopped)),
    ],
    "it stops one validation too early: patience ends with the patience-th one without progress": [
        lambda x, p: walk(x, p - 1),
    ],
    "it stops one validation too late: patience ends with the patience-th one without progress": [
        lambda x, p: walk(x, p + 1),
    ],
    "the places count from 0: the loss before training is number 0": [
        of_right(lambda x, p, stopped, best: (stopped + 1, best + 1)),
    ],
    (
        "the best is looked for in all losses: after the stop there are none, so those further on "
        "may not be used"
    ): [of_right(lambda x, p, stopped, best: (stopped, lowest(x)))],
    "the count of validations without progress has to begin anew at each improvement": [
        lambda x, p: walk(x, p, anew=False),
    ],
    "a loss is compared with the one before it: compare with the lowest so far": [
        lambda x, p: walk(x, p, before=last_fall),
        with_best(lambda x, p: walk(x, p, before=last_fall)[0]),
    ],
    (
        "a loss is compared with that of some validations before: compare with the lowest so far, "
        "and count"
    ): [with_best(window), lambda x, p: (window(x, p), window(x, p) - p)],
    "it stops at the first loss that is no improvement: that is a patience of 1": [
        lambda x, p: walk(x, 1),
    ],
    "it never stops before the end: what ends the loop once patience has ended?": [
        lambda x, p: (len(x) - 1, lowest(x)),
    ],
    "an equal loss is no improvement: compare with <": [
        lambda x, p: walk(x, p, improves=operator.le),
        with_best(lambda x, p: walk(x, p, improves=operator.le)[0]),
    ],
    "an improvement counts however small it is: no least difference is asked for": [
        lambda x, p: walk(x, p, improves=lambda loss, low: loss < low - 1e-3),
        with_best(lambda x, p: walk(x, p, improves=lambda loss, low: loss < low - 1e-3)[0]),
    ],
    "of several equal losses, the best weights are those of the first": [
        of_right(lambda x, p, stopped, best: (stopped, last_lowest(x[: stopped + 1]))),
    ],
    "a low loss is good: here the highest counts as the best": [
        lambda x, p: walk(x, p, improves=operator.gt),
    ],
    (
        "the first loss, of the model before training, is left out: if training only makes it "
        "worse, the best weights are those at 0"
    ): [
        lambda x, p: walk(x, p, first=1),
        of_right(lambda x, p, stopped, best: (stopped, lowest(x[: stopped + 1][1:]) + 1)),
    ],
    "training does not stop at the best weights, but patience validations after them": [
        of_right(lambda x, p, stopped, best: (best, best)),
    ],
    "these are the last weights: the best are those of the lowest loss": [
        of_right(lambda x, p, stopped, best: (stopped, stopped)),
    ],
    (
        "the best is taken as patience validations before the stop: that is so only where patience "
        "ended, and not where the losses did"
    ): [of_right(lambda x, p, stopped, best: (stopped, stopped - p))],
    "if patience never ends, training stops with the last validation, number len(losses) - 1": [
        of_right(lambda x, p, s, best: (s if ended(x, p, s, best) else len(x), best)),
        of_right(lambda x, p, s, best: (s if ended(x, p, s, best) else -1, best)),
        of_right(lambda x, p, s, best: (s if ended(x, p, s, best) else None, best)),
    ],
    "the stop is the number of validations made: return the place of the last one, from 0": [
        of_right(lambda x, p, stopped, best: (stopped + 1, best)),
    ],
    "these are losses: return the places of the two validations in the list": [
        of_right(lambda x, p, stopped, best: (x[stopped], x[best])),
        of_right(lambda x, p, stopped, best: (stopped, x[best])),
        of_right(lambda x, p, stopped, best: x[best]),
    ],
    "this is one of the two: return both, stopped and best": [
        of_right(lambda x, p, stopped, best: stopped),
        of_right(lambda x, p, stopped, best: best),
    ],
}
