"""Answers to exercise 5: the Pareto front."""

import numpy as np


def right_two_loops(accuracies, costs):
    front = []
    for i in range(len(accuracies)):
        on = True
        for j in range(len(accuracies)):
            at_least = accuracies[j] >= accuracies[i]
            cheap = all(costs[j][k] <= costs[i][k] for k in range(len(costs[i])))
            same = accuracies[j] == accuracies[i] and costs[j] == costs[i]
            if at_least and cheap and not same:
                on = False
        front.append(on)
    return front


def right_points(accuracies, costs):
    points = [[-a] + list(c) for a, c in zip(accuracies, costs)]
    front = []
    for p in points:
        others = [q for q in points if q != p]
        front.append(all(any(x > y for x, y in zip(q, p)) for q in others))
    return front


def right_numpy(accuracies, costs):
    p = np.c_[-np.array(accuracies), np.array(costs)]
    front = [True] * len(p)
    for i in range(len(p)):
        dominators = np.all(p <= p[i], axis=1) & np.any(p < p[i], axis=1)
        front[i] = not dominators.any()
    return front


def right_losers(accuracies, costs):
    losers = set()
    for i, (a, c) in enumerate(zip(accuracies, costs)):
        for b, d in zip(accuracies, costs):
            if b < a or any(x > y for x, y in zip(d, c)):
                continue
            if (b, tuple(d)) != (a, tuple(c)):
                losers.add(i)
    return [i not in losers for i in range(len(accuracies))]


def by(accuracies, costs, dominates):
    """The front of a rule of dominance between points of (accuracy, costs)."""
    points = list(zip(accuracies, costs))
    return [
        not any(dominates(q, p) for j, q in enumerate(points) if j != i)
        for i, p in enumerate(points)
    ]


def wrong_sign(accuracies, costs):
    """Forgets the sign of the accuracy: low is good."""
    points = [(a, *c) for a, c in zip(accuracies, costs)]
    return [not any(q != p and all(x <= y for x, y in zip(q, p)) for q in points) for p in points]


def wrong_all_strict(accuracies, costs):
    """Uses < in everything."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] > p[0] and all(x < y for x, y in zip(q[1], p[1])),
    )


def wrong_equal_ones(accuracies, costs):
    """Forgets q != p: two equal methods strike each other out."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] >= p[0] and all(x <= y for x, y in zip(q[1], p[1])),
    )


def wrong_itself(accuracies, costs):
    """Compares each method with itself: nobody is on the front."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    return [not any(all(x <= y for x, y in zip(q, p)) for q in points) for p in points]


def wrong_any(accuracies, costs):
    """Uses any for all: one better cost is enough to dominate."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] >= p[0] and any(x < y for x, y in zip(q[1], p[1])),
    )


def wrong_any_at_all(accuracies, costs):
    """Strikes out whoever is beaten in one thing, accuracy or a cost."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] > p[0] or any(x < y for x, y in zip(q[1], p[1])),
    )


def wrong_tuples_compared(accuracies, costs):
    """Compares tuples with <=, which decides by the first cost that differs."""
    return by(accuracies, costs, lambda q, p: q != p and q[0] >= p[0] and q[1] <= p[1])


def wrong_first_cost(accuracies, costs):
    """Looks at the first cost alone."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] >= p[0] and q[1][0] <= p[1][0] and (q[0], q[1][0]) != (p[0], p[1][0]),
    )


def wrong_sum(accuracies, costs):
    """Adds the costs of a method."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[0] >= p[0] and sum(q[1]) <= sum(p[1]) and q != p,
    )


def wrong_costs_only(accuracies, costs):
    """Leaves the accuracy out."""
    return by(
        accuracies,
        costs,
        lambda q, p: q[1] != p[1] and all(x <= y for x, y in zip(q[1], p[1])),
    )


def wrong_accuracy_only(accuracies, costs):
    """Leaves the costs out: only the most accurate stay."""
    return [a == max(accuracies) for a in accuracies]


def wrong_best_in_something(accuracies, costs):
    """Keeps those that are best in something; a good compromise is lost."""
    lowest = [min(column) for column in zip(*costs)]
    return [
        a == max(accuracies) or any(x == y for x, y in zip(c, lowest))
        for a, c in zip(accuracies, costs)
    ]


def wrong_dominated(accuracies, costs):
    """Returns True for those that are dominated."""
    return [not on for on in right_two_loops(accuracies, costs)]


def wrong_indices(accuracies, costs):
    """Returns places, not truth values."""
    return [i for i, on in enumerate(right_two_loops(accuracies, costs)) if on]


def wrong_points_returned(accuracies, costs):
    """Returns the methods on the front themselves."""
    on = right_two_loops(accuracies, costs)
    return [(a, c) for a, c, keep in zip(accuracies, costs, on) if keep]


def wrong_sorted_by_accuracy(accuracies, costs):
    """Answers in the order of the accuracies, and not in the order given."""
    order = sorted(range(len(accuracies)), key=lambda i: -accuracies[i])
    return right_two_loops([accuracies[i] for i in order], [costs[i] for i in order])


def wrong_neighbours(accuracies, costs):
    """Compares with the next method of the list only."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    nexts = points[1:] + points[:1]
    return [not (q != p and all(x <= y for x, y in zip(q, p))) for p, q in zip(points, nexts)]


def wrong_better_in_costs_too(accuracies, costs):
    """Asks for a cost that is strictly lower; a higher accuracy alone does not dominate."""
    return by(
        accuracies,
        costs,
        lambda q, p: (
            q[0] >= p[0]
            and all(x <= y for x, y in zip(q[1], p[1]))
            and any(x < y for x, y in zip(q[1], p[1]))
        ),
    )


def wrong_dominates_someone(accuracies, costs):
    """Has the two swapped: False for a method that dominates another."""
    points = [(-a, *c) for a, c in zip(accuracies, costs)]
    return [not any(q != p and all(x <= y for x, y in zip(p, q)) for q in points) for p in points]


def wrong_three_costs(accuracies, costs):
    """Unpacks three costs, and there may be another number of them: ValueError."""
    front = []
    for a, (x, y, z) in zip(accuracies, costs):
        beaten = False
        for b, (u, v, w) in zip(accuracies, costs):
            if (b, u, v, w) != (a, x, y, z) and b >= a and u <= x and v <= y and w <= z:
                beaten = True
        front.append(not beaten)
    return front


SAYS = {
    "wrong_sign": "a high accuracy is good, and a low cost:",
    "wrong_all_strict": "a method counts as dominated only by",
    "wrong_equal_ones": "two methods that are equal in all do",
    "wrong_itself": "nothing is left: each method is as good",
    "wrong_any": "better in one is not enough to dominate:",
    "wrong_any_at_all": "better in one is not enough to dominate:",
    "wrong_tuples_compared": "tuples are compared by the first number",
    "wrong_first_cost": "only one of the costs is looked at: all",
    "wrong_sum": "the costs are added up: bytes and seconds",
    "wrong_costs_only": "the accuracy is left out: it counts as",
    "wrong_accuracy_only": "the costs are left out: they count as",
    "wrong_best_in_something": "a method need not be the best in anything:",
    "wrong_dominated": "the verdicts are turned: True is for",
    "wrong_indices": "these are the places of the methods:",
    "wrong_points_returned": "these are values of the methods: return",
    "wrong_sorted_by_accuracy": "the verdicts are in the order of the",
    "wrong_better_in_costs_too": "at equal costs, or some of them, a method",
    "wrong_dominates_someone": "both are turned: a high accuracy is good,",
    "wrong_three_costs": "there may be another number of costs:",
}
