"""The study of float16: the precisions side by side, on stand-ins for its trainings."""

import json

import pytest
import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import float16
from course_utils.recorded.float16 import float16_table, recorded_float16


def test_the_study_compares_the_precisions(monkeypatch, tmp_path, capsys):
    def trained(method, dtype):
        correct = "1101" if dtype == torch.float16 else "1100"
        return {"correct": correct, "skipped": 1, "seconds": 2.0}, torch.device("cpu")

    monkeypatch.setattr(float16, "_train", trained)
    report = float16.study_float16(tmp_path)
    saved = json.loads((tmp_path / "float16.json").read_text())
    assert saved["runs"] == report["runs"] and len(saved["runs"]) == 4 and "device" in saved
    lines = float16_table(saved).splitlines()
    assert len(lines) == 6 and "accuracy 0.500" in lines[0] and "accuracy 0.750" in lines[1]
    assert "1 of 60 steps skipped" in lines[1] and "against float16" in lines[2]
    assert lines[-1] in capsys.readouterr().out


def test_a_study_that_was_not_recorded_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="experiments float16"):
        recorded_float16()
