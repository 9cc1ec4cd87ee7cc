"""One run of a study: its items, and what it trains."""

import dataclasses

import datasets
import pytest

from course_utils.experiments import plan, train_and_measure
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_model, tiny_tokenizer


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


@pytest.mark.parametrize("method", [Method.FULL, Method.LORA, Method.PROMPT_TUNING])
def test_only_what_the_method_trains_requires_gradients(method):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    run = next(run for run in plan.methods() if run.method == method)
    run = dataclasses.replace(run, init="random") if method == Method.PROMPT_TUNING else run
    train_and_measure.prepare(run, model, tokenizer, None)
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    if method == Method.FULL:
        assert len(trained) == len(list(model.parameters()))
    else:
        part = {Method.LORA: "lora_", Method.PROMPT_TUNING: "soft_prompt."}[method]
        assert trained and all(part in name for name in trained)
