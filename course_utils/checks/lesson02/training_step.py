"""``training_step`` (lesson 2, *The training step*)."""

import copy
import math
import random
from collections.abc import Callable
from typing import Any

import numpy
import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

Result = tuple[float, float]


def backward(model: Any, loss_function: Callable, batch: Any) -> torch.Tensor:
    """Forward and backward."""
    loss = loss_function(model, batch)
    loss.backward()
    return loss


def norm_of(model: Any) -> float:
    """Global norm of the gradients."""
    return math.sqrt(sum(p.grad.square().sum().item() for p in model.parameters()))


def clip(model: Any, max_norm: float) -> float:
    """Clip by global norm; the norm before."""
    return torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm).item()


def right_step(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """The definition."""
    optimizer.zero_grad()
    loss = backward(model, loss_function, batch)
    norm = clip(model, max_norm)
    optimizer.step()
    return loss.item(), norm


def never_zeroed(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """No ``zero_grad`` at all."""
    loss = backward(model, loss_function, batch)
    norm = clip(model, max_norm)
    optimizer.step()
    return loss.item(), norm


def not_clipped(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """No limit."""
    return right_step(model, optimizer, loss_function, batch, math.inf)


def clipped_by_value(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """Each number cut at the limit."""
    optimizer.zero_grad()
    loss = backward(model, loss_function, batch)
    norm = norm_of(model)
    torch.nn.utils.clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm


def clipped_by_tensor(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """Each tensor clipped by itself."""
    optimizer.zero_grad()
    loss = backward(model, loss_function, batch)
    norm = norm_of(model)
    for parameter in model.parameters():
        torch.nn.utils.clip_grad_norm_(parameter, max_norm)
    optimizer.step()
    return loss.item(), norm


def never_stepped(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """No ``optimizer.step()``."""
    optimizer.zero_grad()
    loss = backward(model, loss_function, batch)
    return loss.item(), clip(model, max_norm)


def stepped_twice(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """One step too many."""
    result = right_step(model, optimizer, loss_function, batch, max_norm)
    optimizer.step()
    return result


def always_one(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """``max_norm`` left out."""
    return right_step(model, optimizer, loss_function, batch)


def loss_after(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """The loss of the model after the step."""
    _, norm = right_step(model, optimizer, loss_function, batch, max_norm)
    return loss_function(model, batch).item(), norm


def scaled_to_norm(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """Gradients brought to the limit, whether above or below."""
    optimizer.zero_grad()
    loss = backward(model, loss_function, batch)
    norm = norm_of(model)
    for parameter in model.parameters():
        parameter.grad *= max_norm / norm
    optimizer.step()
    return loss.item(), norm


STEP_MISTAKES: Mistakes = {
    "the gradients of the step before are still there, and add up: call optimizer.zero_grad()": [
        never_zeroed
    ],
    (
        "the parameters do not move: step() is missing, or zero_grad() stands between backward() "
        "and step()"
    ): [never_stepped],
    (
        "the gradients are not clipped when the optimiser steps: clip after backward(), before "
        "step()"
    ): [not_clipped],
    (
        "each number was clipped by value: clip by the norm of all gradients together, or the "
        "direction changes"
    ): [clipped_by_value],
    "each tensor was clipped by itself: clip by the norm of all gradients together": [
        clipped_by_tensor
    ],
    "the optimiser steps twice": [stepped_twice],
    "the argument max_norm is not used: the limit is always 1": [always_one],
    "small gradients were scaled up to max_norm: clipping leaves them alone": [scaled_to_norm],
    "the loss was computed again after the step: return the one that was trained on": [loss_after],
}


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


def run(step: Callable, model: Curve, plan: list, read: Callable = tuple) -> list[tuple]:
    """Loss, norm and parameters after each of the steps, on a copy of the model."""
    model, trace = copy.deepcopy(model), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for batch, limit in plan:
        result = read(call(step, model, optimizer, squared_error, batch, *limit))
        trace.append((*result, torch.nn.utils.parameters_to_vector(model.parameters()).detach()))
    return trace


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


def first_difference(expected: list[tuple], got: list[tuple]) -> tuple[str, str]:
    """Words for the first step that differs."""
    for number_, (good, bad) in enumerate(zip(expected, got), 1):
        if not agree(bad, good, 1e-4):
            return words(number_, good), words(number_, bad)
    raise ValueError("the two are alike")


def words(step: int, state: tuple) -> str:
    """Loss, norm and parameters of one step."""
    loss, norm, parameters = state
    length = parameters.norm().item()
    return f"after step {step}: loss {loss:.5g}, norm {norm:.5g}, parameters of norm {length:.5g}"


def part_mistake(expected: list[tuple], got: list[tuple]) -> str:
    """What is wrong where the parameters are right."""
    loss, norm, moved = (
        all(agree(b[i], g[i], 1e-4) for g, b in zip(expected, got)) for i in range(3)
    )
    limits = [min(g[1], b[1]) == b[1] for g, b in zip(expected, got)]
    if moved and loss and all(limits):
        return "the norm was measured after clipping: clip_grad_norm_ returns the one before"
    if moved and agree([(b[1], b[0]) for b in got], [g[:2] for g in expected], 1e-4):
        return "the two are the wrong way round: return (loss, norm)"
    if moved and loss:
        return "the norm is that of something else: take the one of all gradients, before clipping"
    if moved:
        return "the parameters are right, the loss is not: return the loss of this batch"
    return UNKNOWN


HINTS = (
    "five things happen in one order: zero the gradients, loss, backward, clip, step",
    "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm) clips, and returns the norm "
    "before",
    "return loss.item() and norm.item(): plain numbers keep no graph in memory",
)


@exercise(hints=HINTS, mistakes=STEP_MISTAKES)
def training_step(answer: Any, numbers: random.Random) -> None:
    """Three steps of SGD: clipped at 1, clipped tighter, and too small to be clipped."""
    model = Curve()
    batches = [(torch.randn(8, 4), 6 + torch.randn(8, 1)) for _ in range(3)]
    limits = [(), (numbers.uniform(0.3, 0.5),), (1e4,)]
    plan = list(zip(batches, limits))
    expected, got = run(right_step, model, plan), run(answer, model, plan, read_result)
    if agree(got, expected, 1e-4):
        return
    for likely, wrong in pairs(STEP_MISTAKES):
        if agree(got, run(wrong, model, plan), 1e-4):
            raise Mistake(likely, *first_difference(expected, got))
    raise Mistake(part_mistake(expected, got), *first_difference(expected, got))
