"""Adapters that are refused: the model is left as it was."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError
from course_utils.methods.adapter_folder import CONFIG, TENSORS
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import load_adapter, save_adapter
from course_utils.model.tiny import tiny_model


def course_model():
    model = tiny_model()
    add_lora(model, rank=3, alpha=5.0)
    return model


def changed(folder, config=None, tensors=None):
    """Change the settings and the tensors of a saved adapter."""
    settings = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(settings | (config or {})))
    state = load_file(folder / TENSORS)
    (tensors or (lambda state: None))(state)
    save_file(state, folder / TENSORS)


Q = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"


@pytest.mark.parametrize(
    ("config", "tensors", "message"),
    [
        ({"peft_type": "PROMPT_TUNING"}, None, "PROMPT_TUNING, not LORA"),
        ({"use_rslora": True}, None, "uses use_rslora"),
        ({"alpha_pattern": {"q_proj": 4}}, None, "uses alpha_pattern"),
        ({"init_lora_weights": "pissa"}, None, "init_lora_weights=pissa"),
        ({"r": 2}, None, "does not fit model.layers.0.self_attn.q_proj"),
        ({}, lambda s: s.update({Q: torch.zeros(3, 31)}), r"\(3, 31\)"),
        ({}, lambda s: s.pop(Q), "does not fit model.layers.0.self_attn.q_proj"),
        ({}, lambda s: s.update({"odd": torch.zeros(1)}), "odd, which is no LoRA matrix"),
        (
            {},
            lambda s: s.update({Q.replace(".0.", ".7."): s[Q] + 0}),
            "only the adapter has the layer",
        ),
        ({}, lambda s: [s.pop(key) for key in list(s) if ".0.mlp" in key], "only the model has"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_model_left(tmp_path, config, tensors, message):
    save_adapter(course_model(), tmp_path)
    changed(tmp_path, config, tensors)
    model = tiny_model()
    with pytest.raises(CourseError, match=message):
        load_adapter(model, tmp_path)
    assert not lora_layers(model) and all(p.requires_grad for p in model.parameters())


def test_a_missing_adapter_says_what_to_look_for(tmp_path):
    with pytest.raises(CourseError, match=CONFIG):
        load_adapter(tiny_model(), tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"lora_bias": True},
        {"modules_to_save": ["lm_head"]},
        {"bias": "all"},
        {"fan_in_fan_out": True},
        {"use_qalora": True},
        {"layers_to_transform": [0]},
        {"a_setting_of_tomorrow": 3},
        {"lora_alpha": "much"},
        {"r": 3.5},
        {"lora_dropout": 2},
    ],
)
def test_settings_of_peft_are_allowed_one_by_one(tmp_path, settings):
    save_adapter(course_model(), tmp_path)
    changed(tmp_path, settings)
    with pytest.raises(CourseError, match=next(iter(settings))):
        load_adapter(tiny_model(), tmp_path)


def test_an_adapter_that_is_not_finite_is_refused(tmp_path):
    save_adapter(course_model(), tmp_path)
    changed(tmp_path, tensors=lambda state: state[Q].fill_(float("nan")))
    with pytest.raises(CourseError, match="not finite"):
        load_adapter(tiny_model(), tmp_path)
