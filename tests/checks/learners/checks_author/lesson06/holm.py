"""Answers to ``holm``: which of several comparisons stand."""

import numpy as np


def right_while(p_values, alpha=0.05):
    m, k = len(p_values), 0
    order = np.argsort(p_values)
    while k < m and p_values[order[k]] <= alpha / (m - k):
        k += 1
    return [i in set(order[:k].tolist()) for i in range(m)]


def right_products(p_values, alpha=0.05):
    ranked = sorted(zip(p_values, range(len(p_values))))
    result, on = [None] * len(p_values), True
    for left, (p, place) in zip(range(len(ranked), 0, -1), ranked):
        on = on and p * left <= alpha
        result[place] = on
    return result


def right_mask(p_values, alpha=0.05):
    p = np.asarray(p_values)
    rejected = np.zeros(len(p), dtype=bool)
    while not rejected.all():
        rest = np.where(rejected, np.inf, p)
        if rest.min() > alpha / (~rejected).sum():
            break
        rejected[rest.argmin()] = True
    return rejected


def right_recursion(p_values, alpha=0.05):
    if not p_values or min(p_values) > alpha / len(p_values):
        return [False] * len(p_values)
    i = p_values.index(min(p_values))
    rest = right_recursion(p_values[:i] + p_values[i + 1 :], alpha)
    return rest[:i] + [True] + rest[i:]


def wrong_bonferroni(p_values, alpha=0.05):
    """Divides by the number of all comparisons throughout."""
    return [bool(p * len(p_values) <= alpha) for p in p_values]


def wrong_goes_on(p_values, alpha=0.05):
    """Goes on after the first failure."""
    result, m = [False] * len(p_values), len(p_values)
    for k, i in enumerate(np.argsort(p_values, kind="stable")):
        result[i] = bool(p_values[i] <= alpha / (m - k))
    return result


def wrong_sorted(p_values, alpha=0.05):
    """Returns the verdicts in the order of the sorted p-values."""
    return sorted(right_products(p_values, alpha), reverse=True)


def wrong_not_sorted(p_values, alpha=0.05):
    """Forgets to sort."""
    result = [False] * len(p_values)
    for k, p in enumerate(p_values):
        if p > alpha / (len(p_values) - k):
            break
        result[k] = True
    return result


def wrong_off_by_one(p_values, alpha=0.05):
    """Takes the formula for ranks that begin with 1, and counts from 0."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=p_values.__getitem__)):
        if p_values[i] > alpha / (m - k + 1):
            return result
        result[i] = True
    return result


def wrong_below(p_values, alpha=0.05):
    """Wants the p-value below the threshold."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=p_values.__getitem__)):
        if not p_values[i] < alpha / (m - k):
            return result
        result[i] = True
    return result


def wrong_level(p_values, alpha=0.05):
    """Writes 0.05 into the function."""
    return right_products(p_values, 0.05)


def wrong_uncorrected(p_values, alpha=0.05):
    """Does not correct."""
    return [p <= alpha for p in p_values]


def wrong_accepted(p_values, alpha=0.05):
    """Returns those that are not rejected."""
    return (~right_mask(p_values, alpha)).tolist()


def wrong_indices(p_values, alpha=0.05):
    """Returns the places of those that are rejected."""
    return np.flatnonzero(right_mask(p_values, alpha)).tolist()


def wrong_step_up(p_values, alpha=0.05):
    """Begins with the highest, and ends at the first that passes."""
    m = len(p_values)
    order = sorted(range(m), key=p_values.__getitem__)
    for k in range(m - 1, -1, -1):
        if p_values[order[k]] <= alpha / (m - k):
            return [p <= p_values[order[k]] for p in p_values]
    return [False] * m


SAYS = {
    "wrong_bonferroni": "Bonferroni",
    "wrong_goes_on": "the first p-value that fails ends it",
    "wrong_sorted": "in the order of the p-values",
    "wrong_not_sorted": "have to be sorted first",
    "wrong_off_by_one": "one too large",
    "wrong_below": "'at most' is <=",
    "wrong_level": "alpha is not used",
    "wrong_uncorrected": "nothing is corrected",
    "wrong_accepted": "verdicts are turned",
    "wrong_indices": "these are the places",
    "wrong_step_up": "Hochberg",
}
