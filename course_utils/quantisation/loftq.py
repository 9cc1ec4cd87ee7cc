"""LoftQ: adapters that start from what rounding took away (Li et al. 2023, arXiv 2310.08659).

LoRA's B starts at zero, so that a QLoRA model starts as the rounded one. LoftQ looks for 4-bit
codes and adapters that together are near the weight: it rounds, puts the largest part of the error
into the adapters, rounds what they leave of the weight, and so on. Lesson 5, *What helps?*.
"""

import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers, refuse_lora
from course_utils.methods.pissa import largest_part
from course_utils.model.identity import remember_origin
from course_utils.model.layers import ALL_LINEAR, replace_linear
from course_utils.quantisation.layer import QuantisedLinear, quantised_layers
from course_utils.validate import whole

ITERATIONS = 5  # of the paper's experiments (appendix on training details)


@torch.no_grad()
def loftq(
    linear: nn.Linear, rank: int, iterations: int = ITERATIONS
) -> tuple[QuantisedLinear, torch.Tensor, torch.Tensor]:
    """A 4-bit layer, and ``A`` and ``B``, whose sum ``Q + B A`` is near the weight (algorithm 1).

    Args:
        linear: is left as it is.
        rank: from 1 to the smaller side of the weight.
        iterations: how often it is rounded, and the error cut to ``rank``; at least 1.

    Returns:
        The layer, ``A`` (rank, in) and ``B`` (out, rank), float32. The products are sized for a
        LoRA layer whose ``alpha`` is its rank.

    Raises:
        CourseError: a number is none of these, or the weight cannot be rounded.
    """
    iterations = whole("iterations", iterations, 1)
    weight = linear.weight.float()
    rest = nn.Linear(linear.in_features, linear.out_features, bias=False, device="meta")
    update = torch.zeros_like(weight)
    for _ in range(iterations):
        rest.weight = nn.Parameter(weight - update, requires_grad=False)
        layer = QuantisedLinear(rest)
        A, B = largest_part(weight - layer.weight, rank)
        update = B @ A
    layer.bias = linear.bias
    layer.requires_grad_(False).train(linear.training)
    return layer, A, B


@torch.no_grad()
def add_loftq(
    model: nn.Module, rank: int = 8, alpha: float = 16.0, iterations: int = ITERATIONS
) -> list[str]:
    """Quantise all linear layers and add LoRA with LoftQ's start, in place.

    What is saved of the adapters belongs to these codes: they are not those of ``quantise_model``.

    Returns:
        The full names of the layers.

    Raises:
        CourseError: the model is quantised already; or see ``loftq`` and ``methods.lora.add_lora``.
    """
    if quantised_layers(model):
        raise CourseError("The model is quantised already", "load it again: load_model()")
    refuse_lora(model)
    starts = []

    def in_4_bits(linear: nn.Linear) -> nn.Module:
        layer, A, B = loftq(linear, rank, iterations)
        starts.append((A, B))
        return layer

    names = replace_linear(model, in_4_bits, ALL_LINEAR)
    add_lora(model, rank, alpha)
    for layer, (A, B) in zip(lora_layers(model).values(), starts):
        layer.lora_A.copy_(A / layer.scale**0.5)
        layer.lora_B.copy_(B / layer.scale**0.5)
    remember_origin(model, ())
    return names
