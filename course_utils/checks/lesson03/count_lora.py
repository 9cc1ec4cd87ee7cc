"""``count_lora`` (lesson 3, *The layer*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.memory.formulas import count_lora as right_count


def each(size: Callable[[int, int, int], float]) -> Callable:
    """A number for each layer, summed; ``size`` takes out, in and rank."""
    return lambda shapes, rank: sum(size(out, in_, rank) for out, in_ in shapes)


def of(change: Callable[[float, list], float]) -> Callable:
    """Something else made of the right count; ``change`` takes it and the shapes."""
    return lambda shapes, rank: change(right_count(shapes, rank), shapes)


def full(shapes: list) -> int:
    """The numbers of the frozen weights."""
    return sum(out * in_ for out, in_ in shapes)


def listed(shapes: list, rank: int) -> list[int]:
    """A count for each layer."""
    return [right_count([shape], rank) for shape in shapes]


SQUARE = "layers need not be square: A has rank * in numbers, B has out * rank"
COUNT_MISTAKES: Mistakes = {
    "this counts the frozen weights, out * in: A and B alone are trained": [
        each(lambda out, in_, rank: out * in_)
    ],
    "this counts the frozen weights too: A and B alone are trained": [
        each(lambda out, in_, rank: out * in_ + rank * (out + in_))
    ],
    "B is missing: it has out * rank numbers": [each(lambda out, in_, rank: rank * in_)],
    "A is missing: it has rank * in numbers": [each(lambda out, in_, rank: rank * out)],
    "a bracket is missing, rank * (out + in): the rank multiplies both sides": [
        each(lambda out, in_, rank: rank * out + in_),
        each(lambda out, in_, rank: out + rank * in_),
    ],
    SQUARE: [
        each(lambda out, in_, rank: 2 * rank * in_),
        each(lambda out, in_, rank: 2 * rank * out),
        each(lambda out, in_, rank: 2 * rank * max(out, in_)),
        each(lambda out, in_, rank: 2 * rank * min(out, in_)),
    ],
    "this multiplies the sizes of A and B: add them": [
        each(lambda out, in_, rank: rank * out * rank * in_)
    ],
    "this is rank * out * in: A and B together have rank * (out + in)": [
        each(lambda out, in_, rank: rank * out * in_)
    ],
    "the rank is missing: both matrices have one side of it": [each(lambda o, i, rank: o + i)],
    "the rank is an argument: here the lesson's rank 8 stands in its place": [
        lambda shapes, rank: right_count(shapes, 8)
    ],
    "more than A and B was counted: LoRA trains no bias, and no magnitude as DoRA does": [
        each(lambda o, i, rank: rank * (o + i) + o),
        each(lambda o, i, rank: rank * (o + i) + i),
        each(lambda o, i, rank: rank * (o + i) + rank),
        each(lambda o, i, rank: rank * (o + i) + rank + o),
        each(lambda o, i, rank: (rank + 1) * (o + i)),
    ],
    "LoRA has no third matrix: A and B alone, without rank * rank numbers between them": [
        each(lambda o, i, rank: rank * (o + i) + rank * rank),
        each(lambda o, i, rank: rank * (o + i + 1) + rank * rank),
        each(lambda o, i, rank: rank * (o + i) + rank * rank + o),
        lambda shapes, rank: right_count(shapes, rank) + rank * rank,
    ],
    "rank * rank is not to be taken off: every number of A and B is trained": [
        each(lambda o, i, rank: rank * (o + i - rank)),
        lambda shapes, rank: right_count(shapes, rank) - rank * rank,
    ],
    "this counts the first layer only: is `return` in the loop? Sum over all shapes": [
        lambda shapes, rank: right_count(shapes[:1], rank)
    ],
    "this counts the last layer only: add each layer to the total, do not replace it": [
        lambda shapes, rank: right_count(shapes[-1:], rank)
    ],
    "one of the layers is left out": [
        lambda shapes, rank: right_count(shapes[1:], rank),
        lambda shapes, rank: right_count(shapes[:-1], rank),
    ],
    "this counts the first layer as often as there are layers: their shapes differ": [
        lambda shapes, rank: len(shapes) * right_count(shapes[:1], rank)
    ],
    "each shape was counted once: layers that share a shape have matrices of their own": [
        lambda shapes, rank: right_count(list(set(map(tuple, shapes))), rank)
    ],
    "this is the mean of the layers: return the sum": [of(lambda n, shapes: n / len(shapes))],
    "the rank is counted twice": [
        each(lambda out, in_, rank: rank * rank * (out + in_)),
        each(lambda out, in_, rank: 2 * rank * (out + in_)),
        each(lambda out, in_, rank: rank * (out + rank * in_)),
        each(lambda out, in_, rank: rank * (rank * out + in_)),
    ],
    "add the rank nowhere: it multiplies, rank * (out + in)": [
        each(lambda out, in_, rank: out + in_ + rank),
        each(lambda out, in_, rank: out + in_ + 2 * rank),
        each(lambda out, in_, rank: (rank + out) * (rank + in_)),
        each(lambda out, in_, rank: rank + out * in_),
    ],
    "this is a share of the full matrices: the number of parameters is asked for": [
        of(lambda n, shapes: n / full(shapes)),
        of(lambda n, shapes: 100 * n / full(shapes)),
        each(lambda o, i, rank: rank * (o + i) / (o * i)),
        of(lambda n, shapes: full(shapes) / n),
        of(lambda n, shapes: n / (n + full(shapes))),
    ],
    "this is what LoRA saves: the number of parameters that it trains is asked for": [
        of(lambda n, shapes: full(shapes) - n),
        of(lambda n, shapes: 1 - n / full(shapes)),
    ],
    "these are bytes: numbers are asked for": [
        of(lambda n, shapes: 4 * n),
        of(lambda n, shapes: 16 * n),
    ],
    "this is in another unit: return the plain number": [
        of(lambda n, shapes: n / 1e3),
        of(lambda n, shapes: n / 1e6),
        of(lambda n, shapes: n // 1000),
    ],
    "sum within each layer first: products of the sums over all layers are too large": [
        lambda shapes, rank: rank * sum(o for o, _ in shapes) * sum(i for _, i in shapes)
    ],
    "these are the counts of the single layers: return their sum": [
        listed,
        lambda shapes, rank: tuple(listed(shapes, rank)),
    ],
    "A and B were counted apart: return their sum": [
        lambda shapes, rank: tuple(rank * sum(side) for side in zip(*shapes)),
        lambda shapes, rank: tuple(rank * sum(side) for side in zip(*shapes))[::-1],
    ],
    "shapes is a list of pairs, not a dictionary of layers": [
        lambda shapes, rank: shapes.values(),
        lambda shapes, rank: shapes.items(),
        lambda shapes, rank: shapes.keys(),
    ],
    "shapes holds pairs of numbers, (out, in), not layers or matrices": [
        lambda shapes, rank: shapes[0].weight,
        lambda shapes, rank: shapes[0].shape,
        lambda shapes, rank: shapes[0].numel(),
        lambda shapes, rank: shapes[0].in_features,
        lambda shapes, rank: shapes[0].out_features,
    ],
    "shapes holds one pair for each layer: go through all of them": [
        lambda shapes, rank: [out for out, in_ in shapes[0]],
        lambda shapes, rank: shapes[0][0] + shapes,
        lambda shapes, rank: [0 for out, in_ in [shapes]],
    ],
    "sum(shapes) would add pairs: add up the two numbers of each pair, then those sums": [
        lambda shapes, rank: sum(shapes)
    ],
}


HINTS = (
    "A is (rank, in), B is (out, rank): how many numbers has each?",
    "rank * in + out * rank, for every layer",
    "sum(rank * (out + in_) for out, in_ in shapes)",
)


@exercise(hints=HINTS, mistakes=COUNT_MISTAKES)
def count_lora(answer: Any, numbers: random.Random) -> None:
    """Several layers, none square, some of one shape, as in a real model; then one layer."""

    def shape() -> tuple[int, int]:
        sides = [numbers.randint(20, 50), numbers.randint(60, 99)]
        numbers.shuffle(sides)
        return sides[0], sides[1]

    def rank() -> int:
        return numbers.choice((2, 3, 5, 6, 7, 9))  # not the lesson's 8

    cases = []
    for count in (3, 5, 4):
        different = [shape() for _ in range(count)]
        cases.append(([*different, *numbers.sample(different, 2)], rank()))
    cases.append(([shape()], rank()))
    compare(answer, cases, lambda *case: float(right_count(*case)), COUNT_MISTAKES, number, 1e-9)
