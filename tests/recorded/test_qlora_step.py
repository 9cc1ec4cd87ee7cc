"""The table of recorded steps."""

import json

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.recorded import qlora_step


def test_recorded_steps_are_shown_in_milliseconds_and_gib(tmp_path, monkeypatch):
    way = {"plain": {"seconds": 0.25, "before": 2**28, "peak_memory": 2**31}}
    report = dict.fromkeys(qlora_step.METHODS, way) | {"versions": {"torch": "2.11"}, "steps": 20}
    report |= {"batch_size": 32, "device": "a GPU", "date": "2026-11-24"}
    (tmp_path / "qlora_step.json").write_text(json.dumps(report))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    rows = qlora_step.step_rows()
    assert [row["method"] for row in rows] == list(qlora_step.METHODS)
    assert {(r["ms a step"], r["GiB held"], r["GiB added"]) for r in rows} == {(250, 0.25, 1.75)}
    assert qlora_step.where() == "Recorded: median of 20 steps of 32 reviews, a GPU, 2026-11-24"


def test_steps_that_were_never_recorded_say_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments qlora_step"):
        qlora_step.step_report()
