"""What learners get wrong in ``training_step``: the order, the clipping, the two numbers."""

import functools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_utils.checks.core.compare import Mistakes

Result = tuple[float, float]
Clip = Callable[[Any, float], float]


def gradients(model: Any) -> list[Tensor]:
    """The gradients that are there."""
    return [p.grad for p in model.parameters() if p.grad is not None]


def norm_of(model: Any) -> float:
    """Global norm of the gradients."""
    return math.sqrt(sum(g.square().sum().item() for g in gradients(model)))


def clip(model: Any, max_norm: float) -> float:
    """Clip by global norm; the norm before."""
    return clip_grad_norm_(model.parameters(), max_norm).item()


def scale(model: Any, factor: float) -> None:
    """Multiply the gradients."""
    for gradient in gradients(model):
        gradient *= factor


def in_order(order: str, clip: Clip = clip) -> Callable[..., Result]:
    """A step whose parts come in another order, with another clipping.

    Args:
        order: of z(ero), f(orward), b(ackward), c(lip), s(tep).
        clip: clips, and returns the norm.
    """

    def wrong(
        model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
    ) -> Result:
        loss, norm = torch.zeros(()), 0.0
        for part in order:
            if part == "z":
                optimizer.zero_grad()
            elif part == "f":
                loss = loss_function(model, batch)
            elif part == "b":
                loss.backward()
            elif part == "c":
                norm = clip(model, max_norm)
            elif part == "s":
                optimizer.step()
        return loss.item(), norm

    return wrong


right_step = in_order("zfbcs")


def clipped(change: Callable[[Any, float], object]) -> Callable[..., Result]:
    """Another clipping; the norm is the right one."""

    def other(model: Any, max_norm: float) -> float:
        norm = norm_of(model)
        change(model, max_norm)
        return norm

    return in_order("zfbcs", other)


def measured(norm: Callable[[Any], float], late: bool = False) -> Callable[..., Result]:
    """Another norm, before or after the clipping; the step is the right one."""

    def other(model: Any, max_norm: float) -> float:
        before = norm(model)
        clip(model, max_norm)
        return norm(model) if late else before

    return in_order("zfbcs", other)


def returned(change: Callable[[float, float, Any], tuple]) -> Callable[..., tuple]:
    """The right step; of its loss and norm, and the batch, something else is returned."""
    return lambda model, optimizer, function, batch, *limit: change(
        *right_step(model, optimizer, function, batch, *limit), batch
    )


def each_alone(model: Any, max_norm: float) -> None:
    """Each tensor clipped by itself."""
    for parameter in model.parameters():
        clip_grad_norm_(parameter, max_norm)


def if_below(model: Any, max_norm: float) -> None:
    """The small gradients are scaled instead of the large ones."""
    if norm_of(model) < max_norm:
        scale(model, max_norm / norm_of(model))


