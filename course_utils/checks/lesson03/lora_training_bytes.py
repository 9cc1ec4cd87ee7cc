"""``lora_training_bytes`` (lesson 3, *What training costs in memory*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.exercise import exercise
from course_utils.checks.lesson03.lora_training_bytes_parts import KEYS, read_parts
from course_utils.memory.formulas import lora_training_bytes as right_bytes

Part = Callable[[int, int, int], float]  # of the two counts and the bytes of a number in dtype


def of_trained(n: int, k: int, size: int) -> int:
    """Float32 for every number of the adapters."""
    return 4 * k


def table(
    weights: Part = lambda n, k, size: n * size,
    adapters: Part = of_trained,
    gradients: Part = of_trained,
    mean: Part = of_trained,
    variance: Part = of_trained,
    factor: float = 1,
) -> Callable:
    """The definition; other arguments make the usual mistakes."""
    parts = (weights, adapters, gradients, mean, variance)
    return lambda n, k, dtype: tuple(float(factor * part(n, k, dtype.itemsize)) for part in parts)


def averages(part: Part, **others: Any) -> Callable:
    """Both averages alike; ``others`` as in ``table``."""
    return table(mean=part, variance=part, **others)


def left_out(n: int, k: int, size: int) -> int:
    """Nothing."""
    return 0


def in_dtype(n: int, k: int, size: int) -> int:
    """The adapters in the model's dtype."""
    return size * k


def in_16_bits(n: int, k: int, size: int) -> int:
    """The adapters in 16 bits, whatever the model's dtype is."""
    return 2 * k


def of_all(n: int, k: int, size: int) -> int:
    """Float32 for every parameter of the frozen model."""
    return 4 * n


def of_all_in_dtype(n: int, k: int, size: int) -> int:
    """The model's dtype for every parameter of the frozen model."""
    return size * n


def of_both(n: int, k: int, size: int) -> int:
    """Float32 for every number, frozen or not."""
    return 4 * (n + k)


def of_both_in_dtype(n: int, k: int, size: int) -> int:
    """The model's dtype for frozen ones, float32 for the others."""
    return size * n + 4 * k


def total(n: int, k: int, dtype: torch.dtype) -> int:
    """The sum of the parts."""
    return n * dtype.itemsize + 16 * k


ALL = (of_all, of_all_in_dtype, of_both, of_both_in_dtype)
FROZEN_STATES = "Adam keeps its averages for trained parameters alone: the frozen ones have none"
FROZEN_GRADIENTS = "frozen parameters get no gradient: this is what LoRA saves"
ADAPTERS = "the adapters stay in float32, 4 bytes, whatever the dtype of the frozen weights"
BYTE_MISTAKES: Mistakes = {
    FROZEN_GRADIENTS: [table(gradients=part) for part in ALL],
    FROZEN_STATES: [averages(part) for part in ALL],
    "this is full fine-tuning: " + FROZEN_GRADIENTS: [
        averages(states, gradients=part, **others)
        for part in ALL
        for states in ALL
        for others in ({}, {"adapters": left_out})
    ],
    ADAPTERS: [
        table(adapters=in_dtype),
        table(adapters=in_16_bits),
        averages(in_dtype, adapters=in_dtype, gradients=in_dtype),
        averages(in_16_bits, adapters=in_16_bits, gradients=in_16_bits),
    ],
    "the gradients have the dtype of the adapters, float32: 4 bytes": [
        table(gradients=in_dtype),
        table(gradients=in_16_bits),
    ],
    "Adam's two averages are in float32: 4 bytes each for every trained number": [
        averages(in_dtype),
        averages(in_dtype, gradients=in_dtype),
        averages(in_16_bits, gradients=in_16_bits),
    ],
    ADAPTERS + "; and so do their gradients": [
        table(adapters=in_dtype, gradients=in_dtype),
        table(adapters=in_16_bits, gradients=in_16_bits),
    ],
    "the dtype makes no difference here: the frozen weights take dtype.itemsize bytes each": [
        table(weights=of_all),
        table(weights=lambda n, k, size: 2 * n),
    ],
    "the frozen weights take dtype.itemsize bytes each: 2 in 16 bits, 4 in 32": [
        table(weights=lambda n, k, size: 8 * size * n),
        table(weights=lambda n, k, size: n),
        table(weights=lambda n, k, size: n / size),
        table(weights=lambda n, k, size: 6 // size * n if size in (2, 4) else 0),
    ],
    "the two counts are swapped: `trainable` belongs to the adapters, `parameters` to the model": [
        averages(of_all, weights=in_dtype, adapters=of_all, gradients=of_all),
        table(weights=in_dtype),
    ],
    "only `trainable` numbers are trained: the adapters have no more": [
        table(adapters=of_all),
        averages(of_all, adapters=of_all, gradients=of_all),
        averages(of_both, adapters=of_both, gradients=of_both),
    ],
    "the adapters were counted among the weights: they have a line of their own": [
        table(weights=lambda n, k, size: size * (n + k)),
        table(weights=lambda n, k, size: size * n + 4 * k),
        table(weights=lambda n, k, size: size * (n + k), adapters=left_out),
        table(weights=lambda n, k, size: size * n + 4 * k, adapters=left_out),
    ],
    "the frozen weights are all there: LoRA adds to them, and takes none away": [
        table(weights=lambda n, k, size: size * (n - k))
    ],
    "the frozen weights are still in memory: dtype.itemsize bytes each": [table(weights=left_out)],
    "the gradients are missing: 4 bytes for every trained number": [table(gradients=left_out)],
    "the adapters themselves are missing: A and B take 4 bytes a number": [
        table(adapters=left_out)
    ],
    "Adam keeps two averages of every trained number, 4 bytes each: half of that is missing": [
        averages(in_16_bits),
        table(mean=left_out),
        table(variance=left_out),
    ],
    "Adam's averages are missing: two for every trained number, 4 bytes each": [averages(left_out)],
    "only the weights were counted: trained numbers have gradients and two averages as well": [
        averages(left_out, gradients=left_out)
    ],
    "one average of Adam takes 4 bytes a trained number: both together 8": [
        averages(lambda n, k, size: 8 * k),
        averages(lambda n, k, size: 6 * k),
    ],
    "these are numbers, not bytes": [
        lambda n, k, dtype: (float(n), *[float(k)] * 4),
    ],
    "these are bits: eight to a byte": [
        table(factor=8),
        averages(
            lambda n, k, size: 32 * k,
            adapters=lambda n, k, size: 32 * k,
            gradients=lambda n, k, size: 32 * k,
        ),
    ],
    "this is in another unit: return bytes": [
        table(factor=1 / unit) for unit in (1e9, 2**30, 1e6, 2**20, 1e3, 2**10)
    ],
    "this is the sum: return the bytes of each part": [total, lambda *case: float(total(*case))],
    "dtype is a type, not a number: the bytes of one number are dtype.itemsize": [
        lambda n, k, dtype: n * dtype,
        lambda n, k, dtype: dtype * n,
        *(
            lambda n, k, dtype, name=name: getattr(dtype, name)
            for name in ("element_size", "nbytes", "size", "bytes", "bits", "item_size", "numel")
        ),
    ],
}


HINTS = (
    "which of weights, gradients and Adam's averages does a frozen parameter need?",
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

    compare(answer, cases, right, BYTE_MISTAKES, read_parts, 1e-9)
