"""A job's rule, items and draws; ``test_ladder`` runs whole jobs."""

from course_utils.experiments import ladder_jobs
from course_utils.experiments.ladder_jobs import at_once, drawn, rule_of, task_of, validation_of
from course_utils.experiments.ladder_plan import Job
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_model
from tests.experiments.test_label_counts import task  # noqa: F401

FEW = Job("", "m", "movies", Method.LORA.value, labels=8, validation=5)


def test_with_few_labels_a_batch_has_all_of_them():
    assert rule_of(FEW).batch_size == 8
    assert rule_of(Job("", "m", "movies", Method.LORA.value)) == ladder_jobs.RULE


def test_the_first_validation_items_decide(task):  # noqa: F811
    assert validation_of(FEW, task)["text"][:] == task.validation["text"][:5]


def test_a_quick_run_has_few_items(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    quick = task_of(FEW)
    assert {len(quick.train), len(quick.validation), len(quick.test)} == {ladder_jobs.QUICK_ITEMS}
    assert rule_of(FEW).most_steps == ladder_jobs.QUICK_RULE.most_steps


def test_draws_depend_on_the_seed(task):  # noqa: F811
    assert drawn(task, 0) == drawn(task, 0) != drawn(task, 1)


def test_on_a_cpu_a_few_trials_go_together():
    assert at_once(tiny_model(), 100, 32) == ladder_jobs.ON_CPU
