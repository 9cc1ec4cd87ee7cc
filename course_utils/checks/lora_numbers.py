"""Checks of lesson 3: parameters of LoRA by formula, and its bytes in training."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.diagnose import Suspect, compare, number
from course_utils.checks.sizes import read_table
from course_utils.lora_cost import count_lora as right_count
from course_utils.lora_cost import lora_training_bytes as right_bytes

KEYS = ("weights", "adapters", "gradients", "Adam mean", "Adam variance")


def each(size: Callable[[int, int, int], int]) -> Callable:
    """A number for each layer, summed; ``size`` takes out, in and rank."""
    return lambda shapes, rank: sum(size(out, in_, rank) for out, in_ in shapes)


SQUARE = "layers need not be square: A has rank * in numbers, B has out * rank"
COUNT_SUSPECTS: list[Suspect] = [
    ("this counts the frozen weights, out * in: A and B alone are trained",
     each(lambda out, in_, rank: out * in_)),
    ("this counts the frozen weights too: A and B alone are trained",
     each(lambda out, in_, rank: out * in_ + rank * (out + in_))),
    ("B is missing: it has out * rank numbers", each(lambda out, in_, rank: rank * in_)),
    ("A is missing: it has rank * in numbers", each(lambda out, in_, rank: rank * out)),
    (SQUARE, each(lambda out, in_, rank: 2 * rank * in_)),
    (SQUARE, each(lambda out, in_, rank: 2 * rank * out)),
    ("this multiplies the sizes of A and B: add them",
     each(lambda out, in_, rank: rank * out * rank * in_)),
    ("this is rank * out * in: A and B together have rank * (out + in)",
     each(lambda out, in_, rank: rank * out * in_)),
    ("the rank is missing: both matrices have one side of it", each(lambda o, i, rank: o + i)),
    ("biases were counted: LoRA trains none", each(lambda o, i, rank: rank * (o + i) + o)),
    ("this counts one layer only: sum over all shapes",
     lambda shapes, rank: right_count(shapes[:1], rank)),
    ("this counts one layer only: sum over all shapes",
     lambda shapes, rank: right_count(shapes[-1:], rank)),
    ("this counts the first layer as often as there are layers: their shapes differ",
     lambda shapes, rank: len(shapes) * right_count(shapes[:1], rank)),
    ("the rank is counted twice", each(lambda out, in_, rank: rank * rank * (out + in_))),
    ("these are bytes: numbers are asked for", each(lambda o, i, rank: 4 * rank * (o + i))),
]  # fmt: skip


def count_lora(answer: Any, numbers: random.Random) -> None:
    """Several layers of different shapes, none square; then one layer."""

    def shape() -> tuple[int, int]:
        out = numbers.randint(20, 90)
        return out, out + numbers.randint(3, 40)

    cases = [([shape() for _ in range(count)], numbers.randint(2, 9)) for count in (3, 5, 4)]
    cases.append(([shape()[::-1]], numbers.randint(2, 9)))
    compare(answer, cases, lambda *case: float(right_count(*case)), COUNT_SUSPECTS, number, 1e-9)


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


def in_dtype(n: int, k: int, size: int) -> int:
    """The adapters in the model's dtype."""
    return size * k


def of_all(n: int, k: int, size: int) -> int:
    """Float32 for every parameter."""
    return 4 * n


def none(n: int, k: int, size: int) -> int:
    """Left out."""
    return 0


FROZEN_STATES = "Adam keeps its states for trained parameters alone: the frozen ones have none"
FROZEN_GRADIENTS = "frozen parameters get no gradient: this is what LoRA saves"
ADAPTERS = "the adapters stay in float32, 4 bytes, whatever the dtype of the frozen weights"
MISSING = "the adapters are trained: weights, gradients and both states of Adam, 4 bytes each"
BYTE_SUSPECTS: list[Suspect] = [
    (FROZEN_GRADIENTS, table(gradients=of_all)),
    (FROZEN_GRADIENTS, table(gradients=lambda n, k, size: size * n)),
    (FROZEN_STATES, table(mean=of_all, variance=of_all)),
    ("this is full fine-tuning: " + FROZEN_GRADIENTS,
     table(gradients=of_all, mean=of_all, variance=of_all)),
    ("this is full fine-tuning: " + FROZEN_GRADIENTS,
     table(gradients=lambda n, k, size: size * n, mean=of_all, variance=of_all)),
    (ADAPTERS, table(adapters=in_dtype)),
    ("the gradients have the dtype of the adapters, float32: 4 bytes", table(gradients=in_dtype)),
    (ADAPTERS + "; and so do their gradients", table(adapters=in_dtype, gradients=in_dtype)),
    (ADAPTERS, table(adapters=in_dtype, gradients=in_dtype, mean=in_dtype, variance=in_dtype)),
    ("the dtype is not used: the frozen weights take dtype.itemsize bytes each",
     table(weights=of_all)),
    ("the dtype is not used: the frozen weights take dtype.itemsize bytes each",
     table(weights=lambda n, k, size: 2 * n)),
    ("the adapters were counted among the weights: they have a line of their own",
     table(weights=lambda n, k, size: size * (n + k))),
    ("the frozen weights are all there: LoRA adds to them, and takes none away",
     table(weights=lambda n, k, size: size * (n - k))),
    ("the frozen weights are still in memory: dtype.itemsize bytes each", table(weights=none)),
    (MISSING, table(gradients=none)),
    (MISSING, table(mean=none)),
    (MISSING, table(variance=none)),
    (MISSING, table(adapters=none)),
    ("these are numbers, not bytes", lambda n, k, dtype: tuple(map(float, (n, k, k, k, k)))),
    ("these are bits: eight to a byte", lambda n, k, dtype: tuple(
        8 * value for value in table()(n, k, dtype))),
]  # fmt: skip


def lora_training_bytes(answer: Any, numbers: random.Random) -> None:
    """Five numbers, for models of several sizes in two precisions."""
    cases = [
        (numbers.randint(10**6, 10**8), numbers.randint(10**3, 10**5), dtype)
        for dtype in numbers.sample([torch.float32, torch.bfloat16, torch.bfloat16], 3)
    ]

    def right(*case: Any) -> tuple[float, ...]:
        return tuple(float(right_bytes(*case)[key]) for key in KEYS)

    read = functools.partial(read_table, keys=KEYS)
    compare(answer, cases, right, BYTE_SUSPECTS, read, 1e-9)
