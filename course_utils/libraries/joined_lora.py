"""PEFT's LoRA with the sum in the product: ``W x`` is what ``scale B (A x)`` is added to.

PEFT computes the update, its multiple and the sum as tensors of their own, each as large as the
layer's output, and backwards a scaled copy of the output's gradient. A matrix product can begin
from what is there, and the scale fits into B, which is small. Lesson 5, *A 7B model on a small
card*.
"""

from typing import Any

import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.libraries.quiet_peft import peft


def join_lora(model: nn.Module) -> int:
    """Let every LoRA layer of PEFT in ``model`` compute so, in place; what it computes is the same.

    Saving and loading the adapter through PEFT stay as they were.

    Returns:
        How many layers.

    Raises:
        CourseError: a layer has no adapter or several, drops out inputs, or has an adapter of
            another dtype than the others.
    """
    layers: list[Any] = [m for m in model.modules() if isinstance(m, peft.tuners.lora.LoraLayer)]
    dtypes = {m.lora_A[name].weight.dtype for m in layers for name in m.active_adapters}
    dropped = any(p.p > 0 for m in layers for p in m.lora_dropout.modules() if hasattr(p, "p"))
    if dropped or len(dtypes) > 1 or any(len(m.active_adapters) != 1 for m in layers):
        raise CourseError(
            "Only layers with one LoRA adapter, of one dtype and without dropout, can be joined",
            "leave the layers as they are, or make the adapters with lora_dropout=0",
        )
    # One class for all layers of a kind: a forward pass of its own in each would be compiled anew.
    kinds = {kind: type(f"Joined{kind.__name__}", (kind,), {"forward": _forward})
             for kind in map(type, layers)}  # fmt: skip
    for layer in layers:
        layer.__class__ = kinds[type(layer)]
    return len(layers)


def _forward(layer: Any, x: torch.Tensor) -> torch.Tensor:
    """(..., in) to (..., out) in the dtype of the adapter."""
    (name,) = layer.active_adapters
    A, B = layer.lora_A[name].weight, layer.lora_B[name].weight
    y = layer.base_layer(x)
    rows = x.reshape(-1, x.shape[-1])
    low = rows @ A.t()  # (tokens, rank)
    scaled = (B * layer.scaling[name]).t()  # (rank, out)
    return torch.addmm(y.reshape(-1, y.shape[-1]), low, scaled).view_as(y)
