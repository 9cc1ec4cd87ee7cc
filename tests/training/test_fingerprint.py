"""A run's name tells it from every other run, and is the same for the same one."""

import dataclasses

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import quantise_model
from course_utils.training.fingerprint import (
    _parts,
    fingerprint,
    refuse_moved,
    remember_end,
    start_of,
    state_digest,
)
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import trainable_by_name

CONFIG = TrainingConfig(1e-3, 4)
EXAMPLES = [[Example([1, 2], 3), Example([4], 5)], [Example([6], 7)]]


def lora(seed=0, rank=2, alpha=4.0, base=0):
    model = tiny_model(seed=base)
    add_lora(model, rank, alpha, seed=seed)
    return model


def name_of(model, config=CONFIG, examples=EXAMPLES):
    start = start_of(model).now
    return fingerprint(model, trainable_by_name(model), config, examples, start)


def changed(model, change):
    change(model)
    return model


def test_equal_runs_have_one_name_with_their_precision():
    assert name_of(lora()) == name_of(lora())
    assert name_of(lora()).startswith("float32-")
    assert name_of(tiny_model().bfloat16()).startswith("bfloat16-")


@pytest.mark.parametrize(
    "make",
    [
        lambda: lora(seed=1),  # other starting values
        lambda: lora(base=1),  # other frozen weights
        lambda: lora(rank=3),
        lambda: lora(alpha=5.0),
        lambda: tiny_model(),
        lambda: lora().bfloat16(),
        lambda: changed(lora(), lambda m: m.get_submodule("model.norm").requires_grad_(True)),
        lambda: changed(lora(), lambda m: setattr(m.config, "rope_theta", 3.0)),
    ],
)
def test_another_model_is_another_run(make):
    assert name_of(make()) != name_of(lora())


def test_4_bits_are_another_run():
    model = tiny_model()
    quantise_model(model)
    add_lora(model, 2, 4.0)
    assert name_of(model) != name_of(lora())


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(TrainingConfig)])
def test_every_setting_counts(field):
    value = getattr(CONFIG, field)
    other = dataclasses.replace(CONFIG, **{field: value + 1 if type(value) is int else value / 2})
    assert name_of(lora(), other) != name_of(lora())


@pytest.mark.parametrize(
    "examples",
    [
        [EXAMPLES[0][:1], EXAMPLES[1]],
        [EXAMPLES[0][::-1], EXAMPLES[1]],
        [EXAMPLES[0], EXAMPLES[0][:1]],
        [EXAMPLES[0] + EXAMPLES[1], []],
        [[Example([1, 2], 4), EXAMPLES[0][1]], EXAMPLES[1]],
        [[Example([1, 2], 3, 2), EXAMPLES[0][1]], EXAMPLES[1]],
    ],
)
def test_other_examples_are_another_run(examples):
    assert name_of(lora(), examples=examples) != name_of(lora())


def test_an_example_of_one_answer_token_counts_as_it_did_before_there_were_several():
    assert _parts(Example([1, 2], 3)) == ([1, 2], 3)


def test_the_place_of_the_model_does_not_count():
    model = lora()
    model.config._name_or_path = "/another/folder"
    assert name_of(model) == name_of(lora())


def test_an_interrupted_model_knows_the_start_of_its_run():
    model = lora()
    start = start_of(model)
    assert start.now == start.of_run and not start.moved
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
    remember_end(model, start.now)
    again = start_of(model)
    assert again.of_run == start.now != again.now == state_digest(model) and again.moved
    with pytest.raises(CourseError, match="moved since it was loaded"):
        refuse_moved(again.moved)


def test_a_model_that_ended_where_it_began_has_not_moved():
    model = lora()
    remember_end(model, start_of(model).now)
    assert not start_of(model).moved


def test_new_adapters_on_the_same_base_are_a_new_start():
    model = lora()
    remember_end(model, "an earlier start")
    torch.nn.init.normal_(next(iter(lora_layers(model).values())).lora_B)
    start = start_of(model)
    assert start.now == start.of_run and not start.moved
