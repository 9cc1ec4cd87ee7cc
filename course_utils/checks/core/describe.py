"""Values and calls in a few readable words."""

from collections.abc import Callable
from typing import Any

import torch

WIDTH = 70  # characters of a value


def show(value: Any) -> str:
    """A value in at most a line; large tensors by their shape and dtype."""
    if isinstance(value, torch.Tensor):
        return show_tensor(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, torch.nn.Module):
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        body = ", ".join(show(item) for item in value)
        opening, closing = "[]" if isinstance(value, list) else "()"
        return shortened(f"{opening}{body}{closing}", f"{type(value).__name__} of {len(value)}")
    return shortened(repr(value), repr(value)[:WIDTH] + " ...")


def show_tensor(value: torch.Tensor) -> str:
    """The numbers of a small tensor, the shape of a large one."""
    kind = f"tensor of shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    if value.numel() > 12:
        return kind
    numbers = value.detach().tolist()
    return shortened(f"tensor({show(numbers)})", kind)


def shortened(text: str, instead: str) -> str:
    """``text``, or ``instead`` where it is too long."""
    return text if len(text) <= WIDTH else instead


def show_call(answer: Callable, arguments: tuple, named: dict) -> str:
    """A call as the learner would write it, such as ``wilson_interval(7, 20)``."""
    name = getattr(answer, "__name__", type(answer).__name__)
    given = [argument_text(a) for a in arguments]
    given += [f"{key}={argument_text(value)}" for key, value in named.items()]
    return f"{name}({', '.join(given)})"


def argument_text(value: Any) -> str:
    """One argument: its value if that is short, its type if not."""
    plain = isinstance(value, (bool, int, float, str, list, tuple, torch.Tensor, torch.dtype))
    return show(value) if plain else type(value).__name__
