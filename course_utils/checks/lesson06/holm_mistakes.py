"""What learners get wrong in ``holm``."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy
from scipy import stats

from course_utils.checks.core.compare import Mistakes
from course_utils.measure.holm import adjusted

Level = Callable[[int, int, float], float]  # of k lower ones, m and alpha: the threshold
Answer = Callable[..., Any]
ALPHA = 0.05


def right_holm(p: list[float], alpha: float = ALPHA) -> list[bool]:
    """Holm 1979: step down until one fails."""
    return step_down(holms)(p, alpha)


def holms(k: int, m: int, alpha: float) -> float:
    """Holm's threshold."""
    return alpha / (m - k)


def ranked(p: Sequence[float]) -> list[int]:
    """Places of the p-values, from the lowest on."""
    return sorted(range(len(p)), key=lambda i: p[i])


def step_down(
    level: Level, late: int = 0, order: Callable = ranked, strict: bool = False
) -> Answer:
    """From the first of the order on, until one fails.

    Args:
        level: the threshold.
        late: so many more are rejected.
        order: in which the p-values are looked at.
        strict: is a p-value at the threshold kept?
    """

    def answer(p: list[float], alpha: float = ALPHA) -> list[bool]:
        places, passed = order(p), 0
        for k, i in enumerate(places):
            threshold = level(k, len(p), alpha)
            if p[i] > threshold or (strict and p[i] == threshold):
                break
            passed += 1
        return [i in places[: passed + late] for i in range(len(p))]

    return answer


def each(level: Level) -> Answer:
    """Every p-value against its own threshold, whether or not one failed before it."""

    def answer(p: list[float], alpha: float = ALPHA) -> list[bool]:
        found = [False] * len(p)
        for k, i in enumerate(ranked(p)):
            found[i] = p[i] <= level(k, len(p), alpha)
        return found

    return answer


def step_up(level: Level) -> Answer:
    """All up to the last p-value that passes its threshold."""

    def answer(p: list[float], alpha: float = ALPHA) -> list[bool]:
        own = each(level)(p, alpha)
        return [any(own[j] and p[j] >= p[i] for j in range(len(p))) for i in range(len(p))]

    return answer


def of_right(change: Callable[[list[float], list[bool]], Any]) -> Answer:
    """A wrong answer, made of the p-values and the right verdicts."""
    return lambda p, alpha=ALPHA: change(p, right_holm(p, alpha))


def by_numpy(p: list[float]) -> list[int]:
    """As ``ranked``; of equal p-values a later one may come first."""
    return numpy.argsort(p).tolist()


def as_given(p: list[float]) -> list[int]:
    """The places in the order given."""
    return list(range(len(p)))


def without_twins(p: list[float], alpha: float = ALPHA) -> list[bool]:
    """Equal p-values counted once."""
    values = sorted(set(p))
    stands = dict(zip(values, step_down(holms)(values, alpha)))
    return [stands[value] for value in p]


def by_ranks(method: str) -> Answer:
    """One threshold for equal p-values, by a rank that they share."""

    def answer(p: list[float], alpha: float = ALPHA) -> list[bool]:
        own = stats.rankdata(p, method)
        failed = [value for value, rank in zip(p, own) if value > alpha / (len(p) - rank + 1)]
        return [value < min(failed, default=math.inf) for value in p]

    return answer


def sorted_verdicts(p: list[float], found: list[bool]) -> list[bool]:
    """In the order of the p-values."""
    return [found[i] for i in ranked(p)]


