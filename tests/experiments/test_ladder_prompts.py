"""The best of several prompts, chosen on validation items."""

import pytest

from course_utils.data.prompts import Prompt
from course_utils.experiments import ladder_prompts
from course_utils.experiments.ladder_plan import TASKS
from course_utils.experiments.ladder_prompts import ASKED, few_shot, trained_prompt, zero_shot
from course_utils.measure.scoring import evaluate
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from tests.experiments.test_label_counts import task  # noqa: F401


def test_zero_shot_is_the_best_template_or_better_by_calibration(task):  # noqa: F811
    model, tokenizer = tiny_model(), tiny_tokenizer()
    prompts = [Prompt(template, task.label_words) for template in ASKED["movies"]]
    plain = [evaluate(model, tokenizer, p, task.validation).accuracy for p in prompts]
    found = zero_shot(model, tokenizer, task, task.validation)
    assert found.accuracy >= max(plain) and found.prompt in prompts
    if not found.name.endswith("calibrated"):
        assert found.accuracy == max(plain)
        assert found.correct == evaluate(model, tokenizer, found.prompt, task.test).correct


def test_few_shot_has_examples_before_the_prompt(task, monkeypatch):  # noqa: F811
    monkeypatch.setattr(ladder_prompts, "SHOTS", (2,))
    prompt = trained_prompt(task)
    found = few_shot(tiny_model(), tiny_tokenizer(), task, task.validation, prompt)
    assert found.name.startswith("2 shots, draw") and found.prompt.template == prompt.template
    assert found.prompt.prefix.count("Sentiment:") == 2 and len(found.correct) == len(task.test)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_four_templates(name):
    assert len(set(ASKED[name])) == 4
