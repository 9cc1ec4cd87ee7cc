"""Configurations of the known shapes; ``tests/memory/test_shapes.py`` reads each back."""

from course_utils.experiments.family_configs import config_of
from course_utils.memory.shapes import SHAPES, Shape


def test_fewer_layers_keep_all_else():
    few = Shape.of(config_of("Gemma-3-1B", 7))
    assert (few.layers, few.windowed, few.hidden) == (7, 6, SHAPES["Gemma-3-1B"].hidden)


def test_the_name_says_the_family():
    kinds = {name: config_of(name).model_type for name in SHAPES}
    assert kinds["Mistral-7B"] == "mistral" and kinds["Qwen2.5-7B"] == "qwen2"
    assert kinds["Llama-2-7B"] == "llama" and kinds["Qwen3-8B"] == "qwen3"
