"""``bits_per_parameter`` (lesson 5, *Quantise the scales as well*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.quantisation.blockwise import bits_per_parameter as right_bits


def bits(first: Callable, second: Callable) -> Callable:
    """Bits without and with double quantisation."""
    return lambda block, second_block: float(
        first(block) if second_block is None else second(block, second_block)
    )


CODES = "the 4 bits of the code itself are missing"
BITS_MISTAKES: Mistakes = {
    CODES: [bits(lambda b: 32 / b, lambda b, s: 8 / b + 32 / (b * s))],
    "the second scales are shared by block * second_block weights": [
        bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 8 / b + 32 / s)
    ],
    "the second scales take 32 bits each, for block * second_block weights": [
        bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 8 / b)
    ],
    "double quantisation replaces the 32 bits of a scale by 8: they are not added": [
        bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b + 8 / b + 32 / (b * s)),
        bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b + 32 / (b * s)),
    ],
    "the argument second_block is not used": [bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b)],
    "without double quantisation a scale is a float32: 32 bits": [
        bits(lambda b: 4 + 8 / b, lambda b, s: 4 + 8 / b + 32 / (b * s))
    ],
    "a scale is a float32, 32 bits, not 16": [
        bits(lambda b: 4 + 16 / b, lambda b, s: 4 + 8 / b + 16 / (b * s))
    ],
    "quantised scales take 8 bits each, not 4": [
        bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 4 / b + 32 / (b * s))
    ],
    "these are bytes: bits are asked for": [
        bits(lambda b: 0.5 + 4 / b, lambda b, s: 0.5 + 1 / b + 4 / (b * s))
    ],
    "the scale of a block is shared by its weights: divide by block": [
        bits(lambda b: 4 + 32, lambda b, s: 4 + 8 + 32 / s)
    ],
    "float32 scales were counted as 4 bits: they are 4 bytes": [
        bits(lambda b: 4 + 4 / b, lambda b, s: 4 + 1 / b + 4 / (b * s))
    ],
}


HINTS = (
    "what is stored for one block, and among how many weights is it shared?",
    "4 bits, and 32 bits for every block of weights; with double quantisation 8 bits for "
    "every block instead, and 32 bits for every second_block blocks",
    "4 + 8 / block + 32 / (block * second_block)",
)


@exercise(hints=HINTS, mistakes=BITS_MISTAKES)
def bits_per_parameter(answer: Any, numbers: random.Random) -> None:
    """With and without double quantisation, for random sizes and the paper's."""
    sizes = [8, 16, 32, 64, 128]
    cases = [(numbers.choice(sizes), None), (numbers.choice(sizes), numbers.choice((64, 128, 512)))]
    cases += [(64, None), (64, 256)]
    compare(answer, cases, right_bits, BITS_MISTAKES, number, 1e-7)
