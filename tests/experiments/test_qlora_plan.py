"""The jobs of the study of QLoRA: which there are, and in which order."""

import pytest

from course_utils.experiments import qlora_plan
from course_utils.experiments.plan import TARGETS
from course_utils.experiments.qlora_plan import ARMS, KINDS, RATES, STARTS, Plan
from course_utils.experiments.qlora_runs import StartJob, TrainingJob
from course_utils.recorded.qlora import Arm, Start, Trial


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.setattr(qlora_plan, "ARMS", (Arm("QLoRA", "NF4"), Arm("LoRA", "bfloat16")))
    monkeypatch.setattr(qlora_plan, "STARTS", (StartJob("bfloat16"), StartJob("NF4", 0)))
    return Plan({kind: [] for kind in KINDS})


def jobs_of(plan):
    found = []
    while (job := plan.next_job()) is not None:
        found.append(job)
    return found


def test_every_job_is_given_once(plan):
    jobs = jobs_of(plan)
    assert len(jobs) == len(set(jobs)) == 2 * 4 * 2 + 2  # nothing was tried yet
    assert not any(isinstance(job, TrainingJob) and job.final for job in jobs)
    assert [type(job) for job in jobs[-2:]] == [StartJob] * 2


def test_the_chosen_rate_is_trained_as_soon_as_it_is_known(plan):
    jobs_of(plan)
    for rate in RATES:
        for seed in (0, 1):
            plan.add(Trial("LoRA", rate, seed, 9, abs(rate - 1e-3), 100.0))
    following = jobs_of(plan)
    assert [(j.arm.name, j.learning_rate, j.seed) for j in following] == [
        ("LoRA", 1e-3, seed) for seed in range(5)
    ]


def test_where_the_best_rate_is_the_last_the_next_one_is_tried(plan):
    jobs_of(plan)
    for rate in RATES:
        for seed in (0, 1):
            plan.add(Trial("LoRA", rate, seed, 9, 1 - rate, 100.0))
    assert {(job.learning_rate, job.seed, job.final) for job in jobs_of(plan)} == {
        (4e-3, 0, False), (4e-3, 1, False)
    }  # fmt: skip


def test_what_was_measured_is_not_given(monkeypatch):
    monkeypatch.setattr(qlora_plan, "ARMS", ())
    plan = Plan({kind: [] for kind in KINDS})
    plan.add(Start(STARTS[0].name, 0.0, "10", 100.0))
    assert jobs_of(plan) == list(STARTS[1:])


def test_attention_of_rank_21_has_about_as_many_numbers_as_all_layers_of_rank_8():
    by_name = {arm.name: arm for arm in ARMS}
    shapes = {"q_proj": 576 + 576, "k_proj": 192 + 576, "v_proj": 192 + 576, "o_proj": 576 + 576}
    shapes |= dict.fromkeys(("gate_proj", "up_proj", "down_proj"), 576 + 1536)
    numbers = {
        name: by_name[name].rank * sum(shapes[t] for t in TARGETS[by_name[name].targets])
        for name in ("QLoRA", "QLoRA, attention, rank 21")
    }
    assert numbers["QLoRA, attention, rank 21"] == pytest.approx(numbers["QLoRA"], rel=0.01)
