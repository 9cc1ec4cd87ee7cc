"""The spectra of an update: recorded, and read from a learner's file."""

import pytest
import torch

from course_utils.analysis.weight_update import delta_path, save_delta, spectra_of
from course_utils.errors import CourseError
from course_utils.model.layers import linear_layers
from course_utils.model.tiny import tiny_model


@pytest.fixture
def saved(tmp_path):
    """An update of rank 1 in every matrix, on disk."""
    base, tuned = tiny_model(), tiny_model()
    with torch.no_grad():
        for layer in linear_layers(tuned).values():
            out, in_ = layer.weight.shape
            layer.weight += 0.01 * torch.randn(out, 1) @ torch.randn(1, in_)
    save_delta(base, dict(tuned.named_parameters()), tmp_path / "delta.safetensors")
    return tmp_path / "delta.safetensors"


def test_the_middle_layers_matrices_are_read(saved):
    spectra = spectra_of(saved)
    assert len(spectra) == 7 and all(".layers.1." in name for name in spectra)
    for values in spectra.values():
        found = values["update"]
        assert list(found.values) == sorted(found.values, reverse=True)
        assert found.energy(1) > 0.999 > 0.4 > values["random"].energy(1)
        if found.count == 16:  # all values are kept
            norms = [sum(v**2 for v in values[kind].values) for kind in ("update", "random")]
            assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def test_a_file_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="lesson 2"):
        spectra_of(tmp_path / "none.safetensors")


def test_a_damaged_file_says_what_to_do(tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"no tensors here")
    with pytest.raises(CourseError, match="lesson 2"):
        spectra_of(tmp_path / "bad.safetensors")


def test_another_family_of_models_is_refused(tmp_path):
    masters = dict(tiny_model("gpt2", seed=1).named_parameters())
    save_delta(tiny_model("gpt2"), masters, tmp_path / "delta.safetensors")
    with pytest.raises(CourseError, match="Conv1D"):
        spectra_of(tmp_path / "delta.safetensors")


def test_each_model_has_an_update_of_its_own(monkeypatch):
    own = delta_path()
    monkeypatch.setenv("COURSE_MODEL", "models/another-one/")
    assert delta_path() != own and "another-one" in delta_path().name
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert delta_path().name.endswith("_quick.safetensors")
