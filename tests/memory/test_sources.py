"""The shape of a model: by name, from its configuration, from the head of its weights."""

import json

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from course_utils.errors import CourseError
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.sources import shape_of
from tests.memory.tiny_families import tiny_config


def saved(folder, family, **changes):
    """Configuration and weights of a small model in a folder; its shape."""
    config = tiny_config(family, **changes)
    config.save_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config)
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    weights = {name: w for name, w in model.state_dict().items() if name not in tied}
    save_file(weights, folder / "model.safetensors")
    return Shape.of(config)


def test_a_name_in_any_case():
    assert shape_of("qwen2.5-7b") == ("Qwen2.5-7B", SHAPES["Qwen2.5-7B"])


@pytest.mark.parametrize("family", ["llama", "qwen3", "phi3", "gemma3"])
def test_a_configuration_says_all(tmp_path, family):
    shape = saved(tmp_path, family)
    assert shape_of(str(tmp_path)) == (tmp_path.name, shape)
    assert shape_of(str(tmp_path / "config.json")) == (tmp_path.name, shape)


@pytest.mark.parametrize(
    "family, changes",
    [("llama", {"head_dim": 64}), ("qwen2", {"head_dim": 64}), ("qwen3", {}),
     ("phi3", {"head_dim": 64}), ("gemma3", {})],
)  # fmt: skip
def test_the_weights_say_all_but_heads_and_windows(tmp_path, family, changes):
    shape = saved(tmp_path, family, **changes)
    (tmp_path / "config.json").unlink()
    for source in (tmp_path, tmp_path / "model.safetensors"):
        _, found = shape_of(str(source))
        assert found.parameters == shape.parameters and found.family == shape.family
        assert (found.queries, found.keys, found.layers) == (shape.queries, shape.keys, 2)
        assert (found.tied, found.vocabulary, found.mlp) == (shape.tied, 1000, 704)


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(CourseError, match="'nowhere' is no model.*Llama-2-7B"):
        shape_of("nowhere")
    with pytest.raises(CourseError, match="neither a config.json nor"):
        shape_of(str(tmp_path))
    for text in ("no JSON", "[]", json.dumps({"hidden_size": 5}), json.dumps({"model_type": "x"})):
        (tmp_path / "config.json").write_text(text, encoding="utf-8")
        with pytest.raises(CourseError, match="is no configuration"):
            shape_of(str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}), encoding="utf-8")
    with pytest.raises(CourseError, match="'gpt2'"):
        shape_of(str(tmp_path))


def test_a_broken_or_foreign_file_of_weights_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(CourseError, match="is no safetensors file"):
        shape_of(str(path))
    save_file({"some.weight": torch.zeros(3, 3)}, path)
    with pytest.raises(CourseError, match="has no tensor '...embed_tokens.weight'"):
        shape_of(str(path))
