"""``freeze`` (lesson 4, *Words are vectors*)."""

import random
from typing import Any

import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import number
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


class SmallModel(torch.nn.Module):
    """Tied embedding and head, a norm and a linear layer: what may be forgotten."""

    def __init__(self, vocabulary: int, width: int):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.norm = torch.nn.LayerNorm(width)
        self.linear = torch.nn.Linear(width, width)
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embedding.weight


class Vectors(torch.nn.Module):
    """A soft prompt, as far as freezing goes."""

    def __init__(self, length: int, width: int):
        super().__init__()
        self.embedding = torch.nn.Parameter(torch.randn(length, width))


def draw(numbers: random.Random, inside: bool) -> tuple[SmallModel, Vectors]:
    """A model and a soft prompt, which may be a submodule of it, and frozen already."""
    width = numbers.randint(5, 9)
    model = SmallModel(numbers.randint(20, 40), width)
    soft_prompt = Vectors(numbers.randint(2, 4), width)
    if inside:
        model.soft_prompt = soft_prompt.requires_grad_(False)
    return model, soft_prompt


def check_frozen(model: SmallModel, soft_prompt: Vectors) -> None:
    """Nothing of the model but the soft prompt requires gradients."""
    own = set(soft_prompt.parameters())
    base = {name: p for name, p in model.named_parameters() if p not in own}
    free = [name for name, p in base.items() if p.requires_grad]
    if len(free) == len(base):
        likely = (
            "the model's parameters still require gradients: model.requires_grad_(False), with "
            "the underscore; setting an attribute of a module does nothing"
        )
        raise Mistake(likely, "no parameter of the model", f"all {len(base)}")
    if free:
        likely = f"{free[0]} still requires gradients: freeze all of the model's parameters"
        raise Mistake(likely, "no parameter of the model", ", ".join(free))


def check_trainable(soft_prompt: Vectors, inside: bool) -> None:
    """The soft prompt itself requires gradients."""
    if soft_prompt.embedding.requires_grad:
        return
    likely = "the soft prompt is frozen too, so nothing would train"
    if inside:
        likely = (
            "the soft prompt is frozen too: it may be a part of the model, so freeze the model "
            "first, then let the soft prompt require gradients"
        )
    raise Mistake(likely, "embedding.requires_grad is True", "False")


def check_count(value: Any, model: SmallModel, soft_prompt: Vectors) -> None:
    """The number of trainable parameters: length x width."""
    count = number(value, "the number of trainable parameters")
    length, width = soft_prompt.embedding.shape
    everything = {p: p.numel() for p in (*model.parameters(), *soft_prompt.parameters())}
    right, total = length * width, sum(everything.values())
    if count == right:
        return
    causes: dict[float, str] = {
        1: "this counts tensors: count their numbers, p.numel()",
        length: "this is the number of soft tokens: each has d_model numbers",
        width: "this is the width: count every number of every soft token",
        total: "this counts every parameter: count those that require gradients",
        total - right: "this counts the frozen parameters: count those that train",
        total + right: "the soft prompt was counted twice, and the frozen parameters with it",
        2 * right: "the soft prompt was counted twice: it may be a part of the model",
        0: "this was counted before the soft prompt could train, or without it",
        4 * right: "these are bytes: count numbers",
    }
    likely = causes.get(count, "this is another number than that of the trainable parameters")
    raise Mistake(likely, f"{length} x {width} = {right}", f"{count:g}")


HINTS = (
    "which tensors should training change, and which not?",
    "module.requires_grad_(False), with an underscore at its end, reaches all parameters of a "
    "module; the soft prompt may be a part of the model, so mind the order",
    "sum(p.numel() for p in soft_prompt.parameters()) counts numbers, not tensors",
)


@exercise(hints=HINTS)
def freeze(answer: Any, numbers: random.Random) -> None:
    """Who requires gradients afterwards, whether the weights are as they were, and the count."""
    for inside in (False, True):
        model, soft_prompt = draw(numbers, inside)
        before = [p.detach().clone() for p in (*model.parameters(), *soft_prompt.parameters())]
        value = call(answer, model, soft_prompt)
        check_frozen(model, soft_prompt)
        check_trainable(soft_prompt, inside)
        after = [*model.parameters(), *soft_prompt.parameters()]
        if not all(map(torch.equal, before, after)):
            raise Mistake("the weights were changed: freezing only sets requires_grad")
        check_count(value, model, soft_prompt)
