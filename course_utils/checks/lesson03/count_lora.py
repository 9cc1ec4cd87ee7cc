"""``count_lora`` (lesson 3, *The layer*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.memory.formulas import count_lora as right_count


def each(size: Callable[[int, int, int], int]) -> Callable:
    """A number for each layer, summed; ``size`` takes out, in and rank."""
    return lambda shapes, rank: sum(size(out, in_, rank) for out, in_ in shapes)


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
    SQUARE: [
        each(lambda out, in_, rank: 2 * rank * in_),
        each(lambda out, in_, rank: 2 * rank * out),
    ],
    "this multiplies the sizes of A and B: add them": [
        each(lambda out, in_, rank: rank * out * rank * in_)
    ],
    "this is rank * out * in: A and B together have rank * (out + in)": [
        each(lambda out, in_, rank: rank * out * in_)
    ],
    "the rank is missing: both matrices have one side of it": [each(lambda o, i, rank: o + i)],
    "biases were counted: LoRA trains none": [each(lambda o, i, rank: rank * (o + i) + o)],
    "this counts one layer only: sum over all shapes": [
        lambda shapes, rank: right_count(shapes[:1], rank),
        lambda shapes, rank: right_count(shapes[-1:], rank),
    ],
    "this counts the first layer as often as there are layers: their shapes differ": [
        lambda shapes, rank: len(shapes) * right_count(shapes[:1], rank)
    ],
    "the rank is counted twice": [each(lambda out, in_, rank: rank * rank * (out + in_))],
    "these are bytes: numbers are asked for": [each(lambda o, i, rank: 4 * rank * (o + i))],
}


HINTS = (
    "A is (rank, in), B is (out, rank): how many numbers has each?",
    "rank * in + out * rank, for every layer",
    "sum(rank * (out + in_) for out, in_ in shapes)",
)


@exercise(hints=HINTS, mistakes=COUNT_MISTAKES)
def count_lora(answer: Any, numbers: random.Random) -> None:
    """Several layers of different shapes, none square; then one layer."""

    def shape() -> tuple[int, int]:
        out = numbers.randint(20, 90)
        return out, out + numbers.randint(3, 40)

    cases = [([shape() for _ in range(count)], numbers.randint(2, 9)) for count in (3, 5, 4)]
    cases.append(([shape()[::-1]], numbers.randint(2, 9)))
    compare(answer, cases, lambda *case: float(right_count(*case)), COUNT_MISTAKES, number, 1e-9)
