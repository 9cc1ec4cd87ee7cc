"""Recorded runs: what is kept of a run, and how it comes back."""

import dataclasses

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import plan
from course_utils.recorded import runs as recorded_runs

ENVIRONMENT = {"device": "a GPU", "versions": {"torch": "2"}, "date": "2026-11-24"}


def record(run, correct="10110", **more):
    measured = {
        "steps": 3,
        "batch_size": 32,
        "correct": correct,
        "domains": {"tweets": "011"},
        "perplexity": 120.5,
        "best": [3, 0.25],
        "trainable_parameters": 7,
        "seconds": 1.5,
        "peak_memory": 10,
    }
    return recorded_runs.Record(**dataclasses.asdict(run), **measured | more, **ENVIRONMENT)


@pytest.mark.parametrize("correct", ["1", "0", "10110", "1111", "0000000011", "01" * 505])
def test_a_record_survives_the_file(correct, tmp_path):
    kept = record(plan.methods()[0], correct)
    recorded_runs.write([kept, kept], tmp_path / "study.jsonl")
    assert recorded_runs.read(tmp_path / "study.jsonl") == [kept, kept]
    assert correct not in (tmp_path / "study.jsonl").read_text() or len(correct) < 5


def test_a_record_knows_its_run_and_its_accuracy():
    run = plan.clusters()[-1]
    kept = record(run)
    assert recorded_runs.run_of(kept) == run and kept.accuracy == 0.6
    assert kept.interval[0] < 0.6 < kept.interval[1]


def test_the_vectors_of_different_prompts_have_different_names():
    keys = [record(run).key for run in plan.clusters()]
    assert len(set(keys)) == len(keys)


def test_a_study_that_was_never_recorded_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments methods"):
        recorded_runs.recorded("methods")
