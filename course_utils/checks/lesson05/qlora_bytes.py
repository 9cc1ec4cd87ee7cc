"""``qlora_bytes`` (lesson 5, *The memory calculator*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, explanation, read_table
from course_utils.checks.core.describe import show, show_call
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.memory.formulas import qlora_bytes as right_bytes

KEYS = ("codes", "constants", "rest", "adapters")
EPS = 1e-9


def right(q: int, r: int, k: int) -> tuple[float, ...]:
    """The definition, in the order of ``KEYS``."""
    return tuple(float(right_bytes(q, r, k)[key]) for key in KEYS)


def scaled(factor: float) -> Callable:
    """All parts in another unit."""
    return lambda q, r, k: tuple(factor * part for part in right(q, r, k))


UNIT_MISTAKES: Mistakes = {
    "these are bits: eight to a byte": [scaled(8)],
    "this is in another unit: return bytes": [
        scaled(1 / unit) for unit in (2**30, 1e9, 2**20, 1e6, 2**10, 1e3)
    ],
    "these are numbers, not bytes": [lambda q, r, k: (q, q / 64 + q / (64 * 256), r, k)],
    "these are the bytes of one number each: multiply by how many there are": [
        lambda q, r, k: (0.5, 1 / 64 + 4 / (64 * 256), 2.0, 16.0)
    ],
}
TRAINED = "an adapter costs what a trained float32 parameter costs: 4 + 4 + 4 + 4 bytes"
PART_MISTAKES: dict[str, Mistakes] = {
    "codes": {
        "a code has 4 bits: two share a byte": [lambda q, r, k: q],
        "4 bits are half a byte, not 4 bytes": [lambda q, r, k: 4 * q],
        "quantised layers are no longer in 16 bits: 4 bits a number": [lambda q, r, k: 2 * q],
        "codes were counted in bits, 4 each: two share a byte, quantised / 2": [
            lambda q, r, k: q / 4,
            lambda q, r, k: q / 8,
        ],
        "only the quantised numbers have codes, neither the rest nor the adapters": [
            lambda q, r, k: (q + r) / 2,
            lambda q, r, k: (q + r + k) / 2,
            lambda q, r, k: (q - r) / 2,
        ],
        "the codes take half a byte each, without their constants: these are a part of their own": [
            lambda q, r, k: q / 2 + q / 64 + 4 * q / (64 * 256)
        ],
    },
    "constants": {
        (
            "this is one level of constants, 4 bytes a block: double quantisation makes them 1 byte"
        ): [lambda q, r, k: 4 * q / 64],
        "the second level is missing: each 256 of the constants share one of 4 bytes": [
            lambda q, r, k: q / 64
        ],
        "the first level is missing: each block of 64 still has a constant, of 1 byte": [
            lambda q, r, k: 4 * q / (64 * 256)
        ],
        (
            "the second level has one constant of 4 bytes for 256 constants, so for 64 * 256 "
            "numbers"
        ): [lambda q, r, k: q / 64 + 4 * q / 256, lambda q, r, k: q / 64 + q / 256],
        "the constants of the second level are in float32: 4 bytes each": [
            lambda q, r, k: q / 64 + q / (64 * 256),
            lambda q, r, k: q / 64 + 2 * q / (64 * 256),
        ],
        "the constants of the first level are in 8 bits: 1 byte each": [
            lambda q, r, k: 4 * q / 64 + 4 * q / (64 * 256),
            lambda q, r, k: 2 * q / 64 + 4 * q / (64 * 256),
        ],
        "the blocks of the first level have 64 numbers, those of the second 256 constants": [
            lambda q, r, k: q / 256 + 4 * q / (64 * 256),
            lambda q, r, k: q / 256 + 4 * q / (256 * 256),
            lambda q, r, k: q / 64 + 4 * q / (64 * 64),
        ],
        "the two levels are exchanged: 1 byte for each 64, and 4 bytes for each 64 * 256": [
            lambda q, r, k: 4 * q / 64 + q / (64 * 256),
        ],
        "the constants are missing: without them the codes mean nothing": [lambda q, r, k: 0],
        "the bits per number were taken for bytes: 8 / 64 + 32 / (64 * 256) bits": [
            lambda q, r, k: 8 * q / 64 + 32 * q / (64 * 256)
        ],
        "32 bits are 4 bytes, and 8 bits are 1": [
            lambda q, r, k: q / 64 + 32 * q / (64 * 256),
            lambda q, r, k: 8 * q / 64 + 4 * q / (64 * 256),
        ],
        "a bracket is missing: 4 * quantised / (64 * 256)": [
            lambda q, r, k: q / 64 + 4 * q / 64 * 256
        ],
        "only the quantised numbers have constants, neither the rest nor the adapters": [
            lambda q, r, k: (q + r) / 64 + 4 * (q + r) / (64 * 256)
        ],
    },
    "rest": {
        "the rest is in 16 bits: 2 bytes a number": [lambda q, r, k: 4 * r, lambda q, r, k: r],
        "16 bits are 2 bytes, and the rest is frozen: no gradient, no averages of Adam": [
            lambda q, r, k: 16 * r,
            lambda q, r, k: 14 * r,
            lambda q, r, k: 12 * r,
            lambda q, r, k: 18 * r,
        ],
        "the rest is not quantised: 2 bytes a number": [lambda q, r, k: r / 2],
        "the rest is still there: 2 bytes a number": [lambda q, r, k: 0],
        "`rest` is a part beside the quantised numbers: neither subtract nor add these": [
            lambda q, r, k: 2 * (r - q),
            lambda q, r, k: 2 * (q - r),
            lambda q, r, k: 2 * (r + q),
            lambda q, r, k: 2 * (r - q - k),
        ],
        "the adapters are a part of their own, in float32: keep them out of the rest": [
            lambda q, r, k: 2 * (r + k),
            lambda q, r, k: 2 * (r - k),
        ],
    },
    "adapters": {
        TRAINED + "; gradient and Adam's two averages are missing": [
            lambda q, r, k: 4 * k,
            lambda q, r, k: 2 * k,
        ],
        TRAINED + ", or half of it is missing: all four are in float32": [lambda q, r, k: 8 * k],
        TRAINED + "; one of the four is missing": [lambda q, r, k: 12 * k],
        TRAINED + ", and none of them is in 8 or 16 bits": [
            lambda q, r, k, n=n: n * k for n in (6, 10, 14, 5, 7, 13, 9)
        ],
        TRAINED + "; no copy beside these is needed": [
            lambda q, r, k: 20 * k,
            lambda q, r, k: 18 * k,
        ],
        "16 bytes a number of an adapter, and not bits: 4 + 4 + 4 + 4 bytes": [
            lambda q, r, k: 128 * k,
            lambda q, r, k: k,
        ],
        "only the adapters are trained: no gradient or average for the rest": [
            lambda q, r, k: 16 * (k + r),
            lambda q, r, k: 4 * k + 12 * (k + r),
        ],
    },
}
HINTS = (
    "how many bytes has a code, the constant of a block, a number of the rest, an adapter?",
    "codes: quantised / 2; constants: quantised / 64 bytes, and 4 for every 64 * 256 numbers",
    "rest: 2 * rest; adapters: 16 * adapters",
)


@exercise(
    hints=HINTS, mistakes=functools.reduce(dict.__or__, PART_MISTAKES.values(), UNIT_MISTAKES)
)
def qlora_bytes(answer: Any, numbers: random.Random) -> None:
    """Four numbers, for models of several sizes: each part is judged on its own."""
    cases = [draw(numbers) for _ in range(3)]
    got = []
    for case in cases:
        try:
            got.append(read_table(call(answer, *case), KEYS))
        except WrongForm as mistake:
            mistake.call = show_call(answer, case, {})
            raise
    wrong = [n for n, parts in enumerate(got) if not agree(parts, right(*cases[n]), EPS)]
    if not wrong:
        return
    case, parts = cases[wrong[0]], got[wrong[0]]
    unit = explanation(cases, got, UNIT_MISTAKES, EPS)
    place = next(n for n in range(4) if not agree(parts[n], right(*case)[n], EPS))
    likely = (
        explanation(cases, [values[place] for values in got], PART_MISTAKES[KEYS[place]], EPS)
        if unit == UNKNOWN
        else unit
    )
    good, bad = (f"{KEYS[place]}: {show(value[place])}" for value in (right(*case), parts))
    raise Mistake(likely, good, bad, show_call(answer, case, {}))


def draw(numbers: random.Random) -> tuple[int, int, int]:
    """Counts of the three kinds of numbers; the quantised ones fill whole blocks."""
    quantised = 64 * 256 * numbers.randint(10**2, 10**5)
    return quantised, numbers.randint(10**6, 10**8), numbers.randint(10**4, 10**7)
