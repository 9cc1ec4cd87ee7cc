"""``bits_per_parameter`` (lesson 5, *Quantise the scales as well*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.quantisation.blockwise import bits_per_parameter as right_bits


def plain(block: int) -> float:
    """The definition, without double quantisation."""
    return 4 + 32 / block


def double(block: int, second_block: int) -> float:
    """The definition, with it."""
    return 4 + 8 / block + 32 / (block * second_block)


def bits(first: Callable = plain, second: Callable = double) -> Callable:
    """Bits without and with double quantisation; other functions make the usual mistakes."""
    return lambda block, second_block: float(
        first(block) if second_block is None else second(block, second_block)
    )


CODES = "the 4 bits of the code itself are missing"
BITS_MISTAKES: Mistakes = {
    CODES: [bits(lambda b: 32 / b, lambda b, s: 8 / b + 32 / (b * s))],
    "the second scales are shared by block * second_block weights": [
        bits(plain, lambda b, s: 4 + 8 / b + 32 / s)
    ],
    "the second scales take 32 bits each, for block * second_block weights": [
        bits(plain, lambda b, s: 4 + 8 / b)
    ],
    "double quantisation replaces the 32 bits of a scale by 8: they are not added": [
        bits(plain, lambda b, s: 4 + 32 / b + 8 / b + 32 / (b * s)),
        bits(plain, lambda b, s: 4 + 32 / b + 32 / (b * s)),
    ],
    "the argument second_block is not used": [bits(plain, lambda b, s: 4 + 32 / b)],
    "without double quantisation a scale is a float32: 32 bits": [
        bits(lambda b: 4 + 8 / b, lambda b, s: 4 + 8 / b + 32 / (b * s))
    ],
    "a scale is a float32, 32 bits, not 16": [
        bits(lambda b: 4 + 16 / b, lambda b, s: 4 + 8 / b + 16 / (b * s))
    ],
    "quantised scales take 8 bits each, not 4": [
        bits(plain, lambda b, s: 4 + 4 / b + 32 / (b * s))
    ],
    "the two cases are the wrong way round: `None` is without double quantisation": [
        lambda b, s: plain(b) if s is not None else 4 + 8 / b,
        lambda b, s: plain(b) if s is not None else 4 + 8 / b + 32 / (b * 256),
        lambda b, s: 4 + (8 if s is None else 32) / b,
        lambda b, s: 4 + 8 / b if s is None else 4 + 32 / b + 32 / (b * s),
    ],
    "second_block may be None, which is no number: that case has a formula of its own": [
        lambda b, s: double(b, s),
        lambda b, s: 32 / b / s,
        lambda b, s: 32 / s,
        lambda b, s: s * b,
    ],
    "the scale of a block takes the 8 bits, and the one that these share takes 32": [
        bits(plain, lambda b, s: 4 + 32 / b + 8 / (b * s))
    ],
    "a bracket is missing: 32 / (block * second_block), else second_block multiplies": [
        bits(plain, lambda b, s: 4 + 8 / b + 32 / b * s),
        bits(plain, lambda b, s: (4 + 8 / b + 32) / (b * s)),
    ],
    "// drops the fraction, and the share of a scale is a fraction: divide with /": [
        bits(lambda b: 4 + 32 // b, lambda b, s: 4 + 8 // b + 32 // (b * s)),
        bits(lambda b: 4 + 32 // b, lambda b, s: 4 + 8 / b + 32 // (b * s)),
        bits(lambda b: 4 + 32 // b),
        bits(plain, lambda b, s: 4 + 8 // b + 32 // (b * s)),
    ],
    "64 and 256 are the lesson's sizes: use the arguments": [
        bits(lambda b: plain(64), lambda b, s: double(64, 256)),
        bits(plain, lambda b, s: double(64, 256)),
        bits(plain, lambda b, s: double(b, 256)),
        bits(plain, lambda b, s: double(64, s)),
        bits(lambda b: plain(64), lambda b, s: double(64, s)),
    ],
    "this is rounded: return the number as it is": [
        bits(lambda b, n=n: round(plain(b), n), lambda b, s, n=n: round(double(b, s), n))
        for n in (0, 1, 2, 3)
    ],
    "these are the bits of a whole block: divide by block for those of one weight": [
        bits(lambda b: b * plain(b), lambda b, s: b * double(b, s)),
        bits(lambda b: b * plain(b), lambda b, s: b * s * double(b, s)),
        bits(lambda b: 4 * b + 32, lambda b, s: 4 * b + 8 + 32 / s),
    ],
    "second_block scales share one float32: their mean is one a layer, and is not counted": [
        bits(plain, lambda b, s: 4 + 8 / b + 64 / (b * s))
    ],
    "a second level takes nothing away from the codes: they keep their 4 bits": [
        bits(plain, lambda b, s: 8 / b + 32 / (b * s))
    ],
    "a code takes 4 bits, not 8 or 16": [
        bits(lambda b, k=k: k + 32 / b, lambda b, s, k=k: k + 8 / b + 32 / (b * s)) for k in (8, 16)
    ],
    "these are bytes: bits are asked for": [
        bits(lambda b: 0.5 + 4 / b, lambda b, s: 0.5 + 1 / b + 4 / (b * s))
    ],
    "the scale that others share is a float32: 32 bits, not 8 or 16": [
        bits(plain, lambda b, s: 4 + 8 / b + 8 / (b * s)),
        bits(plain, lambda b, s: 4 + 8 / b + 16 / (b * s)),
    ],
    "8 bits are shared by block weights, and 32 by block * second_block": [
        bits(plain, lambda b, s: 4 + 40 / (b * s)),
        bits(plain, lambda b, s: 4 + 40 / b),
        bits(plain, lambda b, s: 4 + 40 / s),
        bits(plain, lambda b, s: 4 + 8 / s + 32 / (b * s)),
        bits(plain, lambda b, s: 4 + 8 / s + 32 / b),
        bits(plain, lambda b, s: 4 + 8 / b + 32 / (b + s)),
        bits(plain, lambda b, s: 4 + 8 / b + 32 / s**2),
        bits(plain, lambda b, s: 4 + 8 / (b * s) + 32 / (b * s)),
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
