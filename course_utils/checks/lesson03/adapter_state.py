"""``adapter_state`` (lesson 3, *Only the adapter on disk*)."""

import random
from typing import Any

import torch
from torch import nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import cause_of_raising
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson03.adapter_state_mistakes import (
    KEY_MISTAKES,
    PARTS,
    RAISED_MISTAKES,
    cause_of_keys,
    facts,
    is_same,
)
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import adapter_state as right_state
from course_utils.model.tiny import tiny_model


def examine_keys(value: Any, expected: dict, model: nn.Module) -> None:
    """Are these PEFT's names of every adapter?"""
    keys, got = show(list(expected)[:1]), show(value)
    if not isinstance(value, dict):
        raise Mistake(f"return a dictionary, not a {type(value).__name__}", keys, got)
    if set(value) == set(expected):
        return
    trained = [n for n, p in model.named_parameters() if p.requires_grad]
    trained = [f"base_model.model.{name}.weight" for name in trained]
    got = f"{len(value)} keys, such as {show(next(iter(value), None))}"
    likely = cause_of_keys(value, expected, lora_layers(model), trained)
    raise Mistake(likely, f"{len(expected)} keys, such as {show(next(iter(expected)))}", got)


def examine_tensor(key: str, got: Any, parameter: nn.Parameter, other: nn.Parameter) -> None:
    """Is it a contiguous copy, without gradient, of the right numbers?"""
    right = parameter.detach()
    if not isinstance(got, torch.Tensor):
        raise Mistake(f"{key} should be a tensor", show(right), show(got))
    if is_same(got, other):
        raise Mistake("lora_A and lora_B are swapped", show(right), show(got))
    if got.shape == right.T.shape != right.shape:
        raise Mistake(f"{key} is transposed", show(right), show(got))
    if got.dtype != torch.float32:
        raise Mistake(f"{key} should stay in float32", "torch.float32", str(got.dtype))
    if not is_same(got, right):
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


def adapted_model(numbers: random.Random, frozen: bool) -> nn.Module:
    """A small language model with trained adapters, transposed views; some or none train."""
    model = tiny_model(numbers.choice(("llama", "qwen2")), numbers.randrange(99))
    targets = numbers.choice([("q_proj", "up_proj"), ("v_proj", "down_proj")])
    add_lora(model, numbers.randint(2, 5), 7.0, targets)
    for layer in lora_layers(model).values():
        layer.lora_A.data = torch.randn(layer.lora_A.shape[::-1]).T
        nn.init.normal_(layer.lora_B)
        layer.lora_A.requires_grad_(not frozen)
    next(p for n, p in model.named_parameters() if "norm" in n).requires_grad_(True)
    return model


HINTS = (
    "model.named_parameters() gives full names such as "
    "model.layers.0.self_attn.q_proj.lora_A; print some",
    "the key is base_model.model. + that name + .weight, for names in lora_A or lora_B",
    "the value is parameter.detach().cpu().clone(memory_format=torch.contiguous_format)",
)


@exercise(hints=HINTS, mistakes=KEY_MISTAKES | RAISED_MISTAKES)
def adapter_state(answer: Any, numbers: random.Random) -> None:
    """Two models; another parameter trains too, and in the second some adapters are frozen."""
    for frozen in (False, True):
        model = adapted_model(numbers, frozen)
        expected, before = right_state(model), facts(model)
        try:
            value = call(answer, model)
        except AnswerRaised as raised:
            raised.likely = cause_of_raising(raised.error, (model,), RAISED_MISTAKES)
            raise
        for (likely, now), then in zip(facts(model).items(), before.values()):
            if now != then:
                raise Mistake(likely, "the model as it was", "another")
        examine_keys(value, expected, model)
        for name, layer in lora_layers(model).items():
            for part, other in (PARTS, PARTS[::-1]):
                key = f"base_model.model.{name}.{part}.weight"
                examine_tensor(key, value[key], getattr(layer, part), getattr(layer, other))
