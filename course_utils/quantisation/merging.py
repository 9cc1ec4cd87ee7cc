"""Adapters trained on 4-bit layers, merged into weights of 16 bits or of 4 (lesson 5, *Merge*)."""

import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.methods.lora import lora_layers, merged_weight, refuse_merged
from course_utils.model.layers import linear_layers


@torch.no_grad()
def merge_into(plain: nn.Module, adapted: nn.Module, dequantised: bool) -> None:
    """Write ``W + alpha / rank * B A`` into ``plain`` for each LoRA layer of ``adapted``.

    Args:
        plain: the model as it was loaded, without adapters and not quantised; changed in place.
        adapted: the trained model, left as it is. Its LoRA layers have the names that the linear
            layers have in ``plain``.
        dequantised: take W from the adapted model's own layers, where training saw it: of 4-bit
            layers, what their codes stand for. Else take W from ``plain``.

    Raises:
        CourseError: ``adapted`` has no LoRA layers or one is merged, or ``plain`` lacks a layer.
    """
    refuse_merged(adapted, "merging")
    layers, into = lora_layers(adapted), linear_layers(plain)
    if not layers or not set(layers) <= set(into):
        raise CourseError(
            f"{len(layers)} LoRA layers do not fit the {len(into)} linear layers of this model",
            "give a freshly loaded model, and the one that was trained from the same weights",
        )
    for name, layer in layers.items():
        weight = into[name].weight
        base = layer.base.weight if dequantised else weight
        merged = merged_weight(base, layer.lora_A, layer.lora_B, layer.alpha)
        weight.copy_(merged.to(weight.device))
