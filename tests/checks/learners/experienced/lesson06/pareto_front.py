"""Answers to ``pareto_front``: the methods that no other dominates."""

import numpy as np
import pandas as pd
import torch


def right_numpy_broadcast(accuracies, costs):
    points = np.column_stack([-np.asarray(accuracies, float), np.asarray(costs, float)])
    at_most = (points[:, None] <= points[None]).all(-1)
    below = (points[:, None] < points[None]).any(-1)
    return (~(at_most & below).any(0)).tolist()


def right_torch(accuracies, costs):
    points = torch.tensor([(-a, *c) for a, c in zip(accuracies, costs)], dtype=torch.float64)
    no_worse = (points.unsqueeze(1) <= points.unsqueeze(0)).all(dim=-1)
    dominates = no_worse & ~no_worse.T
    return [bool(on) for on in ~dominates.any(dim=0)]


def right_sorted_archive(accuracies, costs):
    """In lexicographic order only earlier points can dominate later ones."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    on, archive = [False] * len(points), []
    for i in sorted(range(len(points)), key=points.__getitem__):
        new = points[i]
        if not any(q != new and all(x <= y for x, y in zip(q, new)) for q in archive):
            archive.append(new)
            on[i] = True
    return on


def right_words_of_the_text(accuracies, costs):
    methods = list(zip(accuracies, costs))

    def dominates(one, other):
        (a, c), (b, d) = one, other
        return (
            a >= b
            and all(x <= y for x, y in zip(c, d))
            and (a > b or any(x < y for x, y in zip(c, d)))
        )

    return [not any(dominates(one, other) for one in methods) for other in methods]


def right_pandas(accuracies, costs):
    frame = pd.DataFrame(list(costs)).mul(-1.0).assign(accuracy=list(accuracies))

    def on_front(row):
        better = frame[frame.ge(row).all(axis=1) & frame.gt(row).any(axis=1)]
        return better.empty

    return [on_front(row) for _, row in frame.iterrows()]


def right_strikes_out(accuracies, costs):
    points = np.array([(a, *(-c for c in cost)) for a, cost in zip(accuracies, costs)])
    alive = np.ones(len(points), dtype=bool)
    for p in points:
        alive &= ~((p >= points).all(axis=1) & (p > points).any(axis=1))
    return list(alive)


def wrong_strictly_in_all(accuracies, costs):
    """Calls a method dominated only if another is strictly better in everything."""
    points = np.column_stack([-np.asarray(accuracies), np.asarray(costs)])
    return (~(points[:, None] < points[None]).all(-1).any(0)).tolist()


def wrong_twins_removed(accuracies, costs):
    """Lets equal methods dominate each other: neither stays."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    return [
        not any(i != j and all(x <= y for x, y in zip(q, p)) for j, q in enumerate(points))
        for i, p in enumerate(points)
    ]


def wrong_first_twin_stays(accuracies, costs):
    """Of equal methods keeps only the first (a front as a set of points)."""
    on, seen = right_sorted_archive(accuracies, costs), set()
    for i, point in enumerate(zip(accuracies, map(tuple, costs))):
        on[i] = on[i] and point not in seen
        seen.add(point)
    return on


def wrong_sign_of_accuracy(accuracies, costs):
    """Forgets to turn the accuracy: low accuracies count as good."""
    points = np.column_stack([accuracies, np.asarray(costs)])
    at_most = (points[:, None] <= points[None]).all(-1)
    return (~(at_most & ~at_most.T).any(0)).tolist()


def wrong_costs_high_is_good(accuracies, costs):
    """Takes high for good everywhere, in the costs as well."""
    points = np.column_stack([accuracies, np.asarray(costs)])
    at_least = (points[:, None] >= points[None]).all(-1)
    return (~(at_least & ~at_least.T).any(0)).tolist()


def wrong_first_cost_only(accuracies, costs):
    """Draws the staircase of accuracy over the first cost; the other costs are not used."""
    points = [(-a, c[0]) for a, c in zip(accuracies, costs)]
    return [not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in points) for p in points]


def wrong_sum_of_costs(accuracies, costs):
    """Adds the costs up, which have no sum."""
    points = [(-a, sum(c)) for a, c in zip(accuracies, costs)]
    return [not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in points) for p in points]


def wrong_inverted(accuracies, costs):
    """Returns who is dominated."""
    return [not on for on in right_numpy_broadcast(accuracies, costs)]


def wrong_running_best(accuracies, costs):
    """Sorts by cost and keeps those more accurate than all before: fine for a single cost."""
    on, highest = [False] * len(costs), -np.inf
    for i in sorted(range(len(costs)), key=lambda i: (costs[i], -accuracies[i])):
        if accuracies[i] > highest:
            on[i], highest = True, accuracies[i]
    return on


def wrong_places(accuracies, costs):
    """Returns the places of the methods on the front."""
    return np.flatnonzero(right_numpy_broadcast(accuracies, costs)).tolist()


def wrong_strict_accuracy(accuracies, costs):
    """Asks the other to be more accurate: one just as accurate and cheaper does not count."""
    rows = [(a, tuple(c)) for a, c in zip(accuracies, costs)]
    return [not any(b > a and all(x <= y for x, y in zip(d, c)) for b, d in rows) for a, c in rows]


def wrong_all_costs_lower(accuracies, costs):
    """Asks for a strictly lower cost in each; an equal one is no hindrance in the text."""
    rows = [(a, tuple(c)) for a, c in zip(accuracies, costs)]
    return [not any(b >= a and all(x < y for x, y in zip(d, c)) for b, d in rows) for a, c in rows]


def wrong_against_kept_only(accuracies, costs):
    """Compares each method only with those kept before it, and never strikes one out again."""
    kept, on = [], []
    for point in ((-a, *c) for a, c in zip(accuracies, costs)):
        on.append(not any(q != point and all(x <= y for x, y in zip(q, point)) for q in kept))
        kept += [point] * on[-1]
    return on


SAYS = {
    "wrong_strictly_in_all": "a method counts as dominated only by",
    "wrong_twins_removed": "two methods that are equal in all do",
    "wrong_first_twin_stays": "of methods that are equal in all only",
    "wrong_sign_of_accuracy": "a high accuracy is good, and a low cost:",
    "wrong_costs_high_is_good": "a low cost is good: here a high one counts",
    "wrong_first_cost_only": "only one of the costs is looked at: all",
    "wrong_sum_of_costs": "the costs are added up: bytes and seconds",
    "wrong_inverted": "the verdicts are turned: True is for",
    "wrong_running_best": "sorting, and keeping each new record,",
    "wrong_places": "these are the places of the methods:",
    "wrong_strict_accuracy": "at equal accuracy a cheaper method dominates",
    "wrong_all_costs_lower": "at equal costs, or some of them, a method",
    "wrong_against_kept_only": "each is compared with those before it",
}