def loss_after(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """The loss of the model after the step."""
    _, norm = right_step(model, optimizer, loss_function, batch, max_norm)
    return loss_function(model, batch).item(), norm


def by_hand(
    model: Any, optimizer: Any, loss_function: Callable, batch: Any, max_norm: float = 1.0
) -> Result:
    """The step of plain gradient descent, whatever the optimiser is."""
    result = in_order("zfbc")(model, optimizer, loss_function, batch, max_norm)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= optimizer.param_groups[0]["lr"] * parameter.grad
    return result


def raising(body: Callable[[Any, Any, Callable, Any], object]) -> Callable:
    """An answer that raises; it has no ``max_norm``."""
    return lambda model, optimizer, function, batch, *limit: body(model, optimizer, function, batch)


def weights(model: Any) -> Tensor:
    """All parameters in one vector."""
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach()


INFINITE = functools.partial(clip_grad_norm_, norm_type=math.inf)
ONE = functools.partial(clip_grad_norm_, norm_type=1.0)
STEP_MISTAKES: Mistakes = {
    "the gradients of the step before are still there, and add up: call optimizer.zero_grad()": [
        in_order("fbcs")
    ],
    (
        "the parameters do not move: optimizer.step() is missing (or its parentheses), or stands "
        "before backward()"
    ): [in_order("zfbc"), in_order("zfsbc")],
    "the parameters do not move: perhaps zero_grad() stands between backward() and step()": [
        in_order("fbczs"),
        in_order("zfbczs"),
    ],
    (
        "there is no gradient when it is clipped: backward() is missing (or its parentheses), or "
        "zero_grad() comes after it"
    ): [in_order("zfcs"), in_order("fbzcs"), in_order("fbzs")],
    "the gradients are clipped after the step, too late: clip before step()": [in_order("zfbsc")],
    (
        "the gradients are not clipped when the optimiser steps: clip after backward(), before "
        "step(), and the gradients themselves, not a copy"
    ): [clipped(lambda model, limit: None)],
    "the gradients are clipped before backward(), when there are none: clip after it": [
        in_order("zfcbs"),
        in_order("zcfbs"),
        in_order("czfbs"),
        in_order("fcbs"),
    ],
    "the optimiser steps before backward(), with the gradients of the call before": [
        in_order("fsbc"),
        in_order("fszbc"),
    ],
    (
        "each number was clipped by value: clip by the norm of all gradients together, or the "
        "direction changes"
    ): [clipped(lambda model, limit: clip_grad_value_(model.parameters(), limit))],
    "each tensor was clipped by itself: clip by the norm of all gradients together": [
        clipped(each_alone),
        in_order("zfbcs", lambda model, limit: math.hypot(
            *[clip_grad_norm_(p, limit).item() for p in model.parameters()])),
        in_order("zfbcs", lambda model, limit: [
            clip_grad_norm_(p, limit).item() for p in model.parameters()][-1]),
        in_order("zfbcs", lambda model, limit: sum(
            clip_grad_norm_(p, limit).item() for p in model.parameters())),
    ],
    "the optimiser steps twice": [in_order("zfbcss")],
    "the argument max_norm is not used: the limit is always 1": [
        lambda model, optimizer, function, batch, *limit: (
            right_step(model, optimizer, function, batch)
        )
    ],
    "small gradients were scaled up to max_norm: clipping leaves them alone": [
        clipped(lambda model, limit: scale(model, limit / norm_of(model)))
    ],
    "the gradients are multiplied by max_norm: scale them by max_norm / norm where that is < 1": [
        clipped(lambda model, limit: scale(model, limit)),
    ],
    "the factor is upside down: it is max_norm / norm": [
        clipped(lambda model, limit: scale(model, norm_of(model) / limit)),
        clipped(lambda model, limit: scale(model, max(1.0, norm_of(model) / limit))),
        clipped(lambda model, limit: scale(model, min(1.0, norm_of(model) / limit))),
        clipped(lambda model, limit: (
            scale(model, norm_of(model) / limit) if norm_of(model) > limit else None)),
    ],
    "the condition is the wrong way round: gradients longer than max_norm are scaled": [
        clipped(if_below),
        clipped(lambda model, limit: scale(model, max(1.0, limit / norm_of(model)))),
    ],
    "the gradients are brought to length 1: scale them to max_norm where they are longer": [
        clipped(lambda model, limit: scale(model, 1 / norm_of(model))),
        clipped(lambda model, limit: (
            scale(model, 1 / norm_of(model)) if norm_of(model) > limit else None)),
    ],
    "this is the largest single number, not the norm: leave out norm_type=inf": [
        in_order("zfbcs", lambda model, limit: INFINITE(model.parameters(), limit).item()),
        measured(lambda model: max(g.abs().max().item() for g in gradients(model))),
    ],
    "this is the sum of the absolute numbers: the norm is the root of the sum of squares": [
        in_order("zfbcs", lambda model, limit: ONE(model.parameters(), limit).item()),
        measured(lambda model: sum(g.abs().sum().item() for g in gradients(model))),
    ],
    "the norms of the tensors were added: add their squares, then take the root": [
        measured(lambda model: sum(g.norm().item() for g in gradients(model))),
    ],
    "this is the square of the norm: take the root": [
        measured(lambda model: norm_of(model) ** 2),
    ],
    "this is the norm of the weights: take that of their gradients": [
        measured(lambda model: weights(model).norm().item()),
    ],
    "this is the norm of one tensor: take that of all gradients together": [
        measured(lambda model: gradients(model)[0].norm().item()),
        measured(lambda model: gradients(model)[-1].norm().item()),
        measured(lambda model: max(g.norm().item() for g in gradients(model))),
    ],
    "this is a mean, not the norm: the root of the sum of all squares": [
        measured(lambda model: norm_of(model) / math.sqrt(weights(model).numel())),
        measured(lambda model: sum(g.norm().item() for g in gradients(model))
                 / len(gradients(model))),
        measured(lambda model: norm_of(model) / len(gradients(model))),
    ],
    "the norm was measured after clipping: clip_grad_norm_ returns the one before": [
        measured(norm_of, late=True),
        returned(lambda loss, norm, batch: (loss, min(norm, 1.0))),
    ],
    "the two are the wrong way round: return (loss, norm)": [
        returned(lambda loss, norm, batch: (norm, loss)),
    ],
    "the limit was returned: return the norm before clipping": [
        lambda model, optimizer, function, batch, limit=1.0: (
            right_step(model, optimizer, function, batch, limit)[0], limit)
    ],
    "the loss was computed again after the step: return the one that was trained on": [loss_after],
    "the loss was divided or multiplied by the size of the batch: it is a mean already": [
        returned(lambda loss, norm, batch: (loss / len(batch[0]), norm)),
        returned(lambda loss, norm, batch: (loss * len(batch[0]), norm)),
    ],
    "the numbers are rounded: return all their digits": [
        returned(lambda loss, norm, batch, digits=digits: (  # type: ignore[misc]
            round(loss, digits), round(norm, digits)))
        for digits in range(5)
    ],
    "the parameters are changed by hand: optimizer.step() knows its own rule and its groups": [
        by_hand
    ],
    "the loss is a plain number before backward(): call .item() only in the return": [
        raising(lambda model, optimizer, function, batch: function(model, batch).item().backward()),
    ],
    "backward() is called twice on one loss": [raising(
        lambda model, optimizer, function, batch: [loss.backward() for loss in (
            [function(model, batch)] * 2)])],
    "clip_grad_norm_ takes the parameters: model.parameters(), with its parentheses": [
        raising(lambda model, *_: clip_grad_norm_(model, 1.0)),
        raising(lambda model, *_: clip_grad_norm_(model.parameters, 1.0)),
    ],
    "clip_grad_norm_ takes two arguments: the parameters, and max_norm": [
        raising(lambda model, *_: clip_grad_norm_(model.parameters())),  # type: ignore[call-arg]
    ],
    "loss_function takes the model, then the batch as it is": [
        raising(lambda model, optimizer, function, batch: function(batch, model)),
        raising(lambda model, optimizer, function, batch: function(batch)),
        raising(lambda model, optimizer, function, batch: function(model)),
        raising(lambda model, optimizer, function, batch: function(model, *batch)),
        raising(lambda model, optimizer, function, batch: function(model(batch), batch)),
        raising(lambda model, optimizer, function, batch: function(model(batch[0]), batch[1])),
    ],
}  # fmt: skip
