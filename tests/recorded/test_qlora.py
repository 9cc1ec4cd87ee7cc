"""The tables of the recorded runs of QLoRA."""

import dataclasses
import json

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import qlora as study
from course_utils.methods.names import Method
from course_utils.recorded import qlora
from course_utils.recorded import runs as recorded_runs


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A recorded study: three seeds of three methods, and their steps."""
    like = next(r for r in recorded_runs.recorded("qlora") if r.method == Method.LORA)
    made = [dataclasses.replace(like, method=run.method, seed=run.seed) for run in study.runs()]
    recorded_runs.write(made, tmp_path / "qlora.jsonl")
    way = {"plain": {"seconds": 0.25, "before": 2**28, "peak_memory": 2**31}}
    report = dict.fromkeys(study.METHODS, way) | {"versions": {"torch": "2.11"}, "steps": 20}
    report |= {"batch_size": 32, "device": "a GPU", "date": "2026-11-24"}
    (tmp_path / "qlora_step.json").write_text(json.dumps(report))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return like


def test_recorded_runs_are_paired_by_seed_with_those_of_lora(recorded):
    found = qlora.runs()
    assert list(found) == list(study.METHODS)
    assert all([r.seed for r in seeds] == [0, 1, 2] for seeds in found.values())
    assert {(r.rank, r.learning_rate) for r in found[Method.LORA]} == {(8, 5e-4)}
    table = qlora.accuracy_table()
    assert table.count(f"{recorded.accuracy:.3f}") >= 6 and "n = 1010" in table
    assert table.count("points [") == 2 and table.count("recorded on NVIDIA H100") == 3


def test_recorded_steps_are_shown_in_milliseconds_and_gib(recorded):
    table = qlora.step_table()
    assert table.count("250") == 3 and table.count("1.75 GiB") == 3
    assert "torch 2.11" in table


def test_steps_that_were_never_recorded_say_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments qlora"):
        qlora.step_report()
