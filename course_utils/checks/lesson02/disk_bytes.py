"""``disk_bytes`` (lesson 2, *On disk*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.model.tiny import tiny_model


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
DISK_MISTAKES: Mistakes = {
    TWICE: [twice],
    TWICE + "; and the buffers too": [lambda m: twice(m) + buffer_bytes(m)],
    BUFFERS: [lambda m: right_bytes(m) + buffer_bytes(m)],
    "these are numbers, not bytes: multiply by element_size()": [fixed(1)],
    "4 bytes were taken for every number, but some have 2: use element_size()": [fixed(4)],
    (
        "2 bytes (the first tensor's size?) were taken for every number, but some have 4: use each "
        "tensor's element_size()"
    ): [fixed(2)],
    TRAINABLE: [
        lambda m: sum(p.numel() * p.element_size() for p in m.parameters() if p.requires_grad)
    ],
    "these are bits: eight to a byte": [lambda m: 8 * right_bytes(m)],
    UNIT: [
        lambda m: right_bytes(m) / 1e6,
        lambda m: right_bytes(m) / 2**20,
        lambda m: right_bytes(m) / 1024,
        lambda m: right_bytes(m) / 1000,
    ],
    "the gradients were counted: they are not stored": [
        lambda m: right_bytes(m) + gradient_bytes(m),
        lambda m: 2 * right_bytes(m),
    ],
    "this is the number of tensors": [lambda m: len(list(m.parameters()))],
}
TRAP_MISTAKES: Mistakes = {  # of the small module, as a language model has no such parts
    "the tied tensor is left out: it is stored once": [
        lambda m: right_bytes(m) - m.head.weight.numel() * 4
    ],
    "only the first dimension was counted: use numel()": [
        lambda m: sum(p.shape[0] * p.element_size() for p in m.parameters())
    ],
}


def read_bytes(value: Any) -> float:
    """Read one number of bytes."""
    return number(value, "one number of bytes")


HINTS = (
    "a tensor t has t.numel() numbers of t.element_size() bytes",
    "the embedding and the output head may be one tensor under two names",
    "model.parameters() gives each tensor once; model.state_dict() gives every name",
)


@exercise(hints=HINTS, mistakes={**DISK_MISTAKES, **TRAP_MISTAKES})
def disk_bytes(answer: Any, numbers: random.Random) -> None:
    """Bytes of a small module with every trap, then of a tiny language model."""

    def right(module: torch.nn.Module) -> float:
        return float(right_bytes(module))

    cases = [(Tied(numbers),) for _ in range(4)]  # two mistakes may agree on one, not on all
    compare(answer, cases, right, {**DISK_MISTAKES, **TRAP_MISTAKES}, read_bytes, 1e-9)
    model = tiny_model(numbers.choice(("llama", "qwen2"))).to(torch.bfloat16)
    compare(answer, [(model,)], right, DISK_MISTAKES, read_bytes, 1e-9)