HOLM_MISTAKES: Mistakes = {
    "this is Bonferroni's correction, alpha / m for all: after each success m becomes smaller": [
        lambda p, alpha=ALPHA: [value <= alpha / len(p) for value in p],
        lambda p, alpha=ALPHA: [value < alpha / len(p) for value in p],
    ],
    "nothing is corrected: each p-value is held against alpha itself": [
        lambda p, alpha=ALPHA: [value <= alpha for value in p],
        lambda p, alpha=ALPHA: [value < alpha for value in p],
    ],
    "the first p-value that fails ends it: all higher ones fail with it": [each(holms)],
    "the verdicts are in the order of the p-values: return them in the order given": [
        of_right(sorted_verdicts),
    ],
    "argsort gives places and no ranks: the k-th verdict belongs to place order[k]": [
        of_right(lambda p, found: sorted_verdicts(p, sorted_verdicts(p, found))),
        of_right(lambda p, found: numpy.array(found)[by_numpy(p)][by_numpy(p)].tolist()),
    ],
    "index finds the first of equal p-values each time: sort their places, and not the values": [
        of_right(
            lambda p, found: [on and p.index(v) == i for i, (v, on) in enumerate(zip(p, found))]
        ),
    ],
    "equal p-values share a rank: they are looked at one after the other, so k counts each": [
        by_ranks("average"),
        by_ranks("max"),
    ],
    "the list ends at the first that fails: return a truth value for each comparison": [
        of_right(lambda p, found: [True] * sum(found)),
        of_right(lambda p, found: [True] * sum(found) + [False] * (sum(found) < len(p))),
    ],
    "a p-value that is exactly at its threshold is rejected too: 'at most' is <=": [
        step_down(holms, strict=True),
    ],
    (
        "this goes from the highest p-value down to the first that passes (Hochberg): go from the "
        "lowest up to the first that fails"
    ): [step_up(holms)],
    "the thresholds alpha * (k + 1) / m are Benjamini and Hochberg's: Holm's are alpha / (m - k)": [
        step_up(lambda k, m, alpha: alpha * (k + 1) / m),
        each(lambda k, m, alpha: alpha * (k + 1) / m),
        step_down(lambda k, m, alpha: alpha * (k + 1) / m),
    ],
    "the divisor is one too large: the lowest p-value is held against alpha / m": [
        step_down(lambda k, m, alpha: alpha / (m - k + 1)),
    ],
    "the divisor is one too small: the lowest p-value is held against alpha / m": [
        step_down(lambda k, m, alpha: alpha / (m - k - 1)),
        step_down(lambda k, m, alpha: alpha / max(1, m - k - 1)),
    ],
    "the thresholds are in reverse: the lowest p-value has the smallest, alpha / m": [
        step_down(lambda k, m, alpha: alpha / (k + 1)),
        step_down(lambda k, m, alpha: alpha / (k + 1), order=by_numpy),
        each(lambda k, m, alpha: alpha / (k + 1)),
    ],
    "the p-values have to be sorted first: here they get their thresholds in the order given": [
        step_down(holms, order=as_given),
        lambda p, alpha=ALPHA: [v <= alpha / (len(p) - k) for k, v in enumerate(p)],
    ],
    "the argument alpha is not used": [lambda p, alpha=ALPHA: right_holm(p, ALPHA)],
    "the first p-value that fails is rejected as well: stop before it": [
        step_down(holms, late=1),
    ],
    "the verdicts are turned: True is for a difference that stands, where p is low": [
        of_right(lambda p, found: [not verdict for verdict in found]),
    ],
    "it goes from the highest p-value on: begin with the lowest": [
        step_down(holms, order=lambda p: ranked(p)[::-1]),
        step_down(lambda k, m, alpha: alpha / (k + 1), order=lambda p: ranked(p)[::-1]),
    ],
    "equal p-values are counted once: each comparison counts, so m is len(p_values)": [
        without_twins,
    ],
    "these are Sidak's thresholds, 1 - (1 - alpha) ** (1 / (m - k)): Holm's are alpha / (m - k)": [
        step_down(lambda k, m, alpha: 1 - (1 - alpha) ** (1 / (m - k))),
    ],
    "if one fails, only it and those above it fail: those below it stand": [
        of_right(lambda p, found: [all(found)] * len(found)),
    ],
    "if the lowest p-value passes, the others still have to pass their own thresholds": [
        of_right(lambda p, found: [any(found)] * len(found)),
    ],
    "alpha is halved: these p-values are two-sided already": [
        lambda p, alpha=ALPHA: right_holm(p, alpha / 2),
    ],
    "these are the places of what is rejected: return a truth value for each comparison": [
        of_right(lambda p, found: [i for i, verdict in enumerate(found) if verdict]),
        of_right(lambda p, found: [i for i in ranked(p) if found[i]]),
        of_right(lambda p, found: {i for i, verdict in enumerate(found) if verdict}),
    ],
    "these are p-values: return for each whether it is rejected": [
        lambda p, alpha=ALPHA: adjusted(p),
        of_right(lambda p, found: [value for value, verdict in zip(p, found) if verdict]),
    ],
    "this is how many are rejected: return a truth value for each comparison": [
        of_right(lambda p, found: sum(found)),
    ],
}
