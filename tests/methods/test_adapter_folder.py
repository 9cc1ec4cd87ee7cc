"""Tensors and settings on disk: written together, read together, or refused."""

import pytest
import torch
from safetensors.torch import load_file

from course_utils.errors import CourseError
from course_utils.methods import adapter_folder
from course_utils.methods.adapter_folder import CONFIG, TENSORS, read, save
from course_utils.model.identity import base_of
from course_utils.model.tiny import tiny_model

STATE, SETTINGS = {"a": torch.arange(3.0)}, {"r": 3}


def test_what_is_saved_is_read(tmp_path):
    base = base_of(tiny_model())
    size = save(STATE, SETTINGS, tmp_path / "new", base)
    assert size == sum(path.stat().st_size for path in (tmp_path / "new").iterdir())
    got = read(tmp_path / "new", "save")
    assert got.settings == SETTINGS and torch.equal(got.tensors["a"], STATE["a"])
    got.refuse_other_base(tiny_model())
    with pytest.raises(CourseError, match="other weights"):
        got.refuse_other_base(tiny_model(seed=1))


def test_without_a_base_any_model_may_have_it(tmp_path):
    save(STATE, SETTINGS, tmp_path, None)
    read(tmp_path, "save").refuse_other_base(tiny_model(seed=1))


def test_new_settings_with_old_tensors_are_refused(tmp_path):
    """A kill between the two files."""
    save(STATE, SETTINGS, tmp_path, None)
    old = (tmp_path / TENSORS).read_bytes()
    save(STATE, {"r": 4}, tmp_path, None)
    (tmp_path / TENSORS).write_bytes(old)
    with pytest.raises(CourseError, match="cut off"):
        read(tmp_path, "save")


@pytest.mark.parametrize("damage", ["no settings", "no tensors", "half", "list", "text"])
def test_damage_is_said(tmp_path, damage):
    save(STATE, SETTINGS, tmp_path, None)
    config, tensors = tmp_path / CONFIG, tmp_path / TENSORS
    {
        "no settings": config.unlink,
        "no tensors": tensors.unlink,
        "half": lambda: tensors.write_bytes(tensors.read_bytes()[:20]),
        "list": lambda: config.write_text("[1]"),
        "text": lambda: config.write_text("{"),
    }[damage]()
    with pytest.raises(CourseError, match="nothing sound .* save it again with save_adapter"):
        read(tmp_path, "save_adapter")


def test_an_interrupt_while_writing_leaves_what_was_there(tmp_path, monkeypatch):
    save(STATE, SETTINGS, tmp_path, None)
    real = adapter_folder.save_file

    def interrupted(*arguments):
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(adapter_folder, "save_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save({"a": torch.zeros(3)}, {"r": 9}, tmp_path, None)
    assert read(tmp_path, "save").settings == SETTINGS
    assert torch.equal(load_file(tmp_path / TENSORS)["a"], STATE["a"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, TENSORS]
