"""The shapes of models: parameters counted as transformers does."""

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config

from course_utils.errors import CourseError
from course_utils.experiments.random_models import (
    config_of,
)
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.model.tiny import tiny_model
from course_utils.training import mixed_precision


@pytest.fixture(autouse=True)
def whole_steps(monkeypatch):
    """Let the optimiser hold all float32 gradients at once, as on a GPU."""
    monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])


@pytest.mark.parametrize("name", SHAPES)
def test_parameters_are_counted_as_transformers_does(name):
    shape = SHAPES[name]
    if shape.biases:
        config = Qwen2Config(**config_of(shape).to_dict() | {"model_type": "qwen2"})
    else:
        config = config_of(shape)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    assert sum(p.numel() for p in model.parameters()) == shape.parameters
    assert Shape.of(model.config) == shape


def test_all_biases_are_counted():
    config = LlamaConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=100, attention_bias=True, mlp_bias=True,
    )  # fmt: skip
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    assert sum(p.numel() for p in model.parameters()) == Shape.of(config).parameters


def test_other_kinds_of_models_are_refused():
    with pytest.raises(CourseError, match="'gpt2'"):
        Shape.of(tiny_model("gpt2").config)
