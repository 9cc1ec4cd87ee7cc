"""PiSSA: LoRA that starts from the largest singular triples (Meng et al. 2024, arXiv 2404.02948).

LoRA starts from B = 0 and a random A, PiSSA from the best approximation of the weight W: B A is W
cut to rank ``rank``, and what is frozen is the rest, W - B A. Together they are W, so that nothing
changes at the start, but what is trained are the directions in which the weight is largest. Lesson
3, *Another start*; ``experiments lora_grid`` records it.
"""

from collections.abc import Sequence

import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.identity import remember_origin
from course_utils.model.layers import ALL_LINEAR
from course_utils.validate import whole


@torch.no_grad()
def largest_part(weight: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``A`` and ``B`` with ``B A`` equal to ``weight`` cut to ``rank``; each has half of it.

    The singular vectors of the shorter side are the eigenvectors of its Gram matrix, which takes
    far less time than all singular triples; the other side's follow from them.

    Args:
        weight: (out, in), any dtype.
        rank: from 1 to min(out, in).

    Returns:
        ``A`` (rank, in) and ``B`` (out, rank), float32: the singular vectors times the square
        root of the singular values (section 3, equation 2); on the weight's device.

    Raises:
        CourseError: the weight is no matrix of finite numbers, or the rank does not fit.
    """
    if weight.ndim != 2 or not bool(weight.isfinite().all()):
        raise CourseError(
            f"A tensor of the shape {tuple(weight.shape)} is no matrix of finite numbers",
            "give the weight of a linear layer, (out, in)",
        )
    rank = whole("rank", rank, 1, min(weight.shape))
    W = weight.double().cpu()  # so that every device gets the same
    tall = W if W.shape[0] >= W.shape[1] else W.T  # (long, short)
    values, vectors = torch.linalg.eigh(tall.T @ tall)  # from the smallest on
    right = vectors[:, -rank:].flip(1)  # (short, rank)
    roots = values[-rank:].flip(0).clamp(min=1e-24) ** 0.25  # of the singular values
    first = (tall @ right) / roots  # (long, rank)
    second = right * roots  # (short, rank)
    B, A = (first, second.T) if tall is W else (second, first.T)
    return A.float().contiguous().to(weight.device), B.float().contiguous().to(weight.device)


@torch.no_grad()
def add_pissa(model: nn.Module, rank: int = 8, targets: Sequence[str] = ALL_LINEAR) -> list[str]:
    """Give the targeted linear layers LoRA with PiSSA's start, in place; alpha is the rank.

    Model and adapters together compute what the model did, up to rounding: in a bfloat16 model the
    rest of each weight is rounded to bfloat16. From now on the rest is the base: an adapter that is
    saved belongs to it, and ``remove_lora`` leaves it.

    Returns:
        The full names of the replaced layers.

    Raises:
        CourseError: see ``methods.lora.add_lora``.
    """
    names = add_lora(model, rank, float(rank), targets)
    for layer in lora_layers(model).values():
        A, B = largest_part(layer.base.weight, rank)
        layer.lora_A.copy_(A)
        layer.lora_B.copy_(B)
        layer.base.weight.copy_(layer.base.weight.float() - B @ A)
    remember_origin(model, ())
    return names
