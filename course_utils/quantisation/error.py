"""What rounding does to weights, and a model whose weights are rounded.

Lesson 5, *Which sixteen numbers?* and *Which error matters?*.
"""

import math
from collections.abc import Callable

import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.model.layers import linear_layers
from course_utils.quantisation.blockwise import (
    BLOCK,
    blocks,
    dequantise,
    normalise,
    quantise,
    refuse_unfit,
)
from course_utils.validate import whole


def round_trip(
    weight: torch.Tensor, codebook: torch.Tensor, block: int | None = BLOCK
) -> torch.Tensor:
    """The weight after quantising and dequantising, float32; ``block`` None: one scale for all.

    Raises:
        CourseError: see ``quantisation.blockwise.quantise``.
    """
    refuse_unfit(weight)
    block = weight.numel() if block is None else block
    codebook = codebook.to(weight.device)
    packed, absmax = quantise(weight, codebook, block)
    return dequantise(packed, absmax, codebook, tuple(weight.shape), block=block)


def relative_rmse(got: torch.Tensor, weight: torch.Tensor) -> float:
    """Root mean square error as a share of the weight's own root mean square, in float64.

    Of a weight of zeros: 0 where ``got`` is 0 too, else infinite.

    Raises:
        CourseError: the shapes differ, or there is no number.
    """
    if got.shape != weight.shape or not weight.numel():
        raise CourseError(
            f"Tensors of the shapes {tuple(got.shape)} and {tuple(weight.shape)} cannot be "
            "compared",
            "give a weight, and the same weight after rounding",
        )
    weight = weight.double()
    return _share((got.double() - weight).norm().item(), weight.norm().item())


def _share(error: float, size: float) -> float:
    if not size:
        return math.inf if error else 0.0
    return error / size


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
        The relative RMSE of the change, over all layers together; 0 where nothing changes.

    Raises:
        CourseError: the weights are not those of the model's linear layers, and nothing was
            changed; or ``change`` gives another shape.
    """
    layers = linear_layers(model)
    fitting = {name: layer.weight.shape for name, layer in layers.items()}
    if not layers or {name: weight.shape for name, weight in weights.items()} != fitting:
        raise CourseError(
            f"{len(weights)} weights do not fit the {len(layers)} linear layers of this model",
            "give what linear_weights(model) returned for this model",
        )
    error = size = 0.0
    for name, layer in layers.items():
        weight, changed = weights[name], change(weights[name])
        if changed.shape != weight.shape:
            raise CourseError(
                f"The change makes {tuple(changed.shape)} of a weight {tuple(weight.shape)}",
                "let it keep the shape",
            )
        layer.weight.copy_(changed)
        error += (changed.float() - weight.float()).square().sum().item()
        size += weight.float().square().sum().item()
    return _share(error, size) ** 0.5


def code_usage(weight: torch.Tensor, codebook: torch.Tensor, block: int = BLOCK) -> torch.Tensor:
    """How often each code is used: (levels,) float32, with the sum 1.

    Raises:
        CourseError: see ``quantisation.blockwise.quantise``.
    """
    packed, _ = quantise(weight, codebook, block)
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[: weight.numel()]
    return torch.bincount(codes.int(), minlength=len(codebook)).float().cpu() / len(codes)


def evenly_used(weight: torch.Tensor, count: int, block: int = BLOCK) -> torch.Tensor:
    """Levels that this weight uses about equally often, in rising order: (count,) float32.

    The medians of ``count`` equal slices of the scaled weights themselves. Slices with the same
    median, as of a weight with many zeros, share a level, so there are fewer levels then.

    Raises:
        CourseError: see ``quantisation.blockwise.quantise``.
    """
    count = whole("count", count, 2, 16)
    refuse_unfit(weight)
    scaled, _ = normalise(blocks(weight.detach().reshape(-1).float(), block))
    places = ((torch.arange(count) + 0.5) / count * scaled.numel()).long()
    return scaled.flatten().sort().values[places.to(scaled.device)].unique()
