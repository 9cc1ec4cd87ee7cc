"""``checkpointed_bytes`` (lesson 5, *The memory calculator*)."""

import math
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
    "every layer's input is kept here; the square root of the layers is another scheme": [
        lambda n, t, d, s: t * (2 * n**0.5 * d + s),
        lambda n, t, d, s: t * (2 * math.isqrt(n) * d + s),
        lambda n, t, d, s: n**0.5 * t * s,
        lambda n, t, d, s: t * n**0.5 * (2 * d + s),
        lambda n, t, d, s: t * (2 * round(n**0.5) * d + s),
        lambda n, t, d, s: t * (2 * math.ceil(n**0.5) * d + s),
        lambda n, t, d, s: t * (2 * n**0.5 * d + n**0.5 * s),
        lambda n, t, d, s: t * (2 * math.isqrt(n) * d + math.isqrt(n) * s),
        lambda n, t, d, s: t * (2 * round(n**0.5) * d + round(n**0.5) * s),
    ],
    "layer_bytes is multiplied by the tokens alone, as it is that of one layer and one token": [
        lambda n, t, d, s: 2 * n * t * d + n * s,
        lambda n, t, d, s: 2 * n * t * d + t * s / n,
        lambda n, t, d, s: 2 * n * t * d + t * d * s,
    ],
    "one layer at a time is computed again, not all of them or a half": [
        lambda n, t, d, s: n * t * s / 2,
        lambda n, t, d, s: 2 * n * t * (d + s),
        lambda n, t, d, s: t * (2 * n * d + n * s / 2),
    ],
    "both parts are in memory at that moment: add them": [
        lambda n, t, d, s: max(2 * n * t * d, t * s),
        lambda n, t, d, s: 2 * n * t * d * t * s,
    ],
    "the two are exchanged: the inputs of all layers, and what one layer keeps": [
        lambda n, t, d, s: t * (n * s + 2 * d),
        lambda n, t, d, s: t * (n * s + d),
    ],
    "the width of one model is written in: use the argument `hidden`": [
        lambda n, t, d, s, width=width: t * (2 * n * width + s)
        for width in (576, 2048, 3584, 4096, 5120, 8192)
    ],
    "the layers of one model are written in: use the argument `layers`": [
        lambda n, t, d, s, layers=layers: t * (2 * layers * d + s) for layers in (24, 28, 30, 32)
    ],
    "the tokens of one batch are written in: use the argument `tokens`": [
        lambda n, t, d, s, tokens=tokens: tokens * (2 * n * d + s) for tokens in (512, 2048, 4096)
    ],
    "an input has `hidden` numbers a token: no square of tokens or numbers is kept": [
        lambda n, t, d, s: 2 * n * t * t + t * s,
        lambda n, t, d, s: 2 * n * t * d * d + t * s,
        lambda n, t, d, s: 2 * n * t * t * d + t * s,
    ],
    "the layer at work is counted among all inputs already: take `layers` of them": [
        lambda n, t, d, s: t * (2 * (n + 1) * d + s)
    ],
    "16 bits are two bytes of each input, and layer_bytes is halved nowhere": [
        lambda n, t, d, s: t * (2 * n * d + s / 2)
    ],
    "this is in another unit: return bytes": [
        lambda n, t, d, s: right_activations(n, t, d, s) / 2**30,
        lambda n, t, d, s: right_activations(n, t, d, s) / 1e9,
        lambda n, t, d, s: right_activations(n, t, d, s) / 2**20,
        lambda n, t, d, s: right_activations(n, t, d, s) / 1e6,
        lambda n, t, d, s: right_activations(n, t, d, s) * 8,
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
    cases = []
    for layer_bytes in (5, 400, numbers.randint(10, 40)):  # times the width: either part is larger
        layers, hidden = numbers.randint(9, 80), 64 * numbers.randint(8, 128) + 8
        tokens = numbers.randint(100, 5000)
        cases.append((layers, tokens, hidden, layer_bytes * hidden + numbers.randrange(99)))
    compare(
        answer, cases, lambda *c: float(right_activations(*c)), ACTIVATION_MISTAKES, number, 1e-9
    )
