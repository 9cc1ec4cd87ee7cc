"""Checks of lesson 2: bytes of a parameter in training, bytes of a model on disk."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.diagnose import Suspect, compare, number
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show
from course_utils.tiny import tiny_model

KEYS = ("weights", "gradients", "master weights", "Adam mean", "Adam variance")
RIGHT = {torch.float32: (4, 4, 0, 4, 4), torch.bfloat16: (2, 2, 4, 4, 4)}


def table(full: tuple, mixed: tuple) -> Callable:
    """The bytes for float32, and for bfloat16 mixed precision."""
    return lambda dtype: full if dtype == torch.float32 else mixed


MASTER = "mixed precision keeps a master copy of the weights in float32, or small steps are lost"
NO_MASTER = "in float32 the weights are their own master copy: 0 bytes more"
STATES = "Adam's two states stay in float32 in mixed precision: 4 bytes each"
ONE_STATE = "Adam keeps two numbers for each parameter: a mean and a variance"
GRADIENTS = "the gradients take memory too: as much as the weights"
BYTE_SUSPECTS: list[Suspect] = [
    (GRADIENTS, table((4, 0, 0, 4, 4), (2, 0, 4, 4, 4))),
    (MASTER, table((4, 4, 0, 4, 4), (2, 2, 0, 4, 4))),
    (NO_MASTER, table((4, 4, 4, 4, 4), (2, 2, 4, 4, 4))),
    (ONE_STATE, table((4, 4, 0, 4, 0), (2, 2, 4, 4, 0))),
    (ONE_STATE, table((4, 4, 0, 0, 4), (2, 2, 4, 0, 4))),
    ("the optimiser's states are missing: Adam keeps a mean and a variance",
     table((4, 4, 0, 0, 0), (2, 2, 4, 0, 0))),
    (STATES, table((4, 4, 0, 4, 4), (2, 2, 4, 2, 2))),
    ("these are bits: eight to a byte", table((32, 32, 0, 32, 32), (16, 16, 32, 32, 32))),
    ("gradients have the dtype of the weights: 2 bytes in bfloat16",
     table((4, 4, 0, 4, 4), (2, 4, 4, 4, 4))),
    ("the dtype is not used: bfloat16 takes 2 bytes, and needs a master copy",
     table((4, 4, 0, 4, 4), (4, 4, 0, 4, 4))),
    ("the dtype is not used: float32 takes 4 bytes, and needs no master copy",
     table((2, 2, 4, 4, 4), (2, 2, 4, 4, 4))),
    ("this is pure bfloat16: " + MASTER, table((4, 4, 0, 4, 4), (2, 2, 0, 2, 2))),
    ("the master copy is in float32: 4 bytes", table((4, 4, 0, 4, 4), (2, 2, 2, 4, 4))),
    ("the two dtypes are the wrong way round", table((2, 2, 4, 4, 4), (4, 4, 0, 4, 4))),
]  # fmt: skip


def read_table(value: Any, keys: tuple[str, ...] = KEYS) -> tuple[float, ...]:
    """Read the numbers of the dictionary, in the order of ``keys``."""
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise Mistake(f"return a dictionary, not a {kind}", f"the keys {keys}", show(value))
    missing = [key for key in keys if key not in value]
    extra = [key for key in value if key not in keys]
    if missing:
        raise Mistake(f"the key {missing[0]!r} is missing", f"the keys {keys}", show(value))
    if extra:
        raise Mistake(f"the key {extra[0]!r} is one too many", f"the keys {keys}", show(value))
    return tuple(number(value[key]) for key in keys)


def bytes_per_parameter(answer: Any, numbers: random.Random) -> None:
    """Five numbers for each of the two precisions."""
    cases = [(dtype,) for dtype in numbers.sample(list(RIGHT), 2)]
    compare(answer, cases, RIGHT.get, BYTE_SUSPECTS, read_table)


class Tied(torch.nn.Module):
    """Tied embedding and head, frozen bfloat16 and float16 parts, a buffer, some gradients."""

    def __init__(self, numbers: random.Random):
        super().__init__()
        width = numbers.randint(3, 6)
        vocabulary = numbers.randint(11, 19)
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.frozen = torch.nn.Linear(width, numbers.randint(7, 9)).to(torch.bfloat16)
        self.frozen.requires_grad_(False)
        self.scales = torch.nn.Parameter(torch.ones(numbers.randint(2, 5), dtype=torch.float16))
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embedding.weight
        self.register_buffer("positions", torch.arange(numbers.randint(20, 30)))
        self.scales.grad = torch.ones_like(self.scales)


def right_bytes(model: torch.nn.Module) -> int:
    """The definition; ``parameters()`` gives a shared one once."""
    return sum(p.numel() * p.element_size() for p in model.parameters())


def every_name(model: torch.nn.Module) -> list[torch.Tensor]:
    """Parameters under all their names: a shared one comes twice."""
    return [p for _, p in model.named_parameters(remove_duplicate=False)]


def buffer_bytes(model: torch.nn.Module) -> int:
    """Bytes of the buffers."""
    return sum(b.numel() * b.element_size() for b in model.buffers())


def twice(model: torch.nn.Module) -> int:
    """Every name counted."""
    return sum(p.numel() * p.element_size() for p in every_name(model))


def fixed(size: int) -> Callable:
    """Every number of the same size."""
    return lambda model: size * sum(p.numel() for p in model.parameters())


def gradient_bytes(model: torch.nn.Module) -> int:
    """Bytes of the gradients."""
    return sum(p.grad.numel() * p.grad.element_size() for p in model.parameters()
               if p.grad is not None)  # fmt: skip


TWICE = "a tied tensor was counted under both its names: it is stored once"
BUFFERS = "the buffers were counted as well: parameters alone are asked for"
UNIT = "this is in another unit: return bytes"
TRAINABLE = "frozen parameters were left out: they are stored too"
DISK_SUSPECTS: list[Suspect] = [
    (TWICE, twice),
    (TWICE + "; and the buffers too", lambda m: twice(m) + buffer_bytes(m)),
    (BUFFERS, lambda m: right_bytes(m) + buffer_bytes(m)),
    ("these are numbers, not bytes: multiply by element_size()", fixed(1)),
    ("4 bytes were taken for every number, but some have 2: use element_size()", fixed(4)),
    ("2 bytes (the first tensor's size?) were taken for every number, but some have 4: use each "
     "tensor's element_size()", fixed(2)),
    (TRAINABLE, lambda m: sum(
        p.numel() * p.element_size() for p in m.parameters() if p.requires_grad)),
    ("these are bits: eight to a byte", lambda m: 8 * right_bytes(m)),
    (UNIT, lambda m: right_bytes(m) / 1e6),
    (UNIT, lambda m: right_bytes(m) / 2**20),
    (UNIT, lambda m: right_bytes(m) / 1024),
    (UNIT, lambda m: right_bytes(m) / 1000),
    ("the gradients were counted: they are not stored",
     lambda m: right_bytes(m) + gradient_bytes(m)),
    ("the gradients were counted: they are not stored", lambda m: 2 * right_bytes(m)),
    ("this is the number of tensors", lambda m: len(list(m.parameters()))),
    ("the tied tensor is left out: it is stored once",
     lambda m: right_bytes(m) - m.head.weight.numel() * 4),
    ("only the first dimension was counted: use numel()",
     lambda m: sum(p.shape[0] * p.element_size() for p in m.parameters())),
]  # fmt: skip


def read_bytes(value: Any) -> float:
    """Read one number of bytes."""
    return number(value, "one number of bytes")


def disk_bytes(answer: Any, numbers: random.Random) -> None:
    """Bytes of a small module with every trap, then of a tiny language model."""
    cases = [(Tied(numbers),) for _ in range(4)]  # two mistakes may agree on one, not on all
    compare(answer, cases, lambda m: float(right_bytes(m)), DISK_SUSPECTS, read_bytes, 1e-9)
    model = tiny_model(numbers.choice(("llama", "qwen2"))).to(torch.bfloat16)
    compare(
        answer, [(model,)], lambda m: float(right_bytes(m)), DISK_SUSPECTS[:-2], read_bytes, 1e-9
    )
