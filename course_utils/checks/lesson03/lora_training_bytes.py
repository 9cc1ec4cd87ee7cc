"""``lora_training_bytes`` (lesson 3, *What training costs in memory*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, read_table
from course_utils.checks.core.exercise import exercise
from course_utils.memory.formulas import lora_training_bytes as right_bytes

KEYS = ("weights", "adapters", "gradients", "Adam mean", "Adam variance")


def table(
    weights: Callable = lambda n, k, size: n * size,
    adapters: Callable = lambda n, k, size: 4 * k,
    gradients: Callable = lambda n, k, size: 4 * k,
    mean: Callable = lambda n, k, size: 4 * k,
    variance: Callable = lambda n, k, size: 4 * k,
) -> Callable:
    """The definition; other arguments make the usual mistakes."""
    parts = (weights, adapters, gradients, mean, variance)
    return lambda n, k, dtype: tuple(float(part(n, k, dtype.itemsize)) for part in parts)


def left_out(n: int, k: int, size: int) -> int:
    """Nothing."""
    return 0


def in_dtype(n: int, k: int, size: int) -> int:
    """The adapters in the model's dtype."""
    return size * k


def of_all(n: int, k: int, size: int) -> int:
    """Float32 for every parameter."""
    return 4 * n


FROZEN_STATES = "Adam keeps its states for trained parameters alone: the frozen ones have none"
FROZEN_GRADIENTS = "frozen parameters get no gradient: this is what LoRA saves"
ADAPTERS = "the adapters stay in float32, 4 bytes, whatever the dtype of the frozen weights"
MISSING = "the adapters are trained: weights, gradients and both states of Adam, 4 bytes each"
BYTE_MISTAKES: Mistakes = {
    FROZEN_GRADIENTS: [
        table(gradients=of_all),
        table(gradients=lambda n, k, size: size * n),
    ],
    FROZEN_STATES: [table(mean=of_all, variance=of_all)],
    "this is full fine-tuning: " + FROZEN_GRADIENTS: [
        table(gradients=of_all, mean=of_all, variance=of_all),
        table(gradients=lambda n, k, size: size * n, mean=of_all, variance=of_all),
    ],
    ADAPTERS: [
        table(adapters=in_dtype),
        table(adapters=in_dtype, gradients=in_dtype, mean=in_dtype, variance=in_dtype),
    ],
    "the gradients have the dtype of the adapters, float32: 4 bytes": [table(gradients=in_dtype)],
    ADAPTERS + "; and so do their gradients": [table(adapters=in_dtype, gradients=in_dtype)],
    "the dtype is not used: the frozen weights take dtype.itemsize bytes each": [
        table(weights=of_all),
        table(weights=lambda n, k, size: 2 * n),
    ],
    "the adapters were counted among the weights: they have a line of their own": [
        table(weights=lambda n, k, size: size * (n + k))
    ],
    "the frozen weights are all there: LoRA adds to them, and takes none away": [
        table(weights=lambda n, k, size: size * (n - k))
    ],
    "the frozen weights are still in memory: dtype.itemsize bytes each": [table(weights=left_out)],
    MISSING: [
        table(gradients=left_out),
        table(mean=left_out),
        table(variance=left_out),
        table(adapters=left_out),
    ],
    "these are numbers, not bytes": [lambda n, k, dtype: tuple(map(float, (n, k, k, k, k)))],
    "these are bits: eight to a byte": [
        lambda n, k, dtype: tuple(8 * value for value in table()(n, k, dtype))
    ],
}


HINTS = (
    "which of weights, gradients and Adam's states does a frozen parameter need?",
    "the frozen weights take dtype.itemsize bytes each, and nothing else",
    "each trained number takes 4 bytes four times: itself, its gradient, Adam's mean and variance",
)


@exercise(hints=HINTS, mistakes=BYTE_MISTAKES)
def lora_training_bytes(answer: Any, numbers: random.Random) -> None:
    """Five numbers, for models of several sizes in two precisions."""
    cases = [
        (numbers.randint(10**6, 10**8), numbers.randint(10**3, 10**5), dtype)
        for dtype in numbers.sample([torch.float32, torch.bfloat16, torch.bfloat16], 3)
    ]

    def right(*case: Any) -> tuple[float, ...]:
        return tuple(float(right_bytes(*case)[key]) for key in KEYS)

    read = functools.partial(read_table, keys=KEYS)
    compare(answer, cases, right, BYTE_MISTAKES, read, 1e-9)
