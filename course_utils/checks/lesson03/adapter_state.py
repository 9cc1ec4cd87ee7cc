"""``adapter_state`` (lesson 3, *Only the adapter on disk*)."""

import random
from typing import Any

import torch
from torch import nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import adapter_state as right_state
from course_utils.model.tiny import tiny_model

KEY_MISTAKES: Mistakes = {  # the wrong answers spell a key for a layer's name and a matrix
    "PEFT's prefix 'base_model.model.' is missing": [lambda name, part: f"{name}.{part}.weight"],
    "'.weight' is missing at the end": [lambda name, part: f"base_model.model.{name}.{part}"],
    "prefix 'base_model.model.' and ending '.weight' are missing": [
        lambda name, part: f"{name}.{part}"
    ],
    "the prefix is 'base_model.model.', and the model's own name 'model.' follows it": [
        lambda name, part: f"base_model.{name}.{part}.weight"
    ],
    "PEFT has 'default' in the names in memory, but not in the file": [
        lambda name, part: f"base_model.model.{name}.{part}.default.weight"
    ],
    "the layer's full name belongs into the key, not its last part": [
        lambda name, part: f"base_model.model.{name.split('.')[-1]}.{part}.weight"
    ],
}


def examine_keys(value: Any, expected: dict, names: list[str]) -> None:
    """Are these PEFT's names of every adapter?"""
    keys, got = show(list(expected)[:1]), show(value)
    if not isinstance(value, dict):
        raise Mistake(f"return a dictionary, not a {type(value).__name__}", keys, got)
    got = f"{len(value)} keys, such as {show(next(iter(value), None))}"
    if not value:
        likely = (
            "no adapter was found: look for parameters named lora_A and lora_B, not for a class "
            "(the check's model has the course's layers), nor for keys that have gradients"
        )
        raise Mistake(likely, keys, got)
    if set(value) == set(expected):
        return
    for part in ("lora_A", "lora_B"):
        if not any(part in str(key) for key in value):
            raise Mistake(f"{part} is missing: both matrices are needed", keys, got)
    for likely, spell in pairs(KEY_MISTAKES):
        if set(value) == {spell(name, p) for name in names for p in ("lora_A", "lora_B")}:
            raise Mistake(likely, keys, got)
    if any("lora_" not in str(key) for key in value):
        likely = "the frozen weights are in it too: keep the adapters alone, a small file"
        raise Mistake(likely, keys, got)
    raise Mistake("the keys are not PEFT's: base_model.model.<layer>.lora_A.weight", keys, got)


def examine_tensor(key: str, got: Any, right: torch.Tensor, parameter: nn.Parameter) -> None:
    """Is it a contiguous copy, without gradient, of the right numbers?"""
    if not isinstance(got, torch.Tensor):
        raise Mistake(f"{key} should be a tensor", show(right), show(got))
    if got.shape == right.T.shape != right.shape:
        raise Mistake(f"{key} is transposed", show(right), show(got))
    if got.dtype != torch.float32:
        raise Mistake(f"{key} should stay in float32", "torch.float32", str(got.dtype))
    if got.shape != right.shape or not torch.allclose(got.float(), right, atol=1e-6):
        likely = f"the numbers of {key} are not the adapter's"
        raise Mistake(likely, show(right), show(got))
    if got.requires_grad:
        raise Mistake(f"{key} still asks for gradients: detach() it", "a plain tensor", show(got))
    if got.untyped_storage().data_ptr() == parameter.untyped_storage().data_ptr():
        likely = (
            f"{key} shares its memory with the model, so later training changes it too: clone() "
            "it (on the CPU, .cpu() copies nothing)"
        )
        raise Mistake(likely, "a copy", "the same memory")
    if not got.is_contiguous():
        likely = f"{key} is not contiguous, and safetensors refuses it: call contiguous()"
        raise Mistake(likely, "contiguous", f"strides {got.stride()}")


HINTS = (
    "model.named_parameters() gives full names such as "
    "model.layers.0.self_attn.q_proj.lora_A; print some",
    "the key is base_model.model. + that name + .weight, for names in lora_A or lora_B",
    "the value is parameter.detach().cpu().clone(memory_format=torch.contiguous_format)",
)


@exercise(hints=HINTS, mistakes=KEY_MISTAKES)
def adapter_state(answer: Any, numbers: random.Random) -> None:
    """The adapters of a small language model, some of them transposed views."""
    model = tiny_model(numbers.choice(("llama", "qwen2")), numbers.randrange(99))
    add_lora(
        model, numbers.randint(2, 5), 7.0, numbers.choice([("q_proj", "up_proj"), ("v_proj",)])
    )
    for layer in lora_layers(model).values():
        layer.lora_A.data = torch.randn(layer.lora_A.shape[::-1]).T
        nn.init.normal_(layer.lora_B)
    expected, value = right_state(model), call(answer, model)
    examine_keys(value, expected, list(lora_layers(model)))
    parameters = [getattr(m, p) for m in lora_layers(model).values() for p in ("lora_A", "lora_B")]
    for (key, right), parameter in zip(expected.items(), parameters):
        examine_tensor(key, value[key], right, parameter)
