"""Answers to exercise 4: Holm's correction."""

import numpy as np


def right_loop(p_values, alpha=0.05):
    m = len(p_values)
    order = sorted(range(m), key=lambda i: p_values[i])
    result = [False] * m
    stopped = False
    for k in range(m):
        if p_values[order[k]] > alpha / (m - k):
            stopped = True
        if not stopped:
            result[order[k]] = True
    return result


def right_argsort(p_values, alpha=0.05):
    m = len(p_values)
    result = np.zeros(m, dtype=bool)
    for k, i in enumerate(np.argsort(p_values)):
        if p_values[i] <= alpha / (m - k):
            result[i] = True
        else:
            break
    return result.tolist()


def right_dictionary(p_values, alpha=0.05):
    answers, going = {}, True
    for k, p in enumerate(sorted(p_values)):
        going = going and p <= alpha / (len(p_values) - k)
        answers.setdefault(p, going)
    return [answers[p] for p in p_values]


def right_removes(p_values, alpha=0.05):
    left = list(p_values)
    while left and min(left) <= alpha / len(left):
        left.remove(min(left))
    return [p not in left for p in p_values]


def wrong_bonferroni(p_values, alpha=0.05):
    """Is Bonferroni's correction: all against alpha / m."""
    return [p <= alpha / len(p_values) for p in p_values]


def wrong_no_correction(p_values, alpha=0.05):
    """Does not correct at all."""
    return [p <= alpha for p in p_values]


def wrong_goes_on(p_values, alpha=0.05):
    """Does not stop at the first that fails."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] <= alpha / (m - k):
            result[i] = True
    return result


def wrong_sorted_order(p_values, alpha=0.05):
    """Answers in the order of the sorted p-values, and not in the order given."""
    m, result, going = len(p_values), [], True
    for k, p in enumerate(sorted(p_values)):
        going = going and p <= alpha / (m - k)
        result.append(going)
    return result


def wrong_not_sorted(p_values, alpha=0.05):
    """Does not sort: goes through the p-values in the order given."""
    m, result, going = len(p_values), [], True
    for k, p in enumerate(p_values):
        going = going and p <= alpha / (m - k)
        result.append(going)
    return result


def wrong_minus_k_minus_one(p_values, alpha=0.05):
    """Divides by m - k - 1, which is 0 for the last: ZeroDivisionError."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] > alpha / (m - k - 1):
            break
        result[i] = True
    return result


def wrong_k_from_one(p_values, alpha=0.05):
    """Divides by m - k + 1 and counts k from 0: all thresholds one place too low."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] > alpha / (m - k + 1):
            break
        result[i] = True
    return result


def wrong_strictly_below(p_values, alpha=0.05):
    """Ends at p >= threshold, so one that equals its threshold fails."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] >= alpha / (m - k):
            break
        result[i] = True
    return result


def wrong_alpha_fixed(p_values, alpha=0.05):
    """Has 0.05 written in and does not use alpha."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] > 0.05 / (m - k):
            break
        result[i] = True
    return result


def wrong_places(p_values, alpha=0.05):
    """Returns the places of the rejected ones."""
    return [i for i, r in enumerate(right_loop(p_values, alpha)) if r]


def wrong_rejected_values(p_values, alpha=0.05):
    """Returns the p-values that are rejected."""
    return [p for p, r in zip(p_values, right_loop(p_values, alpha)) if r]


def wrong_inverted(p_values, alpha=0.05):
    """Returns True for those that are kept."""
    return [not r for r in right_loop(p_values, alpha)]


def wrong_includes_failing(p_values, alpha=0.05):
    """Marks the first that fails as well, and ends after it."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        result[i] = True
        if p_values[i] > alpha / (m - k):
            break
    return result


def wrong_descending(p_values, alpha=0.05):
    """Starts with the highest p-value."""
    m = len(p_values)
    result = [False] * m
    for k, i in enumerate(sorted(range(m), key=lambda i: p_values[i], reverse=True)):
        if p_values[i] > alpha / (m - k):
            break
        result[i] = True
    return result


def wrong_fdr(p_values, alpha=0.05):
    """Is the procedure of Benjamini and Hochberg."""
    m = len(p_values)
    passing = [p for k, p in enumerate(sorted(p_values)) if p <= alpha * (k + 1) / m]
    return [p <= max(passing, default=-1) for p in p_values]


def wrong_short(p_values, alpha=0.05):
    """Ends the list at the first that fails, so that it is too short."""
    m = len(p_values)
    result = []
    for k, p in enumerate(sorted(p_values)):
        if p > alpha / (m - k):
            break
        result.append(True)
    return result


def wrong_how_many(p_values, alpha=0.05):
    """Returns how many are rejected."""
    return sum(right_loop(p_values, alpha))


def wrong_index_twice(p_values, alpha=0.05):
    """Uses p_values.index, which finds the first of two equal p-values twice."""
    m = len(p_values)
    ranked = sorted(p_values)
    result = [False] * m
    for k in range(m):
        if ranked[k] > alpha / (m - k):
            break
        result[p_values.index(ranked[k])] = True
    return result


def wrong_words(p_values, alpha=0.05):
    """Returns words and not truth values; every word counts as true."""
    return ["yes" if r else "no" for r in right_loop(p_values, alpha)]


SAYS = {
    "wrong_bonferroni": "this is Bonferroni's correction, alpha",
    "wrong_no_correction": "nothing is corrected: each p-value is",
    "wrong_goes_on": "the first p-value that fails ends it:",
    "wrong_sorted_order": "the verdicts are in the order of the",
    "wrong_not_sorted": "the p-values have to be sorted first:",
    "wrong_minus_k_minus_one": "the divisor is one too small: the lowest",
    "wrong_k_from_one": "the divisor is one too large: the lowest",
    "wrong_strictly_below": "a p-value that is exactly at its threshold",
    "wrong_alpha_fixed": "the argument alpha is not used",
    "wrong_places": "these are the places of what is rejected:",
    "wrong_rejected_values": "these are p-values: return for each whether",
    "wrong_inverted": "the verdicts are turned: True is for",
    "wrong_includes_failing": "the first p-value that fails is rejected",
    "wrong_descending": "it goes from the highest p-value on:",
    "wrong_fdr": "the thresholds alpha * (k + 1) / m are",
    "wrong_short": "the list ends at the first that fails:",
    "wrong_how_many": "this is how many are rejected: return",
    "wrong_index_twice": "index finds the first of equal p-values",
    "wrong_words": "return one truth value a comparison,",
}
