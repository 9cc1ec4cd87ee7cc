"""The study of QLoRA: which rates are tried, what is trained then, and going on after a failure."""

import dataclasses
import json

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import qlora as study
from course_utils.experiments import qlora_plan
from course_utils.experiments.qlora_runs import StartJob, TrainingJob
from course_utils.recorded.qlora import Arm, Merge, Start, Training, Trial, recorded_qlora

BEST = {"QLoRA": 8e-4, "LoRA": 5e-3}  # of the made-up losses; the second lies beyond the grid
ARMS = (Arm("QLoRA", "NF4"), Arm("LoRA", "bfloat16"))


@pytest.fixture(autouse=True)
def two_arms(monkeypatch):
    for module in (study, qlora_plan):
        monkeypatch.setattr(module, "ARMS", ARMS)
    monkeypatch.setattr(qlora_plan, "STARTS", (StartJob("bfloat16"), StartJob("NF4", 0)))


def result(job):
    if isinstance(job, StartJob):
        return Start(job.name, 0.1, "1011", 100.0)
    loss = abs(job.learning_rate - BEST[job.arm.name]) + job.seed / 1e6
    trial = Trial(job.arm.name, job.learning_rate, job.seed, 3, loss, 110.0)
    if not job.final:
        return trial
    training = Training(**dataclasses.asdict(trial), correct="1101", trainable_parameters=8,
                        seconds=1.0, peak_memory=9)  # fmt: skip
    return training, [Merge(job.arm.name, job.seed, "original", "1111", 105.0)]


@pytest.fixture
def done(monkeypatch):
    """Jobs that were done in this process, without a model, the last chosen first."""
    jobs = []

    def perform_next(perform, next_job, workers):
        while running := [job for _ in range(workers) if (job := next_job()) is not None]:
            jobs.extend(running)
            yield from map(perform, running)

    monkeypatch.setattr(study, "perform_next", perform_next)
    monkeypatch.setattr(study, "perform", result)
    return jobs


def rates(report, arm):
    return sorted({row["learning_rate"] for row in report["trials"] if row["arm"] == arm})


def test_rates_are_searched_before_the_test_reviews_are_read(done, tmp_path):
    report = study.study_qlora(tmp_path, workers=3)
    assert rates(report, "QLoRA") == [2e-4, 5e-4, 1e-3, 2e-3]
    assert rates(report, "LoRA") == [2e-4, 5e-4, 1e-3, 2e-3, 4e-3, 8e-3]
    assert len(report["trials"]) == 2 * (4 + 6) and len(report["starts"]) == 2
    for name, rate in {"QLoRA": 1e-3, "LoRA": 4e-3}.items():
        finals = [row for row in report["trainings"] if row["arm"] == name]
        assert [row["seed"] for row in finals] == [0, 1, 2, 3, 4]
        assert {row["learning_rate"] for row in finals} == {rate}
        tried = [i for i, job in enumerate(done) if _of(job, name) and not job.final]
        assert max(tried) < min(i for i, job in enumerate(done) if _of(job, name) and job.final)


def _of(job, name):
    return isinstance(job, TrainingJob) and job.arm.name == name


def test_the_report_is_read_back(done, tmp_path, monkeypatch):
    report = study.study_qlora(tmp_path, workers=2)
    assert json.loads((tmp_path / "qlora.json").read_text()) == report
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    found = recorded_qlora()
    assert found.arms == list(ARMS) and found.start("NF4").perplexity == 100
    assert [training.seed for training in found.of("LoRA")] == [0, 1, 2, 3, 4]
    assert len(found.merged("LoRA", "original")) == 5 and not found.merged("LoRA", "dequantised")
    assert {"bitsandbytes", "peft", "torch"} <= set(found.versions)


def test_what_is_there_is_not_done_again(done, tmp_path, monkeypatch):
    def cut_off(job):
        if len(done) > 17:
            raise KeyboardInterrupt
        return result(job)

    monkeypatch.setattr(study, "perform", cut_off)
    with pytest.raises(KeyboardInterrupt):
        study.study_qlora(tmp_path, workers=1)
    monkeypatch.setattr(study, "perform", result)
    report = study.study_qlora(tmp_path, workers=1)
    assert len(done) == 20 + 2 + 10 + 1  # trials, starts, trainings; one was cut off
    again = len(done)
    assert study.study_qlora(tmp_path, workers=1) == report and len(done) == again


def test_a_rate_that_diverges_is_dropped_and_the_study_goes_on(done, tmp_path, monkeypatch, capsys):
    def diverging(job):
        if isinstance(job, TrainingJob) and job.learning_rate >= 2e-3 and job.seed == 1:
            raise CourseError("The loss is nan", "lower the learning rate")
        return result(job)

    monkeypatch.setattr(study, "perform", diverging)
    report = study.study_qlora(tmp_path, workers=2)
    assert {row["learning_rate"] for row in report["trainings"]} == {1e-3}
    assert len(report["trainings"]) == 10
    assert "FAILED" in capsys.readouterr().out


def test_a_final_training_that_failed_is_tried_again_by_the_same_command(
    done, tmp_path, monkeypatch
):
    def failing(job):
        if isinstance(job, TrainingJob) and job.final and job.seed == 2:
            raise RuntimeError("CUDA error")
        return result(job)

    monkeypatch.setattr(study, "perform", failing)
    assert len(study.study_qlora(tmp_path, workers=2)["trainings"]) == 8
    monkeypatch.setattr(study, "perform", result)
    assert len(study.study_qlora(tmp_path, workers=2)["trainings"]) == 10
