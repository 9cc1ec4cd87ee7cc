"""A layer of the learner's class ``LoRALinear``, as its check makes it."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import cause_of_raising
from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson03.lora_linear_mistakes import (
    BASE_MISTAKES,
    FORWARD_MISTAKES,
    right_forward,
)

NAMES = ("lora_A", "lora_B")


class Case:
    """A layer of the learner's, made around a fresh linear layer; A and B can be filled.

    The sizes and the scale are such that no two of the usual mistakes give the same numbers.
    """

    def __init__(self, answer: Any, numbers: random.Random, dropout: tuple = (), **options: Any):
        in_, more = numbers.choice((10, 13, 14)), numbers.choice((-3, 3, 5))
        self.base = nn.Linear(in_, in_ + more, **options)
        self.weight = self.base.weight.detach().clone()
        self.rank = numbers.choice((3, 5))
        self.shapes = ((self.rank, in_), (in_ + more, self.rank))
        self.alpha = self.rank * numbers.choice((3.5, 4.5, 5.5))
        self.layer = make_layer(answer, self.base, self.rank, self.alpha, *dropout)

    def fill(self) -> None:
        """Random A and B."""
        with torch.no_grad():
            for name in NAMES:
                parameter = getattr(self.layer, name)
                parameter.copy_(torch.randn_like(parameter))

    def right(self, x: Tensor) -> Tensor:
        """What the layer should give, without dropout."""
        layer = self.layer
        return right_forward(self.base, x, layer.lora_A, layer.lora_B, self.alpha)

    def arguments(self, x: Tensor) -> tuple:
        """What the wrong answers of the tables take."""
        return self.base, x, self.layer.lora_A, self.layer.lora_B, self.alpha

    def forward(self, x: Tensor) -> Any:
        """What the layer gives."""
        try:
            return call(self.layer, x)
        except AnswerRaised as raised:
            tables = (
                BASE_MISTAKES | FORWARD_MISTAKES
            )  # without a bias, several of these raise alike
            raised.likely = cause_of_raising(raised.error, self.arguments(x), tables)
            raise


def make_layer(answer: Any, base: nn.Linear, *arguments: Any) -> Any:
    """Call the learner's class."""
    try:
        with nothing_filled():
            layer = call(answer, base, *arguments)
    except AnswerRaised as raised:
        raised.likely = cause_of_raising(raised.error, (base,), BASE_MISTAKES)
        raise
    if not isinstance(layer, nn.Module):
        likely = "LoRALinear should be a class that inherits from torch.nn.Module"
        raise Mistake(likely, "a module", show(layer))
    return layer


@contextlib.contextmanager
def nothing_filled() -> Iterator[None]:
    """Within it torch.empty holds NaN rather than what happens to be in memory."""
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
