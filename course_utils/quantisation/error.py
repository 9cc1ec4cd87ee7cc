"""What rounding does to weights, and a model whose weights are rounded.

Lesson 5, *Which sixteen numbers?* and *Which error matters?*.
"""

from collections.abc import Callable

import torch
from torch import nn

from course_utils.model.layers import linear_layers
from course_utils.quantisation.blockwise import BLOCK, dequantise, quantise


def round_trip(
    weight: torch.Tensor, codebook: torch.Tensor, block: int | None = BLOCK
) -> torch.Tensor:
    """The weight after quantising and dequantising, float32; ``block`` None: one scale for all."""
    block = block or weight.numel()
    codebook = codebook.to(weight.device)
    packed, absmax = quantise(weight, codebook, block)
    return dequantise(packed, absmax, codebook, tuple(weight.shape), block=block)


def relative_rmse(got: torch.Tensor, weight: torch.Tensor) -> float:
    """Root mean square error as a share of the weight's own root mean square."""
    weight = weight.float()
    return ((got.float() - weight).norm() / weight.norm()).item()


@torch.no_grad()
def linear_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copies of the weights of the linear layers, by name, in their dtype."""
    return {name: layer.weight.detach().clone() for name, layer in linear_layers(model).items()}


@torch.no_grad()
def set_linear_weights(
    model: nn.Module,
    weights: dict[str, torch.Tensor],
    change: Callable[[torch.Tensor], torch.Tensor] = lambda weight: weight,
) -> float:
    """Write weights, changed by a function, into the model's linear layers.

    Args:
        weights: as ``linear_weights`` gives them.

    Returns:
        The relative RMSE of the change, over all layers together.
    """
    error = size = 0.0
    for name, layer in linear_layers(model).items():
        weight, changed = weights[name], change(weights[name])
        layer.weight.copy_(changed)
        error += (changed.float() - weight.float()).square().sum().item()
        size += weight.float().square().sum().item()
    return (error / size) ** 0.5
