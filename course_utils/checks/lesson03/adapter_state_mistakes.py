"""What goes wrong in ``adapter_state``."""

from collections.abc import Collection
from typing import Any

import torch
from torch import nn

from course_utils.checks.core.compare import Mistakes, pairs

PARTS = ("lora_A", "lora_B")
KEY_MISTAKES: Mistakes = {  # the wrong answers spell a key for a layer's name and a matrix
    "PEFT's prefix 'base_model.model.' is missing": [lambda name, part: f"{name}.{part}.weight"],
    "'.weight' is missing at the end": [lambda name, part: f"base_model.model.{name}.{part}"],
    "prefix 'base_model.model.' and ending '.weight' are missing": [
        lambda name, part: f"{name}.{part}"
    ],
    "the prefix is 'base_model.model.', and the model's own name 'model.' follows it": [
        lambda name, part: f"base_model.{name}.{part}.weight",
        lambda name, part: f"model.{name}.{part}.weight",
        lambda name, part: f"base_model.{name}.{part}",
    ],
    "'model.' is there once too often: the layer's full name begins with it already": [
        lambda name, part: f"base_model.model.model.{name}.{part}.weight"
    ],
    "a full stop is missing between the parts of the key": [
        lambda name, part: f"base_model.model{name}.{part}.weight",
        lambda name, part: f"base_model.model.{name}{part}.weight",
        lambda name, part: f"base_model.model.{name}.{part}weight",
    ],
    "PEFT has 'default' in the names in memory, but not in the file": [
        lambda name, part: f"base_model.model.{name}.{part}.default.weight",
        lambda name, part: f"base_model.model.{name}.{part}.default",
        lambda name, part: f"{name}.{part}.default.weight",
    ],
    "'.weight' comes last, behind lora_A or lora_B": [
        lambda name, part: f"base_model.model.{name}.weight.{part}",
        lambda name, part: f"base_model.model.{name}.weight.{part}.weight",
    ],
    "the names are lora_A and lora_B, with a capital letter": [
        lambda name, part: f"base_model.model.{name}.{part.lower()}.weight"
    ],
    "the full stops of the layer's name stay as they are": [
        lambda name, part: f"base_model.model.{name.replace('.', '_')}.{part}.weight"
    ],
    "the layer's full name belongs into the key, not its last part": [
        lambda name, part: f"base_model.model.{name.split('.')[-1]}.{part}.weight"
    ],
    "the layer's full name is missing: every layer needs keys of its own": [
        lambda name, part: f"base_model.model.{part}.weight",
        lambda name, part: f"{part}.weight",
        lambda name, part: part,
    ],
}
RAISED_MISTAKES: Mistakes = {  # the wrong answers raise what learners' code raises
    "lora_A and lora_B are parameters themselves, and have no .weight: only the key has": [
        lambda model: next(m for m in model.modules() if hasattr(m, "lora_A")).lora_A.weight,
        lambda model: next(m for m in model.modules() if hasattr(m, "lora_B")).lora_B.weight,
    ],
    "most modules have no lora_A: ask hasattr(module, 'lora_A') first": [
        lambda model, n=n, part=part: getattr(list(model.modules())[n], part)
        for n in range(4)
        for part in PARTS
    ],
    "parentheses are missing: model.named_parameters(), or named_modules()": [
        lambda model: list(model.named_parameters)
    ],
}
OF_GRADIENTS = (
    "requires_grad does not tell what an adapter is: adapters can be frozen, and the lesson's are "
    "when it saves them; go by the names lora_A and lora_B"
)


def cause_of_keys(
    value: dict[Any, Any], expected: Collection[str], layers: dict[str, Any], trained: list[str]
) -> str:
    """Which mistake makes keys other than ``expected``.

    Args:
        value: what the learner's function returned.
        layers: the adapted layers by full name.
        trained: the keys that the model's trainable parameters would have.
    """
    if not value:
        return (
            "no adapter was found: look for parameters named lora_A and lora_B, not for a class "
            "(the check's model has the course's layers), nor for keys that have gradients"
        )
    keys = {str(key) for key in value}
    if keys in (set(trained), set(trained) & set(expected)):
        return OF_GRADIENTS
    for likely, spell in pairs(KEY_MISTAKES):
        if keys == {spell(name, part) for name in layers for part in PARTS}:
            return likely
    if "lora" not in "".join(keys).lower():
        return cause_without_names(value, layers)
    for part, other in (PARTS, PARTS[::-1]):
        if not any(part in key for key in keys):
            return cause_of_one_part(value, layers, part, other)
    if any("lora_" not in key for key in keys):
        return "the frozen weights are in it too: keep the adapters alone, a small file"
    if keys < set(expected):
        first = {f"base_model.model.{next(iter(layers))}.{part}.weight" for part in PARTS}
        if keys <= first:
            return "only the first layer is there: is `return` in the loop?"
        return "some layers are missing: every layer that has adapters belongs into it"
    return "the keys are not PEFT's: base_model.model.<layer>.lora_A.weight"


def cause_without_names(value: dict[Any, Any], layers: dict[str, Any]) -> str:
    """Keys in which nothing names A or B: whole weights, or something else."""
    shapes = [tuple(v.shape) for v in value.values() if isinstance(v, torch.Tensor)]
    if shapes == [tuple(layer.base.weight.shape) for layer in layers.values()]:
        return "this is a whole weight for each layer: keep lora_A and lora_B themselves, both thin"
    return "no key names lora_A or lora_B: both matrices of every layer are needed"


def cause_of_one_part(
    value: dict[Any, Any], layers: dict[str, Any], missing: str, there: str
) -> str:
    """One of the two matrices has no key."""
    for key, got in value.items():
        for name, layer in layers.items():
            if name in str(key) and there in str(key) and is_same(got, getattr(layer, missing)):
                return f"{missing} stands under the name of {there}, and replaces it: two keys"
    return f"{missing} is missing: both matrices are needed"


def is_same(got: Any, right: torch.Tensor) -> bool:
    """Has a value the shape and the numbers of a matrix?"""
    if not isinstance(got, torch.Tensor) or got.shape != right.shape:
        return False
    return torch.allclose(got.detach().float(), right.detach(), atol=1e-6)


def facts(model: nn.Module) -> dict[str, list]:
    """What an answer is to leave as it is, under what to say if it does not."""
    parameters = list(model.parameters())
    return {
        (
            "requires_grad of the model's own parameters is changed, and they would not train as "
            "before: detach() gives a tensor without gradient and leaves the parameter alone"
        ): [p.requires_grad for p in parameters],
        "the model itself is changed: only read its parameters": [
            (p.data_ptr(), p.stride(), p.dtype, p.double().sum().item()) for p in parameters
        ],
        "the model's layers are changed: only read them": [
            (name, id(m), m.training) for name, m in model.named_modules()
        ],
    }
