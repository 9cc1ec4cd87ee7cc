"""What learners get wrong in ``disk_bytes``."""

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from course_utils.checks.core.compare import Mistakes


def size(tensors: Iterable[Tensor]) -> int:
    """Bytes of tensors."""
    return sum(t.numel() * t.element_size() for t in tensors)


def right_bytes(model: Module) -> int:
    """The definition; ``parameters()`` gives a shared one once."""
    return size(model.parameters())


def every_name(model: Module) -> list[Tensor]:
    """Parameters under all their names: a shared one comes twice."""
    return [p for _, p in model.named_parameters(remove_duplicate=False)]


def fixed(bytes_each: float) -> Callable:
    """Every number of the same size."""
    return lambda model: bytes_each * sum(p.numel() for p in model.parameters())


def gradients(model: Module) -> list[Tensor]:
    """The gradients that are there."""
    return [p.grad for p in model.parameters() if p.grad is not None]


def of_each(change: Callable[[Any], Any]) -> Callable:
    """The sum of another number of each parameter."""
    return lambda model: sum(change(p) for p in model.parameters())


def named(keep: Callable[[str], bool]) -> Callable:
    """Only the parameters of some names."""
    return lambda model: size(p for name, p in model.named_parameters() if keep(name))


def distinct(key: Callable) -> Callable:
    """Parameters that agree in a key of (name, parameter) counted once: the last of them."""
    return lambda model: size({key(*pair): pair[1] for pair in model.named_parameters()}.values())


def first_of(key: Callable) -> Callable:
    """The same, with the first of them."""
    return lambda model: size(
        {key(*pair): pair[1] for pair in reversed(list(model.named_parameters()))}.values()
    )


def saved(value: object) -> int:
    """Bytes of a file."""
    file = io.BytesIO()
    torch.save(value, file)
    return len(file.getvalue())


