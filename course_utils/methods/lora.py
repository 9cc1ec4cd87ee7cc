"""LoRA: a frozen linear layer plus a trained update of low rank (Hu et al. 2021, section 4.1).

Lesson 3 writes the layer by hand (*The layer*), and merges it (*Merge*).
"""

import functools
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.functional import linear

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.model.layers import (
    ALL_LINEAR,
    linear_layers,
    matching_layers,
    replace_linear,
    say_coverage,
)


class LoRALinear(nn.Module):
    """``base(x) + alpha / rank * B A dropout(x)``, with ``base`` frozen.

    ``lora_A`` is (rank, in), drawn as in PEFT; ``lora_B`` is (out, rank) and starts at zero, so
    the layer starts as ``base``. Both stay in float32; under autocast they compute in bfloat16,
    as the base does.

    Attributes:
        untouched: the base's weight before ``merge``; None while not merged.
    """

    def __init__(self, base: nn.Linear, rank: int, alpha: float, dropout: float = 0.0):
        super().__init__()
        check_settings(rank, alpha, dropout)
        self.base = base.requires_grad_(False)
        self.rank, self.alpha = rank, alpha
        self.dropout = nn.Dropout(dropout)
        A = torch.empty(rank, base.in_features, dtype=torch.float32)
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))  # uniform in +-1/sqrt(in)
        B = torch.zeros(base.out_features, rank, dtype=torch.float32)
        self.lora_A = nn.Parameter(A.to(base.weight.device))
        self.lora_B = nn.Parameter(B.to(base.weight.device))
        self.untouched: torch.Tensor | None = None

    @property
    def scale(self) -> float:
        """``alpha / rank``, by which the update is multiplied."""
        return self.alpha / self.rank

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.untouched is not None:  # merged: the update is in the base's weight
            return self.base(x)
        if self._is_plain(x):
            base = self.base
            return _Product.apply(x, base.weight, base.bias, self.lora_A, self.lora_B, self.scale)
        y = self.base(x)  # (..., out)
        A, B = self.lora_A.to(y.dtype), self.lora_B.to(y.dtype)
        return y + self.scale * linear(linear(self.dropout(x).to(y.dtype), A), B)

    def _is_plain(self, x: torch.Tensor) -> bool:
        """Is the base an ordinary layer, frozen, in the dtype of its products, without dropout?"""
        base, device = self.base, x.device.type
        autocast = torch.is_autocast_enabled(device)
        dtype = torch.get_autocast_dtype(device) if autocast else x.dtype
        dropped = self.training and self.dropout.p > 0
        frozen = type(base) is nn.Linear and not any(p.requires_grad for p in base.parameters())
        return frozen and base.weight.dtype == dtype and not dropped

    @torch.no_grad()
    def merge(self) -> None:
        """Add the update to the base's weight: the layer then costs what a plain one does.

        Raises:
            CourseError: it is merged already, or the base's weight cannot be written to.
        """
        if self.untouched is not None:
            raise CourseError(
                "This layer is merged already; merging twice would add the update twice",
                "call unmerge() first, or leave it as it is",
            )
        if not isinstance(self.base.weight, nn.Parameter):  # computed from 4-bit codes when read
            raise CourseError(
                "This layer's weight is kept in 4 bits, and a merged one would be rounded again",
                "keep the adapter beside it, or merge into a plain model: "
                "quantisation.merging.merge_into",
            )
        merged = merged_weight(self.base.weight, self.lora_A, self.lora_B, self.alpha)
        self.untouched = self.base.weight.clone()  # subtracting would not give back every bit
        self.base.weight.copy_(merged)

    @torch.no_grad()
    def unmerge(self) -> None:
        """Restore the base's weight exactly.

        Raises:
            CourseError: it is not merged.
        """
        if self.untouched is None:
            raise CourseError("This layer is not merged", "call merge() first")
        self.base.weight.copy_(self.untouched)
        self.untouched = None


