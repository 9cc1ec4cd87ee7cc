"""What learners get wrong in ``pareto_front``."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from course_utils.checks.core.compare import Mistakes
from course_utils.measure.pareto import pareto_front as right_front

Point = tuple[float, ...]  # the accuracy turned in sign, then the costs: low is good in all
Beats = Callable[[Point, Point], bool]
Answer = Callable[[list[float], list[Sequence[float]]], Any]


def points_of(accuracies: list[float], costs: list[Sequence[float]]) -> list[Point]:
    """One a method."""
    return [(-accuracy, *cost) for accuracy, cost in zip(accuracies, costs)]


def at_most(one: Point, other: Point) -> bool:
    """Is it as good in all?"""
    return all(a <= b for a, b in zip(one, other))


def dominates(one: Point, other: Point) -> bool:
    """The right one."""
    return one != other and at_most(one, other)


def by(beats: Beats, change: Callable[[Point], Point] = lambda point: point) -> Answer:
    """Those that no method beats.

    Args:
        beats: does the first beat the second?
        change: of the points beforehand.
    """

    def answer(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
        points = [change(point) for point in points_of(accuracies, costs)]
        return [not any(beats(o, p) for o in points) for p in points]

    return answer


def by_place(beats: Callable[[int, int, list[Point]], bool]) -> Answer:
    """Those that no method beats, where the places of the two count as well."""

    def answer(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
        points = points_of(accuracies, costs)
        places = range(len(points))
        return [not any(beats(j, i, points) for j in places) for i in places]

    return answer


def of_right(change: Callable[[list[bool]], Any]) -> Answer:
    """A wrong answer, made of the right one."""
    return lambda accuracies, costs: change(right_front(accuracies, costs))


def best_somewhere(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
    """Is it the best in at least one of them?"""
    points = points_of(accuracies, costs)
    lowest = [min(column) for column in zip(*points)]
    return [any(a == b for a, b in zip(point, lowest)) for point in points]


def against_the_best(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
    """Compares with the most accurate one alone."""
    points = points_of(accuracies, costs)
    return [not dominates(min(points), point) for point in points]


def staircase(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
    """From the cheapest on, those that are more accurate than all before."""
    front, highest = [False] * len(costs), -math.inf
    for i in sorted(range(len(costs)), key=lambda i: (costs[i], -accuracies[i])):
        if accuracies[i] > highest:
            front[i], highest = True, accuracies[i]
    return front


def sorted_front(accuracies: list[float], costs: list[Sequence[float]]) -> list[bool]:
    """In the order of the accuracies, the highest first."""
    order = sorted(range(len(accuracies)), key=lambda i: -accuracies[i])
    return right_front([accuracies[i] for i in order], [costs[i] for i in order])


def dominators(accuracies: list[float], costs: list[Sequence[float]]) -> list[int]:
    """How many dominate each."""
    points = points_of(accuracies, costs)
    return [sum(dominates(o, p) for o in points) for p in points]


def beaten_outright(one: Point, other: Point) -> bool:
    """Better in all."""
    return all(a < b for a, b in zip(one, other))


PARETO_MISTAKES: Mistakes = {
    (
        "a method counts as dominated only by one that is better in all: as good in all and better "
        "in one is enough"
    ): [by(beaten_outright)],
    "two methods that are equal in all do not dominate each other: both stay": [
        by_place(lambda j, i, points: j != i and at_most(points[j], points[i])),
    ],
    "nothing is left: each method is as good as itself, so better in one is to be asked for too": [
        by(at_most),
    ],
    "of methods that are equal in all only one is kept: none dominates the other, so all stay": [
        by_place(lambda j, i, points: dominates(points[j], points[i])
                 or (j < i and points[j] == points[i])),
        by_place(lambda j, i, points: dominates(points[j], points[i])
                 or (j > i and points[j] == points[i])),
    ],
    "a high accuracy is good, and a low cost: here a low accuracy counts as good": [
        by(dominates, lambda point: (-point[0], *point[1:])),
    ],
    "a low cost is good: here a high one counts as good": [
        by(dominates, lambda point: (point[0], *(-cost for cost in point[1:]))),
    ],
    "both are turned: a high accuracy is good, and a low cost; or who dominates whom is turned": [
        by(dominates, lambda point: tuple(-value for value in point)),
    ],
    "the verdicts are turned: True is for a method that no other dominates": [
        of_right(lambda front: [not on for on in front]),
    ],
    "only one of the costs is looked at: all of them count": [
        by(dominates, lambda point: point[:2]),
        by(dominates, lambda point: (point[0], point[-1])),
    ],
    "the costs are added up: bytes and seconds have no sum, so compare cost by cost": [
        by(dominates, lambda point: (point[0], sum(point[1:]))),
        by(lambda one, other: one != other and one[0] <= other[0] and (
            sum(one[1:]) <= sum(other[1:]))),
    ],
    "tuples are compared by the first number that differs: compare number by number, with all": [
        by(lambda one, other: one != other and one[0] <= other[0] and one[1:] <= other[1:]),
        by(lambda one, other: one < other),
    ],
    "sorting, and keeping each new record, is for one cost: with several, compare with all": [
        staircase,
    ],
    "the costs are left out: they count as well as the accuracy": [
        by(dominates, lambda point: point[:1]),
    ],
    "there may be another number of costs: take the tuple as it is, and do not unpack it": [
        lambda accuracies, costs: [one for one, in costs],
        lambda accuracies, costs: [one for one, two in costs],
        lambda accuracies, costs: [one for one, two, three in costs],
    ],
    "the accuracy is left out: it counts as well as the costs": [
        by(dominates, lambda point: point[1:]),
    ],
    "better in one is not enough to dominate: it must be as good in all others too": [
        by(lambda one, other: any(a < b for a, b in zip(one, other))),
        by(lambda one, other: one != other and any(a <= b for a, b in zip(one, other))),
        by(lambda one, other: one[0] <= other[0] and any(
            a < b for a, b in zip(one[1:], other[1:]))),
        by(lambda one, other: one[0] < other[0] and any(
            a < b for a, b in zip(one[1:], other[1:]))),
    ],
    "at equal accuracy a cheaper method dominates too": [
        by(lambda one, other: one[0] < other[0] and at_most(one, other)),
    ],
    "at equal costs, or some of them, a method that is better elsewhere dominates too": [
        by(lambda one, other: one[0] <= other[0] and beaten_outright(one[1:], other[1:])),
        by(lambda one, other: at_most(one, other) and any(
            a < b for a, b in zip(one[1:], other[1:]))),
    ],
    "a method need not be the best in anything: it stays unless another dominates it": [
        best_somewhere,
    ],
    "each is compared with the most accurate method alone: any other may dominate it": [
        against_the_best,
    ],
    "each is compared with those before it alone: a later one may dominate it": [
        by_place(lambda j, i, points: j < i and dominates(points[j], points[i])),
    ],
    "each is compared with those after it alone: an earlier one may dominate it": [
        by_place(lambda j, i, points: j > i and dominates(points[j], points[i])),
    ],
    "the verdicts are in the order of the accuracies: return them in the order given": [
        sorted_front,
    ],
    "these are the places of the methods: return a truth value for each method": [
        of_right(lambda front: [i for i, on in enumerate(front) if on]),
        of_right(lambda front: {i for i, on in enumerate(front) if on}),
    ],
    "these are values of the methods: return a truth value for each method": [
        lambda a, c: [x for x, on in zip(a, right_front(a, c)) if on],
        lambda a, c: [(x, y) for x, y, on in zip(a, c, right_front(a, c)) if on],
        lambda a, c: [(x, *y) for x, y, on in zip(a, c, right_front(a, c)) if on],
    ],
    "this counts the methods that dominate each: return whether there is none": [dominators],
    "this is how many are on the front: return a truth value for each method": [of_right(sum)],
}  # fmt: skip
