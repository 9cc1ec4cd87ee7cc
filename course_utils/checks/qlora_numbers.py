"""Checks of lesson 5: bytes of QLoRA by formula, and of activations with checkpointing."""

import functools
import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.diagnose import Suspect, compare, number
from course_utils.checks.sizes import read_table
from course_utils.qlora_cost import checkpointed_bytes as right_activations
from course_utils.qlora_cost import qlora_bytes as right_bytes

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
BYTE_SUSPECTS: list[Suspect] = [
    ("a code has 4 bits: two share a byte", table(codes=lambda q: q)),
    ("4 bits are half a byte, not 4 bytes", table(codes=lambda q: 4 * q)),
    ("quantised layers are no longer in 16 bits: 4 bits a number", table(codes=lambda q: 2 * q)),
    (PLAIN, table(constants=lambda q: 4 * q / 64)),
    (SECOND, table(constants=lambda q: q / 64)),
    (FIRST, table(constants=lambda q: 4 * q / (64 * 256))),
    ("the second level has one constant of 4 bytes for 256 constants, so for 64 * 256 numbers",
     table(constants=lambda q: q / 64 + 4 * q / 256)),
    ("the constants of the second level are in float32: 4 bytes each",
     table(constants=lambda q: q / 64 + q / (64 * 256))),
    ("the constants of the first level are in 8 bits: 1 byte each",
     table(constants=lambda q: 4 * q / 64 + 4 * q / (64 * 256))),
    ("the constants are missing: without them the codes mean nothing",
     table(constants=lambda q: 0)),
    ("the bits per number were taken for bytes: 8 / 64 + 32 / (64 * 256) bits",
     table(constants=lambda q: 8 * (q / 64 + 4 * q / (64 * 256)))),
    ("the rest is in 16 bits: 2 bytes a number", table(rest=lambda r: 4 * r)),
    ("the rest is not quantised: 2 bytes a number", table(rest=lambda r: r / 2)),
    ("the rest is still there: 2 bytes a number", table(rest=lambda r: 0)),
    ("the rest is in 16 bits: 2 bytes a number", table(rest=lambda r: r)),
    (TRAINED, table(adapters=lambda k: 4 * k)),
    (TRAINED, table(adapters=lambda k: 2 * k)),
    (TRAINED + "; Adam's two states are missing", table(adapters=lambda k: 8 * k)),
    (TRAINED + "; the gradient is missing", table(adapters=lambda k: 12 * k)),
    (TRAINED + "; no master copy is needed", table(adapters=lambda k: 20 * k)),
    ("these are bits: eight to a byte", table(scale=8)),
    ("these are numbers, not bytes", lambda q, r, k: (q, q / 64 + q / (64 * 256), r, k)),
    ("this is in another unit: return bytes", table(scale=1 / 2**30)),
    ("this is in another unit: return bytes", table(scale=1 / 1e9)),
]  # fmt: skip


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
    compare(answer, cases, right, BYTE_SUSPECTS, read, 1e-9)


INPUTS = "what is kept of every layer is its input: 2 bytes for each of tokens * hidden numbers"
AGAIN = "the layer that is computed again is missing: tokens * layer_bytes, once"
ACTIVATION_SUSPECTS: list[Suspect] = [
    ("this is training without checkpointing: every layer keeps all it needs",
     lambda n, t, d, s: n * t * s),
    ("this keeps everything and the inputs too: one layer at a time is computed again",
     lambda n, t, d, s: n * t * (s + 2 * d)),
    (AGAIN, lambda n, t, d, s: 2 * n * t * d),
    ("the inputs of the layers are missing: from them each layer is computed again",
     lambda n, t, d, s: t * s),
    ("the input of every layer is kept, not of one", lambda n, t, d, s: t * (2 * d + s)),
    ("16 bits are 2 bytes", lambda n, t, d, s: t * (n * d + s)),
    ("the inputs are in 16 bits: 2 bytes a number, not 4", lambda n, t, d, s: t * (4 * n * d + s)),
    ("16 bits are 2 bytes", lambda n, t, d, s: t * (16 * n * d + s)),
    ("layer_bytes is per token: multiply it by the tokens too",
     lambda n, t, d, s: 2 * n * t * d + s),
    ("the layer inputs grow with the tokens too", lambda n, t, d, s: 2 * n * d + t * s),
    ("both parts grow with the tokens", lambda n, t, d, s: 2 * n * d + s),
    ("layer_bytes are bytes already: do not double them", lambda n, t, d, s: 2 * t * (n * d + s)),
    (INPUTS, lambda n, t, d, s: t * (2 * n + s)),
    ("the last layer's input is kept too", lambda n, t, d, s: t * (2 * (n - 1) * d + s)),
    ("this is in another unit: return bytes",
     lambda n, t, d, s: right_activations(n, t, d, s) / 2**30),
    ("this is in another unit: return bytes",
     lambda n, t, d, s: right_activations(n, t, d, s) / 1e9),
]  # fmt: skip


def checkpointed_bytes(answer: Any, numbers: random.Random) -> None:
    """One number, for models of several sizes."""
    cases = [
        (
            numbers.randint(8, 80),
            numbers.randint(100, 5000),
            64 * numbers.randint(8, 128),
            numbers.randint(10**4, 10**6),
        )
        for _ in range(3)
    ]
    compare(
        answer, cases, lambda *c: float(right_activations(*c)), ACTIVATION_SUSPECTS, number, 1e-9
    )