class _Product(torch.autograd.Function):
    """``W x + bias + scale * B A x`` in the dtype of a frozen W, all added up in one place.

    Autograd's own way would make the update, its sum with ``W x``, and backwards the gradients of
    both uses of x, as tensors of their own.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        W: torch.Tensor,
        bias: torch.Tensor | None,
        A: torch.Tensor,
        B: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1]).to(W.dtype)  # (tokens, in)
        A, B = A.to(W.dtype), B.to(W.dtype)
        low = torch.mm(rows, A.t())  # (tokens, rank)
        ctx.save_for_backward(rows, W, A, B, low)
        ctx.scale = scale
        y = linear(rows, W, bias).addmm_(low, B.t(), alpha=scale)
        return y.view(*x.shape[:-1], len(W))

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, W, A, B, low = ctx.saved_tensors
        to_y = gradients[0].reshape(-1, len(W))
        to_low = torch.mm(to_y, B).mul_(ctx.scale)
        to_A, to_B = torch.mm(to_low.t(), rows), torch.mm(to_y.t(), low).mul_(ctx.scale)
        to_x = None
        if ctx.needs_input_grad[0]:
            to_x = torch.mm(to_y, W).addmm_(to_low, A).view(*gradients[0].shape[:-1], -1)
        return to_x, None, None, to_A, to_B, None


@torch.no_grad()
def merged_weight(
    base_weight: torch.Tensor, lora_A: torch.Tensor, lora_B: torch.Tensor, alpha: float
) -> torch.Tensor:
    """``W + alpha / rank * B A``, computed in float32.

    Args:
        base_weight: (out, in), any dtype; it is left as it is.
        lora_A: (rank, in).
        lora_B: (out, rank).

    Returns:
        A new tensor (out, in) in the dtype of ``base_weight``.
    """
    update = lora_B.float() @ lora_A.float() * (alpha / len(lora_A))
    return (base_weight.float() + update).to(base_weight.dtype)


def check_settings(rank: int, alpha: float, dropout: float) -> None:
    """Refuse settings with which a layer would fail later, or compute nothing of use.

    Raises:
        CourseError: rank is no whole number of at least 1, alpha is not above 0, or dropout is
            not from 0 to below 1.
    """
    validate.whole("rank", rank, 1)
    validate.number("alpha", alpha, above=0)
    validate.number("dropout", dropout, least=0, below=1)


def add_lora(
    model: nn.Module,
    rank: int = 8,
    alpha: float = 16.0,
    targets: Sequence[str] = ALL_LINEAR,
    dropout: float = 0.0,
    seed: int = 0,
) -> list[str]:
    """Freeze ``model`` and give its targeted linear layers LoRA, in place.

    Build the optimiser after this: before, the adapters do not exist.

    Args:
        targets: last names of the layers to replace; the output head is never among them.
        seed: seed of every ``lora_A``; the global random state is left as it was.

    Returns:
        The full names of the replaced layers. Where "all linear layers" are not all that this
        model has, it is said which are left out.

    Raises:
        CourseError: the model has LoRA layers already, a setting is refused, or no layer matches.
            The model is then left as it was.
    """
    check_settings(rank, alpha, dropout)
    validate.whole("seed", seed, 0)
    refuse_lora(model)
    chosen = matching_layers(model, targets)
    name, layer = min(chosen.items(), key=lambda item: min(item[1].weight.shape))
    largest = min(layer.weight.shape)
    if not 1 <= rank <= largest:
        raise CourseError(
            f"Rank {rank} does not fit: {name} is {layer.out_features} x {layer.in_features}",
            f"take a rank from 1 to {largest}",
        )
    left_out = [name for name in linear_layers(model) if name not in chosen]
    make_layer = functools.partial(LoRALinear, rank=rank, alpha=alpha, dropout=dropout)
    with torch.random.fork_rng(devices=[]):  # drawn on the CPU: the same on every device
        torch.default_generator.manual_seed(seed)
        names = replace_linear(model, make_layer, targets)
    say_coverage(model, "LoRA", names, left_out, targets)
    return names


def lora_layers(model: nn.Module) -> dict[str, Any]:
    """The modules with ``lora_A`` and ``lora_B``, by full name: of the course's class or yours."""
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(getattr(module, "lora_A", None), nn.Parameter)
    }


def refuse_lora(model: nn.Module) -> None:
    """Raise if the model has LoRA layers: a second set would stand inside the first.

    Raises:
        CourseError: it has.
    """
    if lora_layers(model):
        raise CourseError("The model has LoRA layers already", "call remove_lora(model) first")


def merged_layers(model: nn.Module) -> list[str]:
    """The LoRA layers whose update is in the base's weight, by full name."""
    return [n for n, m in lora_layers(model).items() if getattr(m, "untouched", None) is not None]


def refuse_merged(model: nn.Module, what: str) -> None:
    """Raise if a LoRA layer is merged: what is done to its matrices then has no effect.

    Args:
        what: what was to be done, for the message.

    Raises:
        CourseError: one is.
    """
    if merged := merged_layers(model):
        raise CourseError(
            f"{merged[0]} is merged, so its A and B are not used, and {what} would have no effect",
            "call unmerge() on every LoRA layer first",
        )


def adapter_numbers(model: nn.Module) -> list[list[float]]:
    """Alpha, rank, dropout and the like of each LoRA layer, whatever a class of yours calls them.

    Two models of equal parameters that differ in these compute different things.
    """
    return [
        [n for part in layer.modules() for n in vars(part).values() if type(n) in (int, float)]
        for layer in lora_layers(model).values()
    ]


def remove_lora(model: nn.Module) -> None:
    """Put the plain layers back and unfreeze the model.

    A merged layer leaves its merged weight: to get the untrained model, unmerge first; to get a
    plain model that has learned, merge first.

    Raises:
        CourseError: there is no LoRA layer.
    """
    layers = lora_layers(model)
    if not layers:
        raise CourseError("The model has no LoRA layers", "call add_lora(model) first")
    for name, layer in layers.items():
        model.set_submodule(name, layer.base)
    model.requires_grad_(True)
