"""A frozen 4-bit layer that computes with functions of your own (lesson 5, *A frozen layer*)."""

from collections.abc import Callable

import torch
from torch import nn

from course_utils.quantisation.blockwise import BLOCK, blocks
from course_utils.quantisation.codebooks import nf4
from course_utils.quantisation.layer import QuantisedLinear

Quantise = Callable[[torch.Tensor, torch.Tensor, int], tuple[torch.Tensor, torch.Tensor]]
Dequantise = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, tuple[int, ...]], torch.Tensor]


def own_layer(
    quantise: Quantise, dequantise: Dequantise, product: type[torch.autograd.Function]
) -> Callable[[nn.Linear], QuantisedLinear]:
    """A ``QuantisedLinear`` whose codes, weight and product come from these.

    What lies between is the course's: the last block is filled up with zeros, and the scales are
    rounded a second time.

    Args:
        quantise: weight (blocks, block) float32, codebook and block to packed codes and scales.
        dequantise: packed codes, scales, codebook and shape to the weight in float32.
        product: ``product.apply(x, layer)`` is ``x W^T`` in the dtype of ``x``.

    Returns:
        What makes such a layer of a linear one, for ``quantise_model``.
    """

    class OwnLinear(QuantisedLinear):
        levels: torch.Tensor

        def __init__(self, layer: nn.Linear):
            super().__init__(layer)
            self.register_buffer("levels", nf4().to(self.packed.device), persistent=False)

        def quantised(self, weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            rows = blocks(weight.detach().reshape(-1).float(), BLOCK)
            packed, absmax = quantise(rows, nf4().to(weight.device), BLOCK)
            return packed, absmax.float()

        def dequantised(self, dtype: torch.dtype) -> torch.Tensor:
            absmax, numbers = self.scales(), self.in_features * self.out_features
            rows = dequantise(self.packed, absmax, self.levels, (len(absmax), BLOCK))
            flat = rows.reshape(-1)[:numbers]
            return flat.view(self.out_features, self.in_features).to(dtype)

        def product(self, x: torch.Tensor) -> torch.Tensor:
            return product.apply(x, self)

    return OwnLinear
