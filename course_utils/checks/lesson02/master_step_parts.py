"""The parts of ``master_step`` (lesson 2), and steps that are put together of them, also wrongly.

A part takes the parameters, the masters, the optimiser and the limit; ``clip`` and what stands in
its place return the norm.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

Tensors = Sequence[Any]  # tensors, with their gradients or without
Part = Callable[[Tensors, Tensors, Any, float], Any]
Step = Callable[..., float]


def in_order(*parts: Part) -> Step:
    """A step of these parts; what the last that returns something returns is the norm."""

    def step(parameters: Tensors, masters: Tensors, optimizer: Any, max_norm: float = 1.0) -> float:
        found = [part(parameters, masters, optimizer, max_norm) for part in parts]
        return float(([0.0] + [norm for norm in found if norm is not None])[-1])

    return step


def keep(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Give each master its gradient."""
    for parameter, master in zip(parameters, masters):
        master.grad = parameter.grad.float()


def drop(parameters: Tensors, *_: Any) -> None:
    """Leave no gradient on the parameters."""
    for parameter in parameters:
        parameter.grad = None


def give(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Both."""
    keep(parameters, masters)
    drop(parameters)


def give_short(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Give gradients that were rounded to bfloat16."""
    give(parameters, masters)
    for master in masters:
        master.grad = master.grad.bfloat16().float()


def add(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Add the gradients to those that are there."""
    for parameter, master in zip(parameters, masters):
        old = 0.0 if master.grad is None else master.grad
        master.grad = parameter.grad.float() + old


def clip(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> Tensor:
    """Clip the masters' gradients together."""
    return clip_grad_norm_(masters, limit)


def clip_parameters(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> Tensor:
    """Clip the parameters' gradients, in bfloat16."""
    return clip_grad_norm_(parameters, limit)


def step(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> None:
    """Step the optimiser."""
    optimizer.step()


def clear(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> None:
    """Leave no gradient on the masters."""
    optimizer.zero_grad()


@torch.no_grad()
def back(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Round the masters into the parameters."""
    for parameter, master in zip(parameters, masters):
        parameter.copy_(master)


@torch.no_grad()
def forth(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Copy the parameters into the masters."""
    for parameter, master in zip(parameters, masters):
        master.copy_(parameter)


def at(part: Part, place: slice) -> Part:
    """The part for some of the tensors alone."""
    return lambda p, m, optimizer, limit: part(p[place], m[place], optimizer, limit)


def rounded_by(change: Callable[[Tensor], Tensor]) -> Step:
    """A step whose masters come back in another way; the change takes a master."""
    return in_order(
        give, clip, step, clear,
        lambda p, m, *_: back(p, [change(master.detach()) for master in m]),
    )  # fmt: skip


@torch.no_grad()
def add_back(parameters: Tensors, masters: Tensors, *_: Any) -> None:
    """Add the masters to the parameters."""
    for parameter, master in zip(parameters, masters):
        parameter.add_(master)


@torch.no_grad()
def descend(tensors: Tensors, optimizer: Any) -> None:
    """Plain gradient descent by hand."""
    for tensor in tensors:
        tensor -= optimizer.param_groups[0]["lr"] * tensor.grad


def norm_of(tensors: Tensors) -> float:
    """The norm of all gradients together."""
    squares = [t.grad.float().square().sum().item() for t in tensors]
    return math.sqrt(sum(squares))


def scale(tensors: Tensors, factor: float) -> None:
    """Multiply the gradients."""
    for tensor in tensors:
        tensor.grad *= factor


def clipped(change: Callable[[Tensors, float], object]) -> Step:
    """Another clipping of the masters; the norm is the right one."""

    def other(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> float:
        norm = norm_of(masters)
        change(masters, limit)
        return norm

    return in_order(give, other, step, clear, back)


def scaled(factor: Callable[[float, float], float]) -> Step:
    """Another factor of the gradients, of norm and limit."""
    return clipped(lambda masters, limit: scale(masters, factor(norm_of(masters), limit)))


def measured(norm: Callable[[Any, Any], Any], late: bool = False) -> Step:
    """Another norm, of parameters and masters, before or after the clipping."""

    def other(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> Any:
        before = None if late else norm(parameters, masters)
        clip(parameters, masters, optimizer, limit)
        return norm(parameters, masters) if late else before

    return in_order(keep, other, drop, step, clear, back)


def each_alone(result: Callable[[list[float]], float]) -> Step:
    """Each tensor clipped by itself; the norm is made of theirs."""
    return in_order(
        give, lambda p, m, optimizer, limit: result(
            [clip_grad_norm_(master, limit).item() for master in m]), step, clear, back,
    )  # fmt: skip


def with_short_norm(norm: Callable[[Tensors], Tensor]) -> Step:
    """The masters' gradients are clipped by a norm in bfloat16, which is returned too."""

    def other(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> Tensor:
        short = norm(masters)
        scale(masters, min(1.0, limit / (short.item() + 1e-6)))
        return short

    return in_order(give, other, step, clear, back)


def of_short_gradients(masters: Tensors) -> Tensor:
    """The norm, computed in bfloat16 throughout."""
    return torch.stack([master.grad.bfloat16().norm() for master in masters]).norm()


def by_dtype(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> float:
    """Two groups are clipped, each by itself."""
    short = [p.dtype == torch.bfloat16 for p in parameters]
    groups = [[m for m, s in zip(masters, short) if s is kind] for kind in (True, False)]
    return math.hypot(*(clip_grad_norm_(group, limit).item() for group in groups))


def add_change(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> None:
    """Step, and add to the parameters what the masters moved by."""
    before = [master.detach().clone() for master in masters]
    optimizer.step()
    add_back(parameters, [master.detach() - old for master, old in zip(masters, before)])


def step_each(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> Tensor:
    """Clip and step after each gradient that is given."""
    norm = torch.zeros(())
    for parameter, master in zip(parameters, masters):
        master.grad = parameter.grad.float()
        norm = clip_grad_norm_(masters, limit)
        optimizer.step()
    return norm


def scaled_short(parameters: Tensors, masters: Tensors, optimizer: Any, limit: float) -> float:
    """The parameters' gradients are scaled, which rounds them to bfloat16; the norm is right."""
    norm = norm_of(parameters)
    scale(parameters, min(1.0, limit / norm))
    return norm


def raising(body: Callable[[Any, Any], object]) -> Callable:
    """An answer that raises."""
    return lambda parameters, masters, *_: body(parameters, masters)


def norms(masters: Tensors) -> list[float]:
    """The norm of each gradient."""
    return [norm_of([master]) for master in masters]


def weight_norm(tensors: Tensors) -> float:
    """The norm of the numbers themselves."""
    return math.sqrt(sum(t.float().square().sum().item() for t in tensors))


def absolute(masters: Tensors) -> list[Tensor]:
    """The gradients' absolute numbers."""
    return [m.grad.abs() for m in masters]


right_step = in_order(give, clip, step, clear, back)
