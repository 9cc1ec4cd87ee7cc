"""Answers to ``pareto_front``."""

import numpy
import torch


def by_points(accuracies, costs):
    points = [(-accuracy, *cost) for accuracy, cost in zip(accuracies, costs)]

    def dominates(one, other):
        return one != other and all(x <= y for x, y in zip(one, other))

    return [not any(dominates(o, p) for o in points) for p in points]


def by_numpy(accuracies, costs):
    points = numpy.column_stack([-numpy.array(accuracies), numpy.array(costs)])
    as_good = (points[:, None] <= points[None]).all(-1)
    better = (points[:, None] < points[None]).any(-1)
    return ~(as_good & better).any(0)


def by_torch(accuracies, costs):
    points = torch.cat([-torch.tensor(accuracies)[:, None], torch.tensor(costs).float()], 1)
    at_most = (points[:, None] <= points[None]).all(-1)
    equal = (points[:, None] == points[None]).all(-1)
    return ~(at_most & ~equal).any(0)


def by_loops(accuracies, costs):
    front = []
    for i in range(len(accuracies)):
        on = True
        for j in range(len(accuracies)):
            worse = accuracies[j] < accuracies[i]
            better = accuracies[j] > accuracies[i]
            for a, b in zip(costs[j], costs[i]):
                worse = worse or a > b
                better = better or a < b
            if better and not worse:
                on = False
        front.append(on)
    return front


def by_sorting(accuracies, costs):
    methods = [(-a, *c) for a, c in zip(accuracies, costs)]
    kept = []
    for method in sorted(set(methods)):
        if not any(all(x <= y for x, y in zip(other, method)) for other in kept):
            kept.append(method)
    return [method in kept for method in methods]


def by_sums(accuracies, costs):
    rows = numpy.array([[-a, *c] for a, c in zip(accuracies, costs)])
    return [
        not bool(((rows <= row).all(1) & (rows.sum(1) < row.sum() - 1e-9)).any()) for row in rows
    ]


def by_next(accuracies, costs):
    table = list(zip(accuracies, map(tuple, costs)))
    return tuple(
        next((False for b, d in table if (b, d) != (a, c) and b >= a
              and all(x <= y for x, y in zip(d, c))), True)
        for a, c in table
    )  # fmt: skip


def beaten(name, text, pairs="range(n)"):
    """An answer in which j beats i where the text says so, of their points P."""
    source = f"""def {name}(accuracies, costs):
    A, C, n = accuracies, costs, len(accuracies)
    P = [(-a, *c) for a, c in zip(A, C)]
    def le(x, y): return all(a <= b for a, b in zip(x, y))
    def lt(x, y): return all(a < b for a, b in zip(x, y))
    def any_lt(x, y): return any(a < b for a, b in zip(x, y))
    return [not any({text} for j in {pairs}) for i in range(n)]
"""
    scope = {}
    exec(source, scope)
    return scope[name]


def written(name, text):
    """An answer that returns what the text says; ``front`` is the right answer."""

    def answer(accuracies, costs):
        names = {"a": accuracies, "c": costs, "front": by_points(accuracies, costs)}
        return eval(text, names | {"right": by_points, "n": len(accuracies), "np": numpy})

    answer.__name__ = name
    return answer


def best_in_one(accuracies, costs):
    columns = list(zip(*costs))
    return [
        a == max(accuracies) or any(x == min(column) for x, column in zip(c, columns))
        for a, c in zip(accuracies, costs)
    ]


def adds_up(accuracies, costs):
    return by_points(accuracies, [(sum(cost),) for cost in costs])


def NEXT(answer):
    names = ["a", "b", "c", "d"]
    front = answer([0.86, 0.87, 0.85, 0.87], [(9, 3.0), (10, 1.5), (9, 4.0), (10, 2.0)])
    assert [name for name, on in zip(names, front) if on] == ["a", "b"]


RIGHT = [by_points, by_numpy, by_torch, by_loops, by_sorting, by_sums, by_next]
WRONG = [
    (beaten("outright", "lt(P[j], P[i])"), "better in all"),
    (beaten("equal_too", "j != i and le(P[j], P[i])"), "both stay"),
    (beaten("itself", "le(P[j], P[i])"), "nothing is left"),
    (beaten("first_of_equal", "le(P[j], P[i]) and (P[j] != P[i] or j < i)"), "only one is kept"),
    (beaten("last_of_equal", "le(P[j], P[i]) and (P[j] != P[i] or j > i)"), "only one is kept"),
    (written("low_accuracy", "right([-x for x in a], c)"), "low accuracy counts as good"),
    (written("high_costs", "right(a, [[-x for x in row] for row in c])"), "high one counts"),
    (written("both_turned", "right([-x for x in a], [[-x for x in row] for row in c])"),
     "both are turned"),
    (written("dominated", "[not on for on in front]"), "verdicts are turned"),
    (written("first_cost", "right(a, [row[:1] for row in c])"), "only one of the costs"),
    (written("no_accuracy", "right([0] * n, c)"), "accuracy is left out"),
    (adds_up, "added up"),
    (beaten("better_in_one", "any_lt(P[j], P[i])"), "not enough to dominate"),
    (beaten("more_accurate", "A[j] > A[i] and le(C[j], C[i])"), "at equal accuracy"),
    (beaten("cheaper", "A[j] >= A[i] and lt(C[j], C[i])"), "at equal costs"),
    (beaten("cheaper_in_one", "A[j] >= A[i] and le(C[j], C[i]) and any_lt(C[j], C[i])"),
     "at equal costs"),
    (best_in_one, "need not be the best"),
    (beaten("before", "P[j] != P[i] and le(P[j], P[i])", "range(i)"), "those before it"),
    (beaten("after", "P[j] != P[i] and le(P[j], P[i])", "range(i, n)"), "those after it"),
    (beaten("best_alone", "P[j] != P[i] and le(P[j], P[i])", "[P.index(min(P))]"),
     "the most accurate method alone"),
    (written("places", "[i for i, on in enumerate(front) if on]"), "these are the places"),
    (written("accuracies", "[x for x, on in zip(a, front) if on]"), "these are values"),
    (written("points", "[(x, y) for x, y, on in zip(a, c, front) if on]"), "these are values"),
    (written("how_many", "sum(front)"), "how many"),
    (written("text", "['yes' if on else 'no' for on in front]"), "not values of type str"),
    (written("appends", "c.append((0,)) or front"), "in place"),
]  # fmt: skip
