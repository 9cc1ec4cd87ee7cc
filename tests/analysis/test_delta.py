"""The update of lesson 2, kept and read again."""

import pytest
import torch

from course_utils.analysis import weight_update
from course_utils.analysis.weight_update import delta_path, save_delta, update_of
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model


def test_base_plus_delta_is_the_tuned_model(tmp_path):
    base, tuned = tiny_model(seed=0), tiny_model(seed=0)
    with torch.no_grad():
        for parameter in tuned.parameters():
            parameter.add_(1e-3 * torch.randn_like(parameter))
    size = save_delta(base, dict(tuned.named_parameters()), tmp_path / "delta.safetensors")
    assert size > 2 * sum(p.numel() for p in base.parameters())
    expected = dict(tuned.named_parameters())
    for name, parameter in base.named_parameters():
        update = update_of(tmp_path / "delta.safetensors", name)
        torch.testing.assert_close(parameter + update, expected[name], atol=2e-5, rtol=0)


def test_the_update_of_masters_is_finer_than_the_weights_of_the_model(tmp_path):
    base = tiny_model().bfloat16()
    masters = {name: p.float() + 1e-4 for name, p in base.named_parameters()}
    save_delta(base, masters, tmp_path / "delta.safetensors")
    name = "model.layers.0.mlp.up_proj.weight"
    update = update_of(tmp_path / "delta.safetensors", name)
    assert update.dtype == torch.float32 and update.shape == (48, 32)
    torch.testing.assert_close(update, torch.full((48, 32), 1e-4), rtol=4e-3, atol=2e-8)
    with pytest.raises(CourseError, match="cannot be read"):
        update_of(tmp_path / "delta.safetensors", "odd")


def test_a_parameter_without_a_master_is_named(tmp_path):
    masters = dict(tiny_model().named_parameters())
    del masters["model.norm.weight"]
    with pytest.raises(CourseError, match="such as model.norm.weight"):
        save_delta(tiny_model(), masters, tmp_path / "delta.safetensors")


def test_each_model_and_precision_has_a_file_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    paths = set()
    for model in ("/runs/llama/checkpoint-100", "/runs/qwen/checkpoint-100", "org/name"):
        monkeypatch.setenv("COURSE_MODEL", model)
        for dtype in (torch.float32, torch.bfloat16):
            monkeypatch.setattr(weight_update, "pick_dtype", lambda dtype=dtype: dtype)
            paths.add(delta_path())
            assert delta_path().parent == tmp_path
    assert len(paths) == 6
