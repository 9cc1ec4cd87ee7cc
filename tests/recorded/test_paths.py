"""Paths of soft prompts: what is kept of them, and how they come back."""

import pytest
import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.recorded.paths import PromptPath, prompt_paths, read_paths, write_paths


def path(seed):
    vectors = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(seed))
    return PromptPath([0, 49, 98], [0.7, 0.6, 0.55], [0.5, 0.75, 0.8], vectors)


def test_paths_survive_the_file_in_half_precision(monkeypatch, tmp_path):
    paths = {"movies/labels/20/0.01/0": path(0), "movies/random/20/0.01/1/shuffled": path(1)}
    write_paths(paths, tmp_path / "paths.safetensors")
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    for found in (read_paths(tmp_path / "paths.safetensors"), prompt_paths()):
        assert set(found) == set(paths)
        for key, kept in found.items():
            given = paths[key]
            assert (kept.steps, kept.losses) == (given.steps, given.losses)
            assert kept.accuracies == given.accuracies
            assert torch.equal(kept.vectors, given.vectors.half().float())


def test_paths_come_in_one_order(tmp_path):
    keys = [f"movies/labels/20/0.01/{seed}" for seed in range(9)]
    write_paths({key: path(0) for key in reversed(keys)}, tmp_path / "paths.safetensors")
    assert list(read_paths(tmp_path / "paths.safetensors")) == keys


def test_paths_that_were_never_recorded_say_how_to_make_them(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments paths"):
        prompt_paths()
