"""``disk_bytes`` (lesson 2, *On disk*)."""

import functools
import random
from typing import Any

import torch

from course_utils.checks.core.compare import compare, number
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson02.disk_bytes_mistakes import (
    DISK_MISTAKES,
    TRAP_MISTAKES,
    right_bytes,
)
from course_utils.model.tiny import tiny_model


class Tied(torch.nn.Module):
    """Tied embedding and head, frozen bfloat16 and float16 parts, a buffer, some gradients.

    Two tensors have the same shape, and modules lie three deep.
    """

    def __init__(self, numbers: random.Random):
        super().__init__()
        width = numbers.randint(3, 6)
        vocabulary = numbers.randint(11, 19)
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.frozen = torch.nn.Linear(width, numbers.randint(7, 9)).to(torch.bfloat16)
        self.frozen.requires_grad_(False)
        twins = [torch.nn.Linear(width, 2, bias=n == 0) for n in range(2)]
        self.block = torch.nn.Sequential(torch.nn.Sequential(*twins), torch.nn.LayerNorm(width))
        self.scales = torch.nn.Parameter(torch.ones(numbers.randint(2, 5), dtype=torch.float16))
        self.shift = torch.nn.Parameter(torch.zeros(numbers.randint(2, 5)))
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embedding.weight
        self.register_buffer("positions", torch.arange(numbers.randint(20, 30)))
        self.scales.grad = torch.ones_like(self.scales)


def read_bytes(value: Any) -> float:
    """Read one number of bytes."""
    return number(value, "one number of bytes")


def state_of(model: torch.nn.Module) -> list[tuple]:
    """Names, dtypes and values of all that the model holds."""
    return [(name, t.dtype, t.detach().clone()) for name, t in model.state_dict().items()]


def is_changed(model: torch.nn.Module, before: list[tuple]) -> bool:
    """Is anything of the model another than before?"""
    now = state_of(model)
    return len(now) != len(before) or any(
        a[:2] != b[:2] or not torch.equal(a[2], b[2]) for a, b in zip(now, before)
    )


def watched(answer: Any, changes: list[str]) -> Any:
    """The learner's function; it is noted if it changes the model."""
    if not callable(answer):
        return answer

    @functools.wraps(answer)
    def watch(model: torch.nn.Module) -> Any:
        before = state_of(model)
        try:
            return answer(model)
        finally:
            if is_changed(model, before):
                changes.append("a model of other numbers or dtypes than before")

    return watch


HINTS = (
    "a tensor t has t.numel() numbers of t.element_size() bytes",
    "the embedding and the output head may be one tensor under two names",
    "model.parameters() gives each tensor once; model.state_dict() gives every name",
)


@exercise(hints=HINTS, mistakes={**DISK_MISTAKES, **TRAP_MISTAKES})
def disk_bytes(answer: Any, numbers: random.Random) -> None:
    """Bytes of a small module with every trap, then of a tiny language model; both stay as is."""
    traps = [(Tied(numbers),) for _ in range(4)]  # two mistakes may agree on one, not on all
    tiny = [(tiny_model(numbers.choice(("llama", "qwen2"))).to(torch.bfloat16),)]
    changes: list[str] = []
    answer = watched(answer, changes)
    try:
        for cases, mistakes in ((traps, {**DISK_MISTAKES, **TRAP_MISTAKES}), (tiny, DISK_MISTAKES)):
            rights = {case[0]: float(right_bytes(case[0])) for case in cases}
            compare(answer, cases, rights.__getitem__, mistakes, read_bytes, 1e-9)
    except (Mistake, AnswerRaised):
        if not changes:
            raise
    if changes:
        likely = "the function changes the model, which the lesson still needs: leave it as it is"
        raise Mistake(likely, "the model as it was", changes[0])
