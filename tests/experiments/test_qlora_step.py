"""Seconds and memory of a step of QLoRA, on a tiny model."""

import json

import pytest

from course_utils.experiments import qlora_step as study
from tests.experiments import wide_model

pytestmark = pytest.mark.slow  # together many seconds


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
    wide_model.use(tmp_path / "model", monkeypatch)


@pytest.mark.parametrize("method", study.ARMS)
def test_steps_are_timed(monkeypatch, method):
    ways = study._ways
    monkeypatch.setattr(study, "_ways", lambda *inputs: ways(*inputs)[:1])  # the other is slow
    measured = study.time_method(method, timed=study.WARM + 2)
    assert measured["plain"]["seconds"] > 0
    assert measured["plain"]["peak_memory"] >= measured["plain"]["before"] > 0


def test_the_report_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(study, "time_steps", lambda timed: {"steps": timed - study.WARM})
    assert study.study_qlora_step(tmp_path / "new") == {"steps": 20}
    assert json.loads((tmp_path / "new" / "qlora_step.json").read_text()) == {"steps": 20}
