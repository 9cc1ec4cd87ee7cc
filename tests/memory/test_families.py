"""The families: parameters, names of layers, kinds of models."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from course_utils.errors import CourseError
from course_utils.memory.families import KINDS, Family, family_of, parts_of, targeted
from course_utils.memory.shapes import Shape
from course_utils.model.layers import ALL_LINEAR, linear_layers
from tests.memory.tiny_families import FAMILIES, tiny_config


@pytest.mark.parametrize("name", FAMILIES)
def test_layers_and_parameters_are_those_of_transformers(name):
    config = tiny_config(name)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    shape = Shape.of(config)
    assert sum(p.numel() for p in model.parameters()) == shape.parameters
    first = {
        key.split(".")[-1]: tuple(layer.weight.shape)
        for key, layer in linear_layers(model).items()
        if ".0." in key
    }
    assert first == shape.matrices


def test_windows_are_read():
    assert (Shape.of(tiny_config("mistral")).windowed, Shape.of(tiny_config("llama")).window) == (
        2, 0,
    )  # fmt: skip
    kinds = tiny_config("gemma3", num_hidden_layers=7)
    assert (Shape.of(kinds).windowed, Shape.of(kinds).window) == (6, 32)
    assert Shape.of(tiny_config("mistral", sliding_window=None)).windowed == 0


def test_an_adapter_on_a_part_is_one_on_the_fused_layer():
    assert targeted("qkv_proj", ("v_proj",)) and targeted("qkv_proj", ("qkv_proj",))
    assert not targeted("gate_up_proj", ("q_proj", "down_proj"))
    assert parts_of("o_proj") == ("o_proj",) and len(parts_of("qkv_proj")) == 3
    phi = Shape.of(tiny_config("phi3"))
    assert phi.adapter_parameters(4, ("up_proj",)) == 2 * 4 * (256 + 2 * 704)
    assert phi.adapter_parameters(4) == phi.adapter_parameters(4, ALL_LINEAR)


def test_a_family_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(CourseError, match="'gpt2'.*gemma3_text") as caught:
        family_of("gpt2")
    assert all(kind in str(caught.value) for kind in KINDS)
    assert family_of("mistral") == Family.LLAMA
