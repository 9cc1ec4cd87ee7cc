"""Answers to ``holm``: the correction for many comparisons."""

from itertools import takewhile

import numpy as np
import pandas as pd
import scipy.stats
import torch


def right_ranked_tuple(p_values, alpha=0.05):
    m = len(p_values)
    ranked = sorted(enumerate(p_values), key=lambda pair: pair[1])
    passed = takewhile(lambda row: row[1][1] <= alpha / (m - row[0]), enumerate(ranked))
    rejected = {place for _, (place, _) in passed}
    return [place in rejected for place in range(m)]


def right_numpy_adjusted(p_values, alpha=0.05):
    """Holm's adjusted p-values: a running maximum, as R's p.adjust gives them."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return (adjusted <= alpha).tolist()


def right_numpy_bools(p_values, alpha=0.05):
    p = np.array(p_values)
    order = p.argsort(kind="stable")
    passes = p[order] <= alpha / np.arange(len(p), 0, -1)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order] = np.logical_and.accumulate(passes)
    return list(rejected)


def right_torch(p_values, alpha=0.05):
    p, order = torch.tensor(p_values, dtype=torch.float64).sort()
    passes = p <= alpha / torch.arange(len(p), 0, -1, dtype=torch.float64)
    return passes.long().cumprod(0).bool()[order.argsort()].tolist()


def right_pandas(p_values, alpha=0.05):
    p = pd.Series(p_values, dtype=float).sort_values()
    passes = p.le(alpha / np.arange(len(p), 0, -1)).cummin()
    return passes.sort_index().tolist()


def right_set_of_places(p_values, alpha=0.05):
    """Takes the lowest of those in doubt until it does not pass."""
    doubt, rejected = set(range(len(p_values))), set()
    while doubt:
        i = min(doubt, key=p_values.__getitem__)
        if p_values[i] > alpha / len(doubt):
            break
        doubt.remove(i)
        rejected.add(i)
    return [i in rejected for i in range(len(p_values))]


def right_highest_that_passes(p_values, alpha=0.05):
    """Equal p-values stand or fall together, so a limit for the p-value is enough."""
    limit = -1.0
    for k, p in enumerate(sorted(p_values)):
        if p > alpha / (len(p_values) - k):
            break
        limit = p
    return [p <= limit for p in p_values]


def wrong_no_end(p_values, alpha=0.05):
    """Holds each p-value against its own threshold and goes on after one that fails."""
    p = np.asarray(p_values)
    order = p.argsort()
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order] = p[order] <= alpha / np.arange(len(p), 0, -1)
    return rejected.tolist()


def wrong_hochberg(p_values, alpha=0.05):
    """Goes from the highest p-value down: Hochberg's procedure, with Holm's thresholds."""
    p = np.asarray(p_values)
    order = p.argsort()
    passes = np.flatnonzero(p[order] <= alpha / np.arange(len(p), 0, -1))
    rejected = np.zeros(len(p), dtype=bool)
    if passes.size:
        rejected[order[: passes[-1] + 1]] = True
    return rejected.tolist()


def wrong_benjamini_hochberg(p_values, alpha=0.05):
    """Controls the false discovery rate (Benjamini and Hochberg), not the error of the family."""
    return (scipy.stats.false_discovery_control(p_values) <= alpha).tolist()


def wrong_sidak(p_values, alpha=0.05):
    """Has Sidak's thresholds, 1 - (1 - alpha)^(1 / (m - k)), a little above Holm's."""
    rejected, m = [False] * len(p_values), len(p_values)
    for k, i in enumerate(np.argsort(p_values)):
        if p_values[i] > 1 - (1 - alpha) ** (1 / (m - k)):
            break
        rejected[i] = True
    return rejected


def wrong_argsort_for_ranks(p_values, alpha=0.05):
    """Takes argsort for the ranks; it is the inverse permutation."""
    p = np.asarray(p_values)
    order = p.argsort()
    passes = np.logical_and.accumulate(p[order] <= alpha / np.arange(len(p), 0, -1))
    return passes[order].tolist()


def wrong_index_of_value(p_values, alpha=0.05):
    """Looks places up by value: of equal p-values only the first is ever marked."""
    rejected = [False] * len(p_values)
    for k, p in enumerate(sorted(p_values)):
        if p > alpha / (len(p_values) - k):
            break
        rejected[p_values.index(p)] = True
    return rejected


def wrong_adjusted_not_monotone(p_values, alpha=0.05):
    """Multiplies each p-value by m - k, and forgets the running maximum."""
    p = pd.Series(p_values)
    return ((len(p) - p.rank(method="first") + 1) * p <= alpha).tolist()


def wrong_strict(p_values, alpha=0.05):
    """Asks for p-values below the threshold; one that equals it passes as well."""
    rejected = [False] * len(p_values)
    for k, i in enumerate(np.argsort(p_values)):
        if not p_values[i] < alpha / (len(p_values) - k):
            break
        rejected[i] = True
    return rejected


def wrong_adjusted_returned(p_values, alpha=0.05):
    """Returns the adjusted p-values, and leaves the comparison with alpha to the caller."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)
    return adjusted.tolist()


def wrong_sorts_in_place(p_values, alpha=0.05):
    """Sorts the caller's list, so answers and p-values are both in another order."""
    p_values.sort()
    m = len(p_values)
    passes = [p <= alpha / (m - k) for k, p in enumerate(p_values)]
    return [all(passes[: k + 1]) for k in range(m)]


def wrong_average_ranks(p_values, alpha=0.05):
    """Gives equal p-values the mean of their ranks (rankdata's default), so a wrong threshold."""
    ranks = scipy.stats.rankdata(p_values)
    m = len(p_values)
    fails = [p for p, r in zip(p_values, ranks) if p > alpha / (m - r + 1)]
    return [p < min(fails, default=2.0) for p in p_values]


def wrong_divides_by_rank(p_values, alpha=0.05):
    """Divides alpha by the rank, so the lowest p-value meets the loosest threshold."""
    rejected = [False] * len(p_values)
    for k, i in enumerate(np.argsort(p_values)):
        if p_values[i] > alpha / (k + 1):
            break
        rejected[i] = True
    return rejected


SAYS = {
    "wrong_no_end": "the first p-value that fails ends it:",
    "wrong_hochberg": "this goes from the highest p-value down",
    "wrong_benjamini_hochberg": "the thresholds alpha * (k + 1) / m are",
    "wrong_sidak": "these are Sidak's thresholds, 1 - (1",
    "wrong_argsort_for_ranks": "argsort gives places and no ranks: the",
    "wrong_index_of_value": "index finds the first of equal p-values",
    "wrong_adjusted_not_monotone": "the first p-value that fails ends it:",
    "wrong_strict": "a p-value that is exactly at its threshold",
    "wrong_adjusted_returned": "these are p-values: return for each whether",
    "wrong_sorts_in_place": "the function changes its input in place;",
    "wrong_average_ranks": "equal p-values share a rank: they are",
    "wrong_divides_by_rank": "the thresholds are in reverse: the lowest",
}
