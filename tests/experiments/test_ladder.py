"""The ladder on a tiny model: what is written, gone on with, and what a failure leaves."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import ladder, ladder_jobs, ladder_prompts, run_study
from course_utils.experiments.until_best import Rule
from course_utils.methods.names import Method
from course_utils.model.identity import remember_origin
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.recorded.ladder import FEW_SHOT, FOLDER, ZERO_SHOT, read_rungs
from tests.experiments.test_label_counts import task  # noqa: F401

pytestmark = pytest.mark.slow  # together many seconds

LORA, SOFT, FULL = Method.LORA.value, Method.PROMPT_TUNING.value, Method.FULL.value
NAME = "SmolLM2-135M-Instruct"


@pytest.fixture
def study(monkeypatch, tmp_path, task):  # noqa: F811
    """Run the study in this process, on a tiny model and a task of 40 texts."""
    done = []

    def perform_next(perform, next_job, workers):
        while (job := next_job()) is not None:
            done.append(job)
            yield perform(job)

    def load_model():
        model = tiny_model()
        remember_origin(model, ())
        return model, tiny_tokenizer()

    monkeypatch.setattr(ladder, "perform_next", perform_next)
    monkeypatch.setattr(ladder_jobs, "load_model", load_model)
    monkeypatch.setattr(ladder_jobs.tasks, "load", lambda name: task)
    monkeypatch.setattr(ladder_jobs, "RULE", Rule(8, 2, 2, 2, 4, cooldown=2))
    monkeypatch.setattr(ladder_jobs, "LENGTH", 3)
    monkeypatch.setattr(ladder_prompts, "SHOTS", (2,))

    def run():
        done.clear()
        ladder.study_ladder(tmp_path, 1, chosen=["movies"])
        return list(done), read_rungs(tmp_path / FOLDER / f"{NAME}.jsonl")

    return run


def test_each_method_is_searched_and_then_trained_with_three_seeds(study, task, capsys):  # noqa: F811
    done, rungs = study()
    for method in (SOFT, LORA, FULL):
        own = [rung for rung in rungs if rung.method == method]
        searched = {rung.learning_rate for rung in own if rung.seed == 0}
        assert 3 <= len(searched) <= 6 and len(own) == len(searched) + 2
        assert {rung.seed for rung in own} == {0, 1, 2}
        assert all(rung.readings[-1][1] == rung.correct for rung in own)
        assert all(len(rung.correct) == len(task.test) for rung in own)
        assert max(rung.together for rung in own) == (1 if method == FULL else 3)
    assert {r.trainable_parameters for r in rungs if r.method == SOFT} == {3 * 32}
    assert "prompt tuning rate 0.03 seed 0: test" in capsys.readouterr().out
    again, same = study()
    assert again == [] and same == rungs


def test_a_job_that_fails_leaves_the_others(study, monkeypatch, capsys):
    own = ladder_jobs.prepared

    def failing(method, *rest):
        if method == LORA:
            raise torch.OutOfMemoryError("full\nof tensors")
        return own(method, *rest)

    monkeypatch.setattr(ladder_jobs, "prepared", failing)
    done, rungs = study()
    assert [job.method for job in done].count(LORA) == 1
    assert {rung.method for rung in rungs} == {ZERO_SHOT, FEW_SHOT, SOFT, FULL}
    assert "FAILED" in capsys.readouterr().out
    assert run_study.Failed is ladder.Failed


def test_a_wrong_task_is_refused(tmp_path):
    with pytest.raises(CourseError, match="no task 'tweets'"):
        ladder.study_ladder(tmp_path, 1, chosen=["tweets"])


@pytest.mark.parametrize(
    "model, name", [("", NAME), ("me/Qwen2.5-0.5B", "Qwen2.5-0.5B"), ("/a/b/", "b")]
)
def test_a_model_is_known_by_the_last_part_of_its_name(model, name):
    assert ladder.name_of(model) == name
