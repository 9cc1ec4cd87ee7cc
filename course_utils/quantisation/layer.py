"""A frozen linear layer whose weight is kept in 4 bits, and models made of such layers.

QLoRA (Dettmers et al. 2023) is LoRA on these layers: quantise the model, then add LoRA. Lesson 5,
*A frozen layer in 4 bits* and *QLoRA*.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.functional import linear

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, refuse_lora
from course_utils.model.identity import tensor_digest
from course_utils.model.layers import (
    ALL_LINEAR,
    linear_layers,
    replace_linear,
    say_coverage,
    trainable_parameters,
)
from course_utils.quantisation.blockwise import (
    BLOCK,
    dequantise_absmax,
    from_pairs,
    pairs,
    quantise,
    quantise_absmax,
)
from course_utils.quantisation.codebooks import dynamic8, nf4


class FrozenProduct(torch.autograd.Function):
    """``x W^T`` for a 4-bit ``W``: the input gets a gradient, the weight never.

    PyTorch's own ``linear`` would keep ``W`` for the backward pass, in full precision, for every
    layer at the same time. Here the layer is kept, which is there anyway, and ``W`` is computed
    from its codes a second time.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layer: "QuantisedLinear") -> torch.Tensor:
        ctx.layer = layer
        return linear(x, layer.dequantised(x.dtype))  # (..., out)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient @ ctx.layer.dequantised(gradient.dtype), None  # (..., in)


class QuantisedLinear(nn.Linear):
    """A linear layer with its weight in NF4 and double quantisation: 4.127 bits a parameter.

    It is an ``nn.Linear`` to whoever looks for one, such as ``add_lora``; but its ``weight`` is
    computed whenever it is read, and cannot be written to. All its tensors are buffers, so no
    optimiser finds them.

    Attributes:
        packed: (ceil(out * in / 2),) uint8, two codes a byte.
        absmax_codes: (blocks,) uint8, the quantised scales.
        absmax_scales: (ceil(blocks / 256),) float32.
        absmax_mean: () float32.
        origin: digest of the weight that the codes were made from; see ``model.identity``.
        bias: (out,) as it was, frozen; or None.
    """

    packed: torch.Tensor
    absmax_codes: torch.Tensor
    absmax_scales: torch.Tensor
    absmax_mean: torch.Tensor
    pairs: torch.Tensor
    absmax_codebook: torch.Tensor

    def __init__(self, layer: nn.Linear):
        nn.Module.__init__(self)  # nn.Linear's would make a weight in full precision
        self.out_features, self.in_features = layer.weight.shape
        self.origin = tensor_digest(layer.weight)  # so that the model is known by its weights
        packed, absmax = self.quantised(layer.weight)
        codes, scales, mean = quantise_absmax(absmax)
        self.register_buffer("packed", packed)
        self.register_buffer("absmax_codes", codes)
        self.register_buffer("absmax_scales", scales)
        self.register_buffer("absmax_mean", mean)
        for name, table in (("pairs", pairs(nf4())), ("absmax_codebook", dynamic8())):
            self.register_buffer(name, table.to(packed.device), persistent=False)
        self.bias = layer.bias
        self.requires_grad_(False)
        self.train(layer.training)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        device = x.device.type
        if torch.is_autocast_enabled(device):  # matrix products are in the lower precision
            x = x.to(torch.get_autocast_dtype(device))
        y = self.product(x)
        return y if self.bias is None else y + self.bias.to(y.dtype)

    def quantised(self, weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Packed codes and scales of a weight, as ``blockwise.quantise`` gives them."""
        return quantise(weight, nf4(), BLOCK)

    def product(self, x: torch.Tensor) -> torch.Tensor:
        """``x W^T`` in the dtype of ``x``: (..., out)."""
        return FrozenProduct.apply(x, self)

    @property
    def weight(self) -> torch.Tensor:  # type: ignore[override] # it cannot be written to
        """(out, in) float32: a new tensor, computed from the codes."""
        return self.dequantised(torch.float32)

    def dequantised(self, dtype: torch.dtype) -> torch.Tensor:
        """The weight (out, in) in ``dtype``.

        Raises:
            CourseError: the scales were cast to a lower precision, as ``model.half()`` does.
        """
        shape = (self.out_features, self.in_features)
        return from_pairs(self.packed, self.scales(), self.pairs, shape, dtype, BLOCK)

    def scales(self) -> torch.Tensor:
        """The scale of each block: (blocks,) float32.

        Raises:
            CourseError: see ``dequantised``.
        """
        if self.absmax_scales.dtype != torch.float32:
            raise CourseError(
                f"The scales of a 4-bit layer were cast to {self.absmax_scales.dtype}",
                "load the model in the dtype that you want, then quantise it",
            )
        return dequantise_absmax(
            self.absmax_codes, self.absmax_scales, self.absmax_mean, self.absmax_codebook
        )

    @property
    def stored_bytes(self) -> int:
        """Bytes of the codes and of all scales; the look-up tables are constants."""
        return sum(b.numel() * b.element_size() for b in self._stored())

    def _stored(self) -> list[torch.Tensor]:
        return [self.packed, self.absmax_codes, self.absmax_scales, self.absmax_mean]


def quantise_model(
    model: nn.Module,
    make_layer: Callable[[nn.Linear], QuantisedLinear] = QuantisedLinear,
    targets: Sequence[str] = ALL_LINEAR,
) -> list[str]:
    """Freeze ``model`` and put a ``QuantisedLinear`` in the place of each targeted layer.

    Embeddings, norms and the output head stay as they are. Where "all linear layers" are not all
    that this model has, it is said which are left out.

    Args:
        make_layer: from a linear layer to the one in 4 bits; see ``quantisation.own_layer``.

    Returns:
        The full names of the replaced layers.

    Raises:
        CourseError: the model has LoRA layers, or is quantised already; or see
            ``model.layers.matching_layers``.
    """
    if quantised_layers(model):
        raise CourseError("The model is quantised already", "load it again: load_model()")
    refuse_lora(model)
    layers = linear_layers(model)
    names = replace_linear(model, make_layer, targets)
    left_out = [name for name in layers if name not in names]
    say_coverage(model, "4 bits", names, left_out, targets)
    return names


def make_qlora(
    model: nn.Module,
    make_layer: Callable[[nn.Linear], QuantisedLinear],
    rank: int,
    alpha: float,
) -> int:
    """Quantise the linear layers, add LoRA to all of them; return how many numbers train.

    Args:
        make_layer: from a linear layer to the one in 4 bits, such as ``QuantisedLinear``.

    Raises:
        CourseError: see ``quantise_model`` and ``methods.lora.add_lora``.
    """
    quantise_model(model, make_layer)
    add_lora(model, rank, alpha)
    return trainable_parameters(model)


def quantised_layers(model: nn.Module) -> dict[str, QuantisedLinear]:
    """The 4-bit layers of the course's own class, by full name."""
    return {n: m for n, m in model.named_modules() if isinstance(m, QuantisedLinear)}


def stored_bits_per_parameter(model: nn.Module) -> float:
    """Bits that a quantised parameter takes, from the tensors that the layers really hold."""
    layers = quantised_layers(model).values()
    parameters = sum(layer.in_features * layer.out_features for layer in layers)
    return 8 * sum(layer.stored_bytes for layer in layers) / parameters
