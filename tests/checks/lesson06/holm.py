"""Answers to ``holm``."""

import numpy
import torch


def by_sorting(p_values, alpha=0.05):
    rejected = [False] * len(p_values)
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    for k, i in enumerate(order):
        if p_values[i] > alpha / (len(order) - k):
            break
        rejected[i] = True
    return rejected


def by_adjusted(p_values, alpha=0.05):
    p = numpy.array(p_values)
    order = p.argsort()
    adjusted = numpy.maximum.accumulate(p[order] * numpy.arange(len(p), 0, -1))
    found = numpy.empty(len(p), bool)
    found[order] = adjusted <= alpha
    return found


def by_torch(p_values, alpha=0.05):
    p, order = torch.tensor(p_values, dtype=torch.float64).sort()
    passed = p <= alpha / torch.arange(len(p), 0, -1, dtype=torch.float64)
    found = torch.zeros(len(p), dtype=torch.bool)
    found[order] = passed.cumprod(0).bool()
    return found


def by_removal(p_values, alpha=0.05):
    left = dict(enumerate(p_values))
    while left:
        lowest = min(left, key=left.get)
        if left[lowest] > alpha / len(left):
            break
        del left[lowest]
    return tuple(i not in left for i in range(len(p_values)))


def by_first_failure(p_values, alpha=0.05):
    ranked, m = sorted(p_values), len(p_values)
    failing = [p for k, p in enumerate(ranked) if p > alpha / (m - k)]
    limit = failing[0] if failing else float("inf")
    return [p < limit for p in p_values]


def by_counting(p_values, alpha=0.05):
    def own(p):
        return p * sum(other >= p for other in p_values)

    return [max(own(q) for q in p_values if q <= p) <= alpha for p in p_values]


def by_numbers(p_values, alpha=0.05):
    return [int(verdict) for verdict in by_sorting(p_values, alpha)]


def written(name, text):
    """An answer that returns what the text says; ``found`` is the right answer."""

    def answer(p_values, alpha=0.05):
        m, order = len(p_values), numpy.argsort(p_values, kind="stable")
        found = by_sorting(p_values, alpha)
        names = {"p": p_values, "alpha": alpha, "m": m, "found": found, "np": numpy}
        names |= {"rank": numpy.argsort(order, kind="stable"), "order": order, "holm": by_sorting}
        return eval(text, names)

    answer.__name__ = name
    return answer


def down(name, threshold, compare=">", more=0, order="order"):
    """Stepping down with another threshold, of k, m and alpha."""
    source = f"""def {name}(p_values, alpha=0.05):
    m = len(p_values)
    order = sorted(range(m), key=lambda i: p_values[i])
    given, downwards = list(range(m)), order[::-1]
    passed = 0
    for k, i in enumerate({order}):
        if p_values[i] {compare} {threshold}:
            break
        passed += 1
    return [i in {order}[: passed + {more}] for i in range(m)]
"""
    scope = {}
    exec(source, scope)
    return scope[name]


def hochberg(p_values, alpha=0.05):
    ranked, m = sorted(p_values), len(p_values)
    passing = [p for k, p in enumerate(ranked) if p <= alpha / (m - k)]
    return [bool(passing) and p <= passing[-1] for p in p_values]


def benjamini_hochberg(p_values, alpha=0.05):
    ranked, m = sorted(p_values), len(p_values)
    passing = [p for k, p in enumerate(ranked) if p <= alpha * (k + 1) / m]
    return [bool(passing) and p <= passing[-1] for p in p_values]


def of_set(p_values, alpha=0.05):
    values = sorted(set(p_values))
    stands = dict(zip(values, by_sorting(values, alpha)))
    return [stands[p] for p in p_values]


def sorts_in_place(p_values, alpha=0.05):
    p_values.sort()
    return by_sorting(p_values, alpha)


def NEXT(answer):
    names = ["a", "b", "c"]
    stands = [name for name, real in zip(names, answer([0.04, 0.001, 0.02])) if real]
    assert stands == ["a", "b", "c"] and sum(map(bool, answer([0.03, 0.001, 0.04], 0.05))) == 1


RIGHT = [
    by_sorting, by_adjusted, by_torch, by_removal, by_first_failure, by_counting, by_numbers,
]  # fmt: skip
WRONG = [
    (written("bonferroni", "[v <= alpha / m for v in p]"), "Bonferroni's correction"),
    (written("nothing", "[v <= alpha for v in p]"), "nothing is corrected"),
    (written("each", "[v <= alpha / (m - k) for v, k in zip(p, rank)]"), "that fails ends it"),
    (written("sorted_order", "[found[i] for i in order]"), "in the order of the p-values"),
    (down("strict", "alpha / (m - k)", ">="), "'at most' is <="),
    (hochberg, "(Hochberg)"),
    (benjamini_hochberg, "Benjamini"),
    (down("one_more", "alpha / (m - k + 1)"), "one too large"),
    (down("one_less", "alpha / (m - k - 1)"), "one too small"),
    (down("reverse", "alpha / (k + 1)"), "in reverse"),
    (down("as_given", "alpha / (m - k)", order="given"), "sorted first"),
    (down("highest_first", "alpha / (m - k)", order="downwards"), "begin with the lowest"),
    (down("sidak", "1 - (1 - alpha) ** (1 / (m - k))"), "Sidak"),
    (down("too_far", "alpha / (m - k)", more=1), "is rejected as well"),
    (written("fixed", "holm(p)"), "alpha is not used"),
    (written("halved", "holm(p, alpha / 2)"), "alpha is halved"),
    (written("turned", "[not f for f in found]"), "verdicts are turned"),
    (of_set, "counted once"),
    (written("all_or_none", "[all(found)] * m"), "if one fails"),
    (written("gate", "[any(found)] * m"), "if the lowest p-value passes"),
    (written("places", "[i for i in range(m) if found[i]]"), "these are the places"),
    (written("adjusted", "[max((m - rank[j]) * p[j] if (m - rank[j]) * p[j] < 1 else 1.0 "
             "for j in range(m) if rank[j] <= rank[i]) for i in range(m)]"), "these are p-values"),
    (written("values", "[v for v, f in zip(p, found) if f]"), "these are p-values"),
    (written("how_many", "sum(found)"), "how many"),
    (written("one_verdict", "all(found)"), "not a value of type bool"),
    (sorts_in_place, "in place"),
]  # fmt: skip
