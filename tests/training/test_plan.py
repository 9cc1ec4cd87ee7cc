"""The plan of a run: the schedule by its formula, and what each step sees."""

import numpy
import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.model.tiny import WORDS, tiny_tokenizer
from course_utils.training.plan import (
    NO_TOKEN,
    Example,
    TrainingConfig,
    answers_of,
    learning_rate,
    make_answer_examples,
    make_examples,
    plan_batches,
)


def test_schedule_rises_then_falls_to_zero():
    config = TrainingConfig(learning_rate=1.0, steps=100)
    rates = [learning_rate(step, config) for step in range(100)]
    assert rates[0] == pytest.approx(1 / 6) and max(rates) == rates[6] == 1.0
    assert rates[6:] == sorted(rates[6:], reverse=True) and rates[-1] == pytest.approx(1 / 94)


def test_each_epoch_sees_every_example_once():
    config = TrainingConfig(learning_rate=1.0, steps=10, batch_size=4)
    plan = plan_batches([i % 7 for i in range(40)], config)
    assert sorted(i for batch in plan for i in batch) == list(range(40))


def test_batches_hold_texts_of_similar_length_and_depend_on_the_seed_alone():
    lengths = torch.randint(3, 60, (400,), generator=torch.Generator().manual_seed(0)).tolist()
    config = TrainingConfig(learning_rate=1.0, steps=50, batch_size=8)
    plan = plan_batches(lengths, config)
    spreads = [max(lengths[i] for i in b) - min(lengths[i] for i in b) for b in plan]
    assert sum(spreads) / len(spreads) < 15  # of batches at random: about 45
    assert plan == plan_batches(lengths, config)
    assert plan != plan_batches(lengths, TrainingConfig(1.0, 50, 8, seed=1))


def test_an_example_is_a_prompt_and_the_token_of_its_label():
    tokenizer, prompt = tiny_tokenizer(), Prompt("a {text} b", tuple(WORDS[:2]))
    examples = make_examples(tokenizer, prompt, {"text": ["cab", "ab"], "label": [1, 0]})
    ids = prompt.label_ids(tokenizer)
    assert [e.answer for e in examples] == [ids[1], ids[0]]
    assert [e.ids for e in examples] == tokenizer(["a cab b", "a ab b"])["input_ids"]


def test_an_answer_of_several_tokens_stands_behind_the_prompt_up_to_its_last():
    tokenizer, prompt = tiny_tokenizer(), Prompt("a {text} b", (" good bad<end>", " bad"))
    examples = make_answer_examples(tokenizer, prompt, {"text": ["cab", "ab"], "label": [0, 1]})
    [good, bad] = (tokenizer.encode(word)[0] for word in (" good", " bad"))
    first, second = tokenizer(["a cab b", "a ab b"])["input_ids"]
    assert examples == [
        Example([*first, good, bad], tokenizer.eos_token_id, 3),
        Example(second, bad),
    ]


def test_the_answers_end_together():
    examples = [Example([1, 2, 3, 4], 5, 3), Example([6], 7), Example([8, 9], 10, 2)]
    answers = answers_of(examples).tolist()
    assert answers == [[3, 4, 5], [NO_TOKEN, NO_TOKEN, 7], [NO_TOKEN, 9, 10]]


@pytest.mark.parametrize(
    "change",
    [{"steps": 0}, {"steps": -1}, {"steps": 2.0}, {"steps": True}, {"steps": None},
     {"batch_size": 0}, {"batch_size": 2.0}, {"batch_size": "16"},
     {"validate_every": 0}, {"validate_every": -5}, {"validate_every": 0.5},
     {"learning_rate": 0}, {"learning_rate": -1e-3}, {"learning_rate": float("nan")},
     {"learning_rate": float("inf")}, {"learning_rate": "1e-3"}, {"learning_rate": None},
     {"max_norm": 0.0}, {"max_norm": -1}, {"max_norm": float("inf")},
     {"warmup": -0.1}, {"warmup": 1.0}, {"warmup": 30},
     {"seed": -1}, {"seed": 0.5}, {"seed": 2**63}, {"seed": None}],
)  # fmt: skip
def test_other_settings_are_refused_by_name(change):
    [(name, value)] = change.items()
    with pytest.raises(CourseError, match=f"^{name} = "):
        TrainingConfig(**{"learning_rate": 1e-3, "steps": 4} | change)


def test_the_least_settings_are_accepted_and_numbers_become_plain_ones():
    config = TrainingConfig(1, numpy.int64(1), 1, 0, numpy.float32(0.5), numpy.int32(1), 2**63 - 1)
    expected = (1.0, 1, 1, 0.0, 0.5, 1, 2**63 - 1)
    found = tuple(vars(config).values())
    assert found == expected and list(map(type, found)) == list(map(type, expected))
    assert learning_rate(0, config) == 1.0 and plan_batches([3, 5], config) in ([[0]], [[1]])


@pytest.mark.parametrize("warmup", [0, 0.5, 0.99])
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_every_rate_of_every_schedule_is_above_zero(warmup, steps):
    config = TrainingConfig(0.5, steps, warmup=warmup)
    rates = [learning_rate(step, config) for step in range(steps)]
    assert all(0 < rate <= 0.5 for rate in rates) and max(rates) == 0.5


def test_no_example_is_refused_and_one_is_taken_again_and_again():
    config = TrainingConfig(1.0, steps=3)
    with pytest.raises(CourseError, match="no example"):
        plan_batches([], config)
    assert plan_batches([7], config) == [[0]] * 3


@pytest.mark.parametrize(
    "data, words",
    [
        ({"text": ["a", None], "label": [0, 1]}, "text in row 1"),
        ({"text": ["a", "\ud800"], "label": [0, 1]}, "text in row 1"),
        ({"text": ["a", "b"], "label": ["0", "1"]}, "label in row 0"),
        ({"text": ["a", "b"], "label": [0.0, 1.0]}, "make them int"),
        ({"text": ["a", "b"], "label": [0, 2]}, "words for 0 to 1 only"),
        ({"text": ["a", "b"], "label": [-1, -1]}, "GLUE"),
        ({"text": [], "label": []}, "no text"),
        ({"sentence": ["a"], "label": [0]}, "no column 'text'"),
    ],
)
def test_data_that_cannot_be_trained_on_are_refused(data, words):
    with pytest.raises(CourseError, match=words):
        make_examples(tiny_tokenizer(), Prompt("{text}:", tuple(WORDS[:2])), data)


def test_an_empty_prompt_is_refused():
    data = {"text": ["a film", ""], "label": [0, 1]}
    with pytest.raises(CourseError, match="row 1 .* is empty"):
        make_examples(tiny_tokenizer(), Prompt("{text}", tuple(WORDS[:2])), data)
    assert len(make_examples(tiny_tokenizer(), Prompt("{text}:", tuple(WORDS[:2])), data)) == 2
