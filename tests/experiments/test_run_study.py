"""A study goes on after an interruption."""

import dataclasses

import torch

from course_utils.experiments import plan, run_study
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


def test_a_study_goes_on_where_it_was_cut_off(monkeypatch, tmp_path):
    performed = []

    def perform_all(perform, jobs, workers):
        """At once, in this process, and without a model."""
        for run in jobs:
            performed.append(run)
            yield record(run), [torch.full((2, 3), float(run.seed))] * 2

    monkeypatch.setattr(run_study, "perform_all", perform_all)
    runs = plan.clusters()[:3]
    monkeypatch.setitem(run_study.STUDIES, "clusters", lambda: runs[:2])
    run_study.run_study("clusters", tmp_path, workers=1)
    monkeypatch.setitem(run_study.STUDIES, "clusters", lambda: runs)
    run_study.run_study("clusters", tmp_path, workers=1)
    assert performed == runs
    kept = [recorded_runs.run_of(r) for r in recorded_runs.read(tmp_path / "clusters.jsonl")]
    assert len(kept) == 3 and set(kept) == set(runs)
    vectors = recorded_runs.load_file(tmp_path / "clusters.safetensors")
    assert len(vectors) == 3 and vectors[record(runs[2]).key].shape == (2, 2, 3)
