"""The plan of a run: the schedule by its formula, and what each step sees."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.model.tiny import WORDS, tiny_tokenizer
from course_utils.training.plan import TrainingConfig, learning_rate, make_examples, plan_batches


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
