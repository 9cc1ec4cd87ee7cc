"""``qlora_bytes`` (lesson 5, *The memory calculator*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, read_table
from course_utils.checks.core.exercise import exercise
from course_utils.memory.formulas import qlora_bytes as right_bytes

KEYS = ("codes", "constants", "rest", "adapters")


def table(
    codes: Callable = lambda q: q / 2,
    constants: Callable = lambda q: q / 64 + 4 * q / (64 * 256),
    rest: Callable = lambda r: 2 * r,
    adapters: Callable = lambda k: 16 * k,
    scale: float = 1,
) -> Callable:
    """The definition; other arguments make the usual mistakes."""
    return lambda q, r, k: tuple(scale * x for x in (codes(q), constants(q), rest(r), adapters(k)))


PLAIN = "this is one level of constants, 4 bytes a block: double quantisation makes them 1 byte"
FIRST = "the first level is missing: each block of 64 still has a constant, of 1 byte"
SECOND = "the second level is missing: each 256 of the constants share one of 4 bytes"
TRAINED = "an adapter costs what a trained float32 parameter costs: 4 + 4 + 4 + 4 bytes"
BYTE_MISTAKES: Mistakes = {
    "a code has 4 bits: two share a byte": [table(codes=lambda q: q)],
    "4 bits are half a byte, not 4 bytes": [table(codes=lambda q: 4 * q)],
    "quantised layers are no longer in 16 bits: 4 bits a number": [table(codes=lambda q: 2 * q)],
    PLAIN: [table(constants=lambda q: 4 * q / 64)],
    SECOND: [table(constants=lambda q: q / 64)],
    FIRST: [table(constants=lambda q: 4 * q / (64 * 256))],
    "the second level has one constant of 4 bytes for 256 constants, so for 64 * 256 numbers": [
        table(constants=lambda q: q / 64 + 4 * q / 256)
    ],
    "the constants of the second level are in float32: 4 bytes each": [
        table(constants=lambda q: q / 64 + q / (64 * 256))
    ],
    "the constants of the first level are in 8 bits: 1 byte each": [
        table(constants=lambda q: 4 * q / 64 + 4 * q / (64 * 256))
    ],
    "the constants are missing: without them the codes mean nothing": [
        table(constants=lambda q: 0)
    ],
    "the bits per number were taken for bytes: 8 / 64 + 32 / (64 * 256) bits": [
        table(constants=lambda q: 8 * (q / 64 + 4 * q / (64 * 256)))
    ],
    "the rest is in 16 bits: 2 bytes a number": [
        table(rest=lambda r: 4 * r),
        table(rest=lambda r: r),
    ],
    "the rest is not quantised: 2 bytes a number": [table(rest=lambda r: r / 2)],
    "the rest is still there: 2 bytes a number": [table(rest=lambda r: 0)],
    TRAINED: [
        table(adapters=lambda k: 4 * k),
        table(adapters=lambda k: 2 * k),
    ],
    TRAINED + "; Adam's two states are missing": [table(adapters=lambda k: 8 * k)],
    TRAINED + "; the gradient is missing": [table(adapters=lambda k: 12 * k)],
    TRAINED + "; no master copy is needed": [table(adapters=lambda k: 20 * k)],
    "these are bits: eight to a byte": [table(scale=8)],
    "these are numbers, not bytes": [lambda q, r, k: (q, q / 64 + q / (64 * 256), r, k)],
    "this is in another unit: return bytes": [
        table(scale=1 / 2**30),
        table(scale=1 / 1e9),
    ],
}


HINTS = (
    "how many bytes has a code, the constant of a block, a number of the rest, an adapter?",
    "codes: quantised / 2; constants: quantised / 64 bytes, and 4 for every 64 * 256 numbers",
    "rest: 2 * rest; adapters: 16 * adapters",
)


@exercise(hints=HINTS, mistakes=BYTE_MISTAKES)
def qlora_bytes(answer: Any, numbers: random.Random) -> None:
    """Four numbers, for models of several sizes."""
    cases = [
        (
            64 * 256 * numbers.randint(10**2, 10**5),
            numbers.randint(10**6, 10**8),
            numbers.randint(10**4, 10**7),
        )
        for _ in range(3)
    ]

    def right(*case: Any) -> tuple[float, ...]:
        return tuple(float(right_bytes(*case)[key]) for key in KEYS)

    read = functools.partial(read_table, keys=KEYS)
    compare(answer, cases, right, BYTE_MISTAKES, read, 1e-9)
