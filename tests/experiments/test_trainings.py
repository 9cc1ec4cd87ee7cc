"""What the studies share: prompt, examples and one training, on a small model."""

import types

import datasets
import pytest

from course_utils.experiments import trainings
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer
from course_utils.training.plan import TrainingConfig


def items(count, seed):
    texts = [f"film {seed} {i % 7}" for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


@pytest.fixture
def task(monkeypatch):
    monkeypatch.setattr(trainings, "VALIDATION", 6)
    return types.SimpleNamespace(
        name="movies", label_words=WORDS[:2], train=items(30, 0), validation=items(8, 1)
    )


def test_reviews_and_other_texts_have_their_prompts(task):
    assert trainings.prompt_of(task).template == "Review: {text}\nSentiment:"
    task.name = "source"
    assert trainings.prompt_of(task).template == "Text: {text}\nSource:"
    task.name = "pair"
    assert trainings.prompt_of(task).template.startswith("{text}\nQuestion: which review is more")


def test_examples_are_of_the_training_items_or_of_others(task):
    tokenizer = tiny_tokenizer()
    examples, validation = trainings.examples_of(tokenizer, task)
    assert (len(examples), len(validation)) == (30, 6)
    other, _ = trainings.examples_of(tokenizer, task, items(4, 2))
    assert len(other) == 4


def test_a_training_has_a_history_its_seconds_and_its_peak(task):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    seen = []
    trained = trainings.train_once(
        model,
        tokenizer,
        trainings.examples_of(tokenizer, task),
        TrainingConfig(1e-2, 6, 4, validate_every=3),
        seen.append,
    )
    assert seen == [0, 3, 6] == [step for step, _ in trained.history.validations]
    assert trained.seconds > 0 and trained.peak_memory > 0
    assert trained.history.best[1] < trained.history.validations[0][1]
