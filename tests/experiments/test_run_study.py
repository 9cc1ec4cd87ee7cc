"""Studies go on after an interruption, and keep what their runs leave."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import plan, run_study, schedule
from course_utils.experiments.train_and_measure import Performed
from course_utils.recorded import paths as recorded_paths
from course_utils.recorded import runs as recorded_runs
from tests.experiments.made_up_records import record


@pytest.fixture
def performed(monkeypatch):
    """The runs that are made: at once, in this process, and without a model."""
    made = []

    def perform_next(perform, next_job, workers):
        while (run := next_job()) is not None:
            made.append(run)
            yield run_study._perform_or_say(run)

    monkeypatch.setattr(run_study, "perform_next", perform_next)
    monkeypatch.setattr(run_study, "perform", performed_at_once)
    return made


def performed_at_once(run):
    vectors = torch.full((2, 3), float(run.seed))
    path = None
    if run.study == "paths":
        path = recorded_paths.PromptPath([0, 3], [0.7, 0.6], [0.5, 0.75], torch.zeros(2, 2, 3))
    return Performed(record(run), vectors, vectors + 1, path)


def only(monkeypatch, study, runs):
    monkeypatch.setitem(schedule.STUDIES, study, lambda: runs)


def test_a_study_goes_on_where_it_was_cut_off(monkeypatch, performed, tmp_path):
    runs = plan.clusters()[:3]
    only(monkeypatch, "clusters", runs[:2])
    run_study.run_studies(["clusters"], tmp_path, workers=1)
    only(monkeypatch, "clusters", runs)
    run_study.run_studies(["clusters"], tmp_path, workers=1)
    assert performed == runs
    kept = [recorded_runs.run_of(r) for r in recorded_runs.read(tmp_path / "clusters.jsonl")]
    assert len(kept) == 3 and set(kept) == set(runs)


def test_starts_and_kept_vectors_come_back(monkeypatch, performed, tmp_path):
    runs = [run for run in plan.clusters() if run.init in ("random", "labels") and run.seed < 3]
    only(monkeypatch, "clusters", runs)
    run_study.run_studies(["clusters"], tmp_path, workers=1)
    monkeypatch.setattr(recorded_runs.settings, "RECORDED", tmp_path)
    vectors = recorded_runs.soft_prompts("clusters")
    assert set(vectors) == {record(run).key for run in runs}
    for run in runs:
        if run.init == "random":
            start, kept = vectors[record(run).key]
            assert (start == run.seed).all() and (kept == run.seed + 1).all()
    stored = recorded_runs.load_file(tmp_path / "clusters.safetensors")
    starts = [key for key in stored if key.startswith("start/")]
    assert len(starts) == 3 + 4  # one a seed, and one a task: each start once


def test_paths_come_back_and_are_gone_on_with(monkeypatch, performed, tmp_path):
    runs = plan.paths()
    only(monkeypatch, "paths", runs[:2])
    run_study.run_studies(["paths"], tmp_path, workers=1)
    only(monkeypatch, "paths", runs)
    run_study.run_studies(["paths"], tmp_path, workers=1)
    monkeypatch.setattr(recorded_runs.settings, "RECORDED", tmp_path)
    found = recorded_paths.prompt_paths()
    assert performed == runs and set(found) == {record(run).key for run in runs}
    assert all(path.accuracies == [0.5, 0.75] for path in found.values())
    assert all(path.vectors.shape == (2, 2, 3) for path in found.values())


def test_other_studies_keep_the_vectors_after_training_alone(monkeypatch, performed, tmp_path):
    runs = [plan.prompt("prompt_grid", 1e-2, 0, length=length) for length in (2, 100)]
    only(monkeypatch, "prompt_grid", [*runs, plan.lora("prompt_grid", 1e-2, 0)])
    run_study.run_studies(["prompt_grid"], tmp_path, workers=1)
    monkeypatch.setattr(recorded_runs.settings, "RECORDED", tmp_path)
    [(key, vectors)] = recorded_runs.soft_prompts("prompt_grid").items()
    assert key == record(runs[0]).key and vectors.shape == (1, 2, 3) and (vectors == 1).all()


def test_several_studies_share_the_workers_and_each_has_its_file(monkeypatch, performed, tmp_path):
    only(monkeypatch, "clusters", plan.clusters()[:2])
    only(monkeypatch, "steps", plan.steps()[:2])
    run_study.run_studies(["clusters", "steps"], tmp_path, workers=1)
    assert [run.study for run in performed] == ["steps", "steps", "clusters", "clusters"]
    for study in ("clusters", "steps"):
        assert {r.study for r in recorded_runs.read(tmp_path / f"{study}.jsonl")} == {study}


def test_a_run_that_fails_is_said_and_the_others_go_on(monkeypatch, performed, tmp_path, capsys):
    runs = plan.steps()[:3]
    only(monkeypatch, "steps", runs)

    def fails(run):
        if run == runs[1]:
            raise CourseError("The loss is nan", "lower the learning rate")
        return performed_at_once(run)

    monkeypatch.setattr(run_study, "perform", fails)
    run_study.run_studies(["steps"], tmp_path, workers=1)
    kept = [recorded_runs.run_of(r) for r in recorded_runs.read(tmp_path / "steps.jsonl")]
    assert set(kept) == {runs[0], runs[2]} and "FAILED" in (said := capsys.readouterr().out)
    assert "The loss is nan" in said


def test_the_file_has_the_seeds_of_a_setting_one_after_the_other(monkeypatch, performed, tmp_path):
    runs = [run for run in plan.lora_grid() if run.rank == 1 and run.alpha == 2]
    only(monkeypatch, "lora_grid", runs)
    run_study.run_studies(["lora_grid"], tmp_path, workers=1)
    kept = recorded_runs.read(tmp_path / "lora_grid.jsonl")
    assert [r.seed for r in kept] == [0, 1, 2] * (len(kept) // 3)
