"""How large is the update of each matrix? Frobenius norms by layer and kind of matrix.

Lesson 3, *Look inside*.
"""

import dataclasses
import math
from collections.abc import Mapping

import torch

from course_utils.errors import CourseError
from course_utils.methods.lora import lora_layers, refuse_merged


@dataclasses.dataclass(frozen=True)
class Norms:
    """Norms of an update, a row a layer and a column a kind of matrix.

    Attributes:
        layers: numbers of the layers, rising.
        kinds: last names of the matrices, such as ``q_proj``, as they follow in a layer.
        absolute: (layers, kinds) float32: Frobenius norm of the update; NaN where there is none.
        relative: the same, divided by the norm of the weight before training.
    """

    layers: tuple[int, ...]
    kinds: tuple[str, ...]
    absolute: torch.Tensor
    relative: torch.Tensor


@torch.no_grad()
def update_norms(model: torch.nn.Module) -> Norms:
    """Norms of ``alpha / r B A`` in every LoRA layer of the model.

    Raises:
        CourseError: the model has no LoRA layers, or one is merged.
    """
    refuse_merged(model, "a norm beside the weight before training")
    pairs = {}
    for name, layer in lora_layers(model).items():
        scale = getattr(layer, "scale", None) or layer.alpha / len(layer.lora_A)
        update = scale * layer.lora_B.float() @ layer.lora_A.float()
        pairs[name] = (update.norm().item(), layer.base.weight.float().norm().item())
    if not pairs:
        raise CourseError("The model has no LoRA layers", "call add_lora(model) first")
    return arranged(pairs)


def arranged(pairs: Mapping[str, tuple[float, float]]) -> Norms:
    """``(norm of the update, norm of the weight)`` by full name, as a table.

    Raises:
        CourseError: a name holds no number of a layer.
    """
    places = {name: _place(name) for name in pairs}
    layers = sorted({layer for layer, _ in places.values()})
    kinds = list(dict.fromkeys(kind for _, kind in places.values()))
    absolute = torch.full((len(layers), len(kinds)), math.nan)
    relative = absolute.clone()
    for name, (update, weight) in pairs.items():
        layer, kind = places[name]
        at = layers.index(layer), kinds.index(kind)
        absolute[at], relative[at] = update, update / weight
    return Norms(tuple(layers), tuple(kinds), absolute, relative)


def _place(name: str) -> tuple[int, str]:
    """Layer and kind of ``model.layers.3.mlp.up_proj``."""
    parts = name.split(".")
    number = next((int(part) for part in parts if part.isdecimal()), None)
    if number is None:
        raise CourseError(f"{name} names no layer", "give matrices of the model's layers")
    return number, parts[-1]
