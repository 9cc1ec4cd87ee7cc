"""Answers to ``pareto_front``: the methods that no other dominates."""

import numpy as np


def _beats(a, costs_a, b, costs_b):
    as_good = a >= b and all(x <= y for x, y in zip(costs_a, costs_b))
    return as_good and (a > b or any(x < y for x, y in zip(costs_a, costs_b)))


def right_pairs(accuracies, costs):
    table = list(zip(accuracies, costs))
    return [not any(_beats(*other, *method) for other in table) for method in table]


def right_marks(accuracies, costs):
    on = [True] * len(accuracies)
    for i in range(len(on)):
        for j in range(len(on)):
            if _beats(accuracies[i], costs[i], accuracies[j], costs[j]):
                on[j] = False
    return on


def right_array(accuracies, costs):
    good = np.c_[accuracies, -np.array(costs)]
    return [not ((good >= g).all(1) & (good > g).any(1)).any() for g in good]


def right_filter(accuracies, costs):
    rest = {(-a, *c) for a, c in zip(accuracies, costs)}
    for p in list(rest):
        rest -= {q for q in rest if q != p and all(x <= y for x, y in zip(p, q))}
    return [(-a, *c) in rest for a, c in zip(accuracies, costs)]


def wrong_all_better(accuracies, costs):
    """Asks for better in everything."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    return [not any(all(x < y for x, y in zip(q, p)) for q in points) for p in points]


def wrong_itself(accuracies, costs):
    """Compares each method with itself too, with <= alone."""
    points = np.c_[-np.array(accuracies), np.array(costs)]
    return [not (points <= p).all(1).any() for p in points]


def wrong_twins(accuracies, costs):
    """Lets equal methods remove each other."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    front = []
    for i, p in enumerate(points):
        others = points[:i] + points[i + 1 :]
        front.append(not any(all(x <= y for x, y in zip(q, p)) for q in others))
    return front


def wrong_any(accuracies, costs):
    """Takes better in one for enough."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    return [not any(any(x < y for x, y in zip(q, p)) for q in points) for p in points]


def wrong_strict_accuracy(accuracies, costs):
    """Only a more accurate method dominates."""
    table = list(zip(accuracies, costs))
    return [
        not any(b > a and all(x <= y for x, y in zip(d, c)) for b, d in table) for a, c in table
    ]


def wrong_minimises(accuracies, costs):
    """Looks for a low accuracy."""
    return right_pairs([-a for a in accuracies], costs)


def wrong_maximises(accuracies, costs):
    """Looks for high costs."""
    return right_pairs(accuracies, [tuple(-x for x in c) for c in costs])


def wrong_sum(accuracies, costs):
    """Adds the costs up."""
    return right_pairs(accuracies, [[sum(c)] for c in costs])


def wrong_only_first_cost(accuracies, costs):
    """Looks at the first cost."""
    return right_pairs(accuracies, [c[:1] for c in costs])


def wrong_extremes(accuracies, costs):
    """Keeps what is the best in something."""
    good = np.c_[accuracies, -np.array(costs)]
    return (good == good.max(0)).any(1)


def wrong_dominated(accuracies, costs):
    """Returns the dominated ones."""
    return [not on for on in right_pairs(accuracies, costs)]


def wrong_list_of_places(accuracies, costs):
    """Returns places."""
    return [i for i, on in enumerate(right_pairs(accuracies, costs)) if on]


SAYS = {
    "wrong_all_better": "only by one that is better in all",
    "wrong_itself": "nothing is left",
    "wrong_twins": "both stay",
    "wrong_any": "better in one is not enough",
    "wrong_strict_accuracy": "at equal accuracy",
    "wrong_minimises": "low accuracy counts as good",
    "wrong_maximises": "a high one counts as good",
    "wrong_sum": "added up",
    "wrong_only_first_cost": "only one of the costs",
    "wrong_extremes": "need not be the best",
    "wrong_dominated": "verdicts are turned",
    "wrong_list_of_places": "these are the places",
}