TWICE = "a tied tensor was counted under both its names: it is stored once"
BUFFERS = "the buffers were counted as well: parameters alone are asked for"
UNIT = "this is in another unit: return bytes"
TRAINABLE = "frozen parameters were left out: they are stored too"
UNITS = (1e3, 2**10, 1e6, 2**20, 1e9, 2**30)
DISK_MISTAKES: Mistakes = {
    TWICE: [lambda m: size(every_name(m))],
    TWICE + "; and the buffers too": [lambda m: size([*every_name(m), *m.buffers()])],
    BUFFERS: [lambda m: size([*m.parameters(), *m.buffers()])],
    "these are numbers, not bytes: multiply by element_size()": [fixed(1)],
    "4 bytes were taken for every number, but some have 2: use element_size()": [fixed(4)],
    (
        "2 bytes (the first tensor's size?) were taken for every number, but some have 4: use each "
        "tensor's element_size()"
    ): [
        fixed(2),
        lambda m: fixed(next(m.parameters()).element_size())(m),
        lambda m: fixed(list(m.parameters())[-1].element_size())(m),
    ],
    "these are the bytes of training: on disk there are the parameters alone": [
        fixed(16),
        fixed(12),
        of_each(lambda p: p.numel() * (2 * p.element_size() + 8)),
        of_each(lambda p: p.numel() * (p.element_size() + 8)),
    ],
    "the same number of bytes was taken for every number: use each tensor's element_size()": [
        fixed(8),
        fixed(32),
    ],
    TRAINABLE: [lambda m: size(p for p in m.parameters() if p.requires_grad)],
    "these are bits: eight to a byte": [lambda m: 8 * right_bytes(m)],
    UNIT: [
        *[lambda m, unit=unit: right_bytes(m) / unit for unit in UNITS],
        *[lambda m, unit=unit: right_bytes(m) // unit for unit in UNITS],
        *[lambda m, unit=unit: round(right_bytes(m) / unit) for unit in UNITS],
        *[lambda m, unit=unit: round(right_bytes(m) / unit, 1) for unit in UNITS],
        *[lambda m, unit=unit: round(right_bytes(m) / unit, 2) for unit in UNITS],
    ],
    "the gradients were counted: they are not stored": [
        lambda m: size([*m.parameters(), *gradients(m)]),
        lambda m: 2 * right_bytes(m),
    ],
    "this is the number of tensors": [lambda m: len(list(m.parameters()))],
    "the size of the numbers was added, but not how many each tensor has: use numel()": [
        of_each(lambda p: p.element_size()),
    ],
    "numel() and element_size() are to be multiplied": [
        of_each(lambda p: p.numel() + p.element_size()),
    ],
    "the dimensions of a shape are to be multiplied, as numel() does": [
        of_each(lambda p: sum(p.shape) * p.element_size()),
        of_each(lambda p: p.ndim * p.element_size()),
    ],
    "only one dimension was counted: use numel()": [
        of_each(lambda p: p.shape[0] * p.element_size()),
        of_each(lambda p: p.shape[-1] * p.element_size()),
    ],
    "only one tensor counts: is a `return` within the loop, or the sum overwritten?": [
        lambda m: size(list(m.parameters())[:1]),
        lambda m: size(list(m.parameters())[-1:]),
    ],
    "modules hold one another, so most were counted more than once: use model.parameters() once": [
        lambda m: sum(right_bytes(module) for module in m.modules()),
        lambda m: sum(right_bytes(module) for module in list(m.modules())[1:]),
        lambda m: sum(size(every_name(module)) for module in m.modules()),
    ],
    "the parameters of the outermost module alone were counted: without recurse=False": [
        lambda m: size(m.parameters(recurse=False)),
    ],
    "the parts were counted one by one: a tied tensor is in two, and the module's own is in none": [
        lambda m: sum(right_bytes(child) for child in m.children()),
        lambda m: sum(size(child.parameters(recurse=False)) for child in m.children()),
    ],
    "only tensors called `weight` were counted: biases and others are stored too": [
        named(lambda name: name.endswith("weight")),
        named(lambda name: "weight" in name),
    ],
    "the biases were left out: they are stored too": [
        named(lambda name: "bias" not in name),
        lambda m: size(p for p in m.parameters() if p.ndim > 1),
    ],
    "parameters of the same shape or size were taken for one: the same object is stored once": [
        lambda m: sum({p.numel() * p.element_size() for p in m.parameters()}),
        distinct(lambda name, p: p.shape),
        first_of(lambda name, p: p.shape),
        distinct(lambda name, p: p.numel()),
        first_of(lambda name, p: p.numel()),
        distinct(lambda name, p: (p.shape, p.dtype)),
    ],
    "parameters of the same last name, such as `weight`, were taken for one": [
        distinct(lambda name, p: name.split(".")[-1]),
        first_of(lambda name, p: name.split(".")[-1]),
    ],
    "this is the size of Python's objects, not of the numbers in them": [
        of_each(sys.getsizeof),
        lambda m: sum(map(sys.getsizeof, m.state_dict().values())),
        sys.getsizeof,
    ],
    "this is the size of a file, which holds names and more: add up the parameters": [
        lambda m: saved(m.state_dict()),
        lambda m: saved(m),
        lambda m: saved(list(m.parameters())),
        lambda m: saved(dict(m.named_parameters())),
    ],
    "perhaps parentheses are missing: numel(), element_size() and parameters() are methods": [
        of_each(lambda p: p.numel() * p.element_size),
        of_each(lambda p: p.numel * p.element_size()),
        of_each(lambda p: p.numel * p.element_size),
        of_each(lambda p: p.element_size * p.numel()),
        of_each(lambda p: p.numel),
        lambda m: sum(m.parameters),
        lambda m: list(m.parameters),
    ],
    "parameters may have one dimension, so there is no shape[1]: use numel()": [
        of_each(lambda p: p.shape[0] * p.shape[1] * p.element_size()),
        of_each(lambda p: p.size(0) * p.size(1) * p.element_size()),
    ],
    "size() and shape give all dimensions: numel() is their product": [
        of_each(lambda p: p.size() * p.element_size()),
        of_each(lambda p: p.size()),
    ],
    "a number has no parentheses behind it: itemsize and nbytes are no methods": [
        of_each(lambda p: p.numel() * p.dtype.itemsize()),
    ],
}
TRAP_MISTAKES: Mistakes = {  # of the small module, as a language model has no such parts
    "the tied tensor is left out: it is stored once": [
        lambda m: right_bytes(m) - m.head.weight.numel() * 4,
        lambda m: size(p for p in m.parameters() if p is not m.head.weight),
    ],
}
