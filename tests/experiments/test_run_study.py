"""Recorded runs: the plan, what is kept of a run, and going on after an interruption."""

import collections
import dataclasses

import datasets
import pytest
import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import plan, run_study, train_and_measure
from course_utils.model.tiny import tiny_model, tiny_tokenizer
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


@pytest.mark.parametrize("study", plan.STUDIES)
def test_every_setting_is_run_once_with_each_of_three_seeds(study):
    runs = plan.STUDIES[study]()
    assert len(set(runs)) == len(runs)
    settings = collections.Counter(dataclasses.replace(run, seed=0) for run in runs)
    assert set(settings.values()) == {3} and {run.study for run in runs} == {study}


def test_lora_has_alpha_of_twice_the_rank_unless_given():
    assert plan.lora("s", 1e-3, 0, rank=4).alpha == 8.0
    assert plan.lora("s", 1e-3, 0, rank=4, alpha=3.0).alpha == 3.0


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


def test_shuffled_labels_are_the_same_labels_in_another_order():
    class Task:
        train = datasets.Dataset.from_dict({"text": list("abcdefgh"), "label": [0, 1] * 4})

    run = dataclasses.replace(plan.clusters()[0], shuffled=True, seed=1)
    shuffled = train_and_measure._training_items(run, Task)
    assert shuffled["text"][:] == Task.train["text"][:]
    assert sorted(shuffled["label"][:]) == [0] * 4 + [1] * 4
    assert shuffled["label"][:] != Task.train["label"][:]
    assert (
        train_and_measure._training_items(dataclasses.replace(run, shuffled=False), Task)
        is Task.train
    )


@pytest.mark.parametrize("method", ["full", "lora", "prompt"])
def test_only_what_the_method_trains_requires_gradients(method):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    run = next(run for run in plan.methods() if run.method == method)
    run = dataclasses.replace(run, init="random") if method == "prompt" else run
    train_and_measure.prepare(run, model, tokenizer, None, None)
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    if method == "full":
        assert len(trained) == len(list(model.parameters()))
    else:
        part = {"lora": "lora_", "prompt": "soft_prompt."}[method]
        assert trained and all(part in name for name in trained)


def test_a_study_goes_on_where_it_was_cut_off(monkeypatch, tmp_path):
    performed = []

    class Now:
        """A pool that runs what it is given at once, in this process."""

        def __init__(self, *arguments, **settings):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def submit(self, function, run, steps):
            performed.append(run)
            future = run_study.concurrent.futures.Future()
            vectors = [torch.full((2, 3), float(run.seed))] * 2
            future.set_result((record(run), vectors))
            return future

    monkeypatch.setattr(run_study.concurrent.futures, "ProcessPoolExecutor", Now)
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
