"""``checkpointed_bytes`` (lesson 5, *The memory calculator*)."""

import random
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.memory.formulas import checkpointed_bytes as right_activations

INPUTS = "what is kept of every layer is its input: 2 bytes for each of tokens * hidden numbers"
AGAIN = "the layer that is computed again is missing: tokens * layer_bytes, once"
ACTIVATION_MISTAKES: Mistakes = {
    "this is training without checkpointing: every layer keeps all it needs": [
        lambda n, t, d, s: n * t * s
    ],
    "this keeps everything and the inputs too: one layer at a time is computed again": [
        lambda n, t, d, s: n * t * (s + 2 * d)
    ],
    AGAIN: [lambda n, t, d, s: 2 * n * t * d],
    "the inputs of the layers are missing: from them each layer is computed again": [
        lambda n, t, d, s: t * s
    ],
    "the input of every layer is kept, not of one": [lambda n, t, d, s: t * (2 * d + s)],
    "16 bits are 2 bytes": [
        lambda n, t, d, s: t * (n * d + s),
        lambda n, t, d, s: t * (16 * n * d + s),
    ],
    "the inputs are in 16 bits: 2 bytes a number, not 4": [lambda n, t, d, s: t * (4 * n * d + s)],
    "layer_bytes is per token: multiply it by the tokens too": [
        lambda n, t, d, s: 2 * n * t * d + s
    ],
    "the layer inputs grow with the tokens too": [lambda n, t, d, s: 2 * n * d + t * s],
    "both parts grow with the tokens": [lambda n, t, d, s: 2 * n * d + s],
    "layer_bytes are bytes already: do not double them": [lambda n, t, d, s: 2 * t * (n * d + s)],
    INPUTS: [lambda n, t, d, s: t * (2 * n + s)],
    "the last layer's input is kept too": [lambda n, t, d, s: t * (2 * (n - 1) * d + s)],
    "this is in another unit: return bytes": [
        lambda n, t, d, s: right_activations(n, t, d, s) / 2**30,
        lambda n, t, d, s: right_activations(n, t, d, s) / 1e9,
    ],
}


HINTS = (
    "two parts: what is kept of every layer, and what the layer at work needs",
    "2 * tokens * hidden for each layer's input; tokens * layer_bytes once",
    "tokens * (2 * layers * hidden + layer_bytes)",
)


@exercise(hints=HINTS, mistakes=ACTIVATION_MISTAKES)
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
        answer, cases, lambda *c: float(right_activations(*c)), ACTIVATION_MISTAKES, number, 1e-9
    )
