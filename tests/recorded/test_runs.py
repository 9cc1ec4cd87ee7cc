"""Recorded runs: what is kept of a run, and how it comes back."""

import dataclasses

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import finals, plan
from course_utils.recorded import runs as recorded_runs
from tests.experiments.made_up_records import record


@pytest.mark.parametrize("correct", ["1", "0", "10110", "1111", "0000000011", "01" * 505])
def test_a_record_survives_the_file(correct, tmp_path):
    kept = record(plan.lora_grid()[0], correct=correct)
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


def test_a_run_without_steps_and_items_is_one_of_before(tmp_path):
    """The rows of QLoRA were recorded before a run had these fields."""
    recorded_runs.write([record(plan.lora("qlora", 5e-4, 0))], tmp_path / "qlora.jsonl")
    text = (tmp_path / "qlora.jsonl").read_text().replace(', "items": "test"', "")
    (tmp_path / "qlora.jsonl").write_text(text)
    [kept] = recorded_runs.read(tmp_path / "qlora.jsonl")
    assert recorded_runs.run_of(kept) == plan.lora("qlora", 5e-4, 0)


def test_runs_of_other_steps_or_items_are_other_runs():
    run = plan.lora("s", 1e-3, 0)
    others = [
        dataclasses.replace(run, steps=735),
        dataclasses.replace(run, items="validation"),
        dataclasses.replace(run, init="pissa"),
    ]
    assert len({run, *others, *(recorded_runs.run_of(record(other)) for other in others)}) == 4


def test_starts_that_are_the_same_have_one_name():
    names = {}
    for run in plan.clusters():
        names.setdefault(recorded_runs.start_key(record(run).key), []).append(run)
    by_init = {init: [g for g in names.values() if g[0].init == init] for init in plan.STARTS}
    assert {init: len(groups) for init, groups in by_init.items()} == {
        "random": 5, "matched": 5, "sampled": 20, "labels": 4,
    }  # fmt: skip
    assert all(len({r.seed for r in group}) == 1 for group in by_init["random"])
    assert all(len({r.task for r in group}) == 1 for group in by_init["labels"])
    assert all(len({(r.task, r.seed) for r in group}) == 1 for group in by_init["sampled"])


def test_every_study_of_runs_can_be_planned_or_says_what_it_needs():
    for study in (*plan.STUDIES, "pair"):
        assert finals.planned(study, {})


def test_a_study_that_was_never_recorded_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments methods"):
        recorded_runs.recorded("methods")
