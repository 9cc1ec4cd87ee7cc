"""One run of a study: its items, what it trains, when it is validated, and what it leaves."""

import dataclasses

import datasets
import pytest
import torch

from course_utils.data import tasks
from course_utils.experiments import finals, plan, train_and_measure, trainings
from course_utils.methods.lora import lora_layers
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TEXTS = ["a good film", "bad", "the plot is thin", "a joy", "dull", "fine acting"]


def items(count):
    rows = {"text": [TEXTS[i % 6] + " " * (i // 6) for i in range(count)]}
    return datasets.Dataset.from_dict(rows | {"label": [i % 2 for i in range(count)]})


TASK = tasks.Task("movies", (" negative", " positive"), items(16), items(10), items(6))


@pytest.fixture
def small(monkeypatch):
    """Tiny models and few items instead of the course's."""
    monkeypatch.setattr(train_and_measure, "load_model", lambda: (tiny_model(), tiny_tokenizer()))
    monkeypatch.setattr(tasks, "load", lambda name: dataclasses.replace(TASK, name=name))
    monkeypatch.setattr(trainings, "VALIDATION", 4)


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


@pytest.mark.parametrize("kind", finals.COMPARED, ids=lambda run: f"{run.method} {run.init}")
def test_only_what_the_method_trains_requires_gradients(kind):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    train_and_measure.prepare(kind, model, tokenizer, TASK)
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    if kind.method == Method.FULL:
        assert len(trained) == len(list(model.parameters()))
    else:
        part = {Method.LORA: "lora_", Method.PROMPT_TUNING: "soft_prompt."}[kind.method]
        assert trained and all(part in name for name in trained)
    moved = [layer for layer in lora_layers(model).values() if layer.lora_B.any()]
    assert bool(moved) == (kind.init == "pissa")


@pytest.mark.parametrize("init", [*plan.STARTS, "text", "normal"])
def test_every_start_has_the_length_and_its_own_vectors(init):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    train_and_measure.prepare(plan.prompt("s", 1e-2, 1, init=init), model, tokenizer, TASK)
    start = model.soft_prompt.embedding.detach()
    table = model.get_input_embeddings().weight
    assert start.shape == (20, table.shape[1])
    is_word = (torch.cdist(start, table.detach()).min(1).values < 1e-3).all()
    assert bool(is_word) == (init in ("sampled", "labels", "text"))


@pytest.mark.parametrize("steps", [245, 490, 500, 735, 1500, 1960])
def test_every_method_is_validated_six_times_after_the_start(steps):
    for kind in finals.COMPARED:
        config = train_and_measure.config_of(
            dataclasses.replace(kind, steps=steps, learning_rate=1e-3)
        )
        places = {*range(config.validate_every, steps, config.validate_every), steps}
        assert len(places) == train_and_measure.VALIDATIONS
        assert config.steps == steps and config.seed == kind.seed


def test_a_path_has_a_moment_at_every_validation(small):
    run = dataclasses.replace(plan.paths()[0], steps=30)
    done = train_and_measure.perform(run)
    assert done.path.steps == list(range(0, 31, 3))
    assert done.path.vectors.shape == (11, 20, 32)
    assert torch.equal(done.path.vectors[0], done.start)
    assert len(done.path.losses) == 11 and set(done.path.accuracies) <= {0, 0.25, 0.5, 0.75, 1.0}
    best = min(range(11), key=lambda i: done.path.losses[i])
    assert done.record.best == [done.path.steps[best], done.path.losses[best]]
    assert torch.equal(done.path.vectors[best], done.kept)  # the weights that are measured


def test_a_search_measures_the_validation_items_that_chose_nothing(small):
    run = plan.lora("lora_grid", 1e-3, 0, rank=1, steps=2, items="validation")
    done = train_and_measure.perform(run)
    assert len(done.record.correct) == 6 and done.record.domains == {}
    chosen = train_and_measure.measured_items(run, TASK)["text"][:]
    assert chosen == TASK.validation["text"][4:]
    assert done.start is done.kept is done.path is None


def test_finals_measure_test_items_and_other_domains(small):
    done = train_and_measure.perform(plan.prompt("methods", 1e-3, 0, length=3, steps=2))
    assert len(done.record.correct) == 6
    assert {name: len(a) for name, a in done.record.domains.items()} == dict.fromkeys(
        train_and_measure.OTHERS, 6
    )
    assert done.record.perplexity > 1 and done.record.trainable_parameters == 3 * 32
    other = train_and_measure.perform(plan.prompt("pair", 1e-3, 0, length=3, steps=2, task="pair"))
    assert other.record.domains == {}
