"""``training_step`` (lesson 2, *The training step*)."""

import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson02.training_step_mistakes import (
    STEP_MISTAKES,
    Result,
    norm_of,
    right_step,
    weights,
)


class Curve(torch.nn.Module):
    """Two linear layers: small, and with gradients of several tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(4, 6), torch.nn.Linear(6, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.tanh(self.first(x)))


def squared_error(model: Curve, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Mean squared error, in scalar form."""
    x, y = batch
    return (model(x) - y).square().mean()


def plain_sgd(model: Curve) -> torch.optim.Optimizer:
    """No memory: what a step does is seen at once."""
    return torch.optim.SGD(model.parameters(), lr=0.05)


def momentum(model: Curve) -> torch.optim.Optimizer:
    """Two groups, each with a learning rate of its own."""
    groups: list[dict] = [
        {"params": model.first.parameters(), "lr": 0.02},
        {"params": model.second.parameters()},
    ]
    return torch.optim.SGD(groups, lr=0.05, momentum=0.9)


def adamw(model: Curve) -> torch.optim.Optimizer:
    """That of the lesson."""
    return torch.optim.AdamW(model.parameters(), lr=0.01)


def states(step: Callable, model: Curve, plan: list, read: Callable = tuple) -> Iterator[tuple]:
    """Loss, norm, parameters, and what is left of the gradients, after each step.

    The model is copied, and trained anew by each optimiser.
    """
    for make in (plain_sgd, momentum, adamw):
        learner = copy.deepcopy(model)
        optimizer = make(learner)
        for batch, limit in plan:
            result = read(call(step, learner, optimizer, squared_error, batch, *limit))
            yield *result, weights(learner), norm_of(learner)


def read_result(value: Any) -> Result:
    """Read two plain numbers."""
    what = "(loss, gradient norm), two floats"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Mistake(
            "return two numbers: the loss, and the norm before clipping", what, show(value)
        )
    for name, item in zip(("loss", "norm"), value):
        if isinstance(item, torch.Tensor):
            likely = (
                f"the {name} is still a tensor, and would keep its graph in memory: call .item()"
            )
            raise Mistake(likely, what, show(item))
        if not isinstance(item, (float, numpy.floating)):
            raise Mistake(f"the {name} should be a float", what, show(item))
    return float(value[0]), float(value[1])


def without_rest(trace: list[tuple]) -> list[tuple]:
    """A trace without what is left of the gradients, which a right answer may clear."""
    return [state[:3] for state in trace]


def first_difference(expected: list[tuple], got: list[tuple]) -> tuple[str, str]:
    """Words for the first step that differs."""
    for number_, (good, bad) in enumerate(zip(expected, got), 1):
        if not agree(bad[:3], good[:3], 1e-4):
            return words(number_, good), words(number_, bad)
    raise ValueError("the two are alike")


def words(step: int, state: tuple) -> str:
    """Loss, norm and parameters of one step."""
    loss, norm, parameters, _ = state
    length = parameters.norm().item()
    return f"after step {step}: loss {loss:.5g}, norm {norm:.5g}, parameters of norm {length:.5g}"


def explanation(got: list[tuple], model: Curve, plan: list) -> str:
    """The first mistake with the same trace; what is left of the gradients decides between two."""
    found = []
    for likely, wrong in pairs(STEP_MISTAKES):
        try:
            rests = []
            for state, theirs in zip(states(wrong, model, plan), got):
                if has_diverged(theirs):
                    continue
                if not agree(theirs[:3], state[:3], 1e-4):
                    break
                rests.append(agree(theirs[3], state[3], 1e-4))
            else:
                found.append((all(rests), likely))
        except (AnswerRaised, Mistake):
            continue
    exact = [likely for same_rest, likely in found if same_rest]
    return (exact + [likely for _, likely in found] + [""])[0]


def has_diverged(state: tuple) -> bool:
    """Are the numbers so large that the last bits of the steps before decide them?"""
    loss, norm, parameters, _ = state
    return not max(abs(loss), norm, parameters.norm().item()) < 1e3  # nor if it is nan


def cause_of_raising(error: BaseException, model: Curve, plan: list) -> str:
    """The first mistake that raises the same with the first optimiser; "" if none does."""
    for likely, wrong in pairs(STEP_MISTAKES):
        try:
            list(itertools.islice(states(wrong, model, plan), len(plan)))
        except AnswerRaised as other:
            if type(other.error) is type(error) and str(other.error) == str(error):
                return likely
        except Mistake:
            continue
    return ""


def part_mistake(expected: list[tuple], got: list[tuple]) -> str:
    """Which part is wrong, where the parameters are right."""
    loss, norm, moved = (
        all(agree(b[i], g[i], 1e-4) for g, b in zip(expected, got)) for i in range(3)
    )
    if moved and loss:
        return "the norm is that of something else: take the one of all gradients, before clipping"
    if moved and norm:
        return "the parameters are right, the loss is not: return the loss of this batch"
    if moved:
        return "the parameters are right, but neither the loss nor the norm is"
    return UNKNOWN


HINTS = (
    "five things happen in one order: zero the gradients, loss, backward, clip, step",
    "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm) clips, and returns the norm "
    "before",
    "return loss.item() and norm.item(): plain numbers keep no graph in memory",
)


@exercise(hints=HINTS, mistakes=STEP_MISTAKES)
def training_step(answer: Any, numbers: random.Random) -> None:
    """Four steps of three optimisers: within the limit, over it, over a tighter and a wide one."""
    model = Curve()
    x = torch.randn(8, 4)
    near = (x, model(x).detach() + 0.05 * torch.randn(8, 1))  # small gradients
    batches = [near, *[(torch.randn(8, 4), 6 + torch.randn(8, 1)) for _ in range(3)]]
    limits = [(), (), (numbers.uniform(0.3, 0.5),), (1e4,)]
    plan = list(zip(batches, limits))
    expected = list(states(right_step, model, plan))
    try:
        got = list(states(answer, model, plan, read_result))
    except AnswerRaised as raised:
        raised.likely = cause_of_raising(raised.error, model, plan)
        raise
    if not agree(without_rest(got), without_rest(expected), 1e-4):
        likely = explanation(got, model, plan) or part_mistake(expected, got)
        raise Mistake(likely, *first_difference(expected, got))
