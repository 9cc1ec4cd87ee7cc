"""The shapes of models: parameters counted as transformers does."""

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from course_utils.errors import CourseError
from course_utils.experiments.family_configs import config_of
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.model.tiny import tiny_model


@pytest.mark.parametrize("name", SHAPES)
def test_parameters_are_counted_as_transformers_does(name):
    shape, config = SHAPES[name], config_of(name)
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


SIZES = {"hidden": 8, "layers": 1, "heads": 2, "kv_heads": 1, "head_dim": 4, "mlp": 1,
         "vocabulary": 1, "tied": True, "biases": 0}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in SIZES if name != "tied"])
@pytest.mark.parametrize("value", [-1, 1.5, None, "8"])
def test_sizes_are_whole_numbers(name, value):
    with pytest.raises(CourseError, match=f"^{name} = "):
        Shape(**SIZES | {name: value})
    assert Shape(**SIZES).parameters > 0


def test_a_width_of_zero_and_heads_that_do_not_divide_are_refused():
    assert Shape(**SIZES | {"layers": 0}).parameters == 8 + 8  # the table and the last norm
    with pytest.raises(CourseError, match="hidden = 0"):
        Shape(**SIZES | {"hidden": 0})
    with pytest.raises(CourseError, match="tied = 'yes'"):
        Shape(**SIZES | {"tied": "yes"})
    for heads in (1, 3):
        with pytest.raises(CourseError, match=f"^{heads} query heads cannot share 2"):
            Shape(**SIZES | {"heads": heads, "kv_heads": 2})


def test_adapters_have_a_rank():
    assert Shape(**SIZES).full_rank == 8
    one = Shape(**SIZES).adapter_parameters(1, ("q_proj",))
    assert one == 8 + 8
    assert Shape(**SIZES).adapter_parameters(1) == sum(map(sum, Shape(**SIZES).matrices.values()))
    for rank in (0, -1, 8.0):
        with pytest.raises(CourseError, match="rank"):
            Shape(**SIZES).adapter_parameters(rank)
