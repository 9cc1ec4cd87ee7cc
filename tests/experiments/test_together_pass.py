"""Losses of several trials in one pass, and answers, against the course's own."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.experiments.together import SoftPrompts, Whole
from course_utils.experiments.together_pass import TogetherPass, answered, collate_wide
from course_utils.measure.exact_match import exactly_right
from course_utils.measure.scoring import evaluate
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training.backward import mean_loss
from course_utils.training.plan import make_answer_examples
from tests.experiments.test_label_counts import items
from tests.experiments.test_until_best import LABEL_IDS, PAD, PROMPT, TRIALS, VALIDATION


def test_each_trial_has_its_own_loss():
    starts = [torch.randn(3, 32, generator=torch.Generator().manual_seed(s)) for s in (0, 1)]
    model = tiny_model()
    step = TogetherPass(model, SoftPrompts(model, starts), PAD)
    batches = [TRIALS[0].examples[:4], TRIALS[1].examples[4:8]]
    losses = step((0, 1), batches)
    for start, batch, loss in zip(starts, batches, losses):
        own = tiny_model()
        add_soft_prompt(own, SoftPrompt(start))
        assert loss == pytest.approx(mean_loss(own, batch, PAD), abs=1e-5)


def test_answers_are_those_of_scoring_and_the_loss_that_of_training():
    model = tiny_model()
    loss, correct = answered(model, VALIDATION, LABEL_IDS, PAD)
    assert correct == evaluate(model, tiny_tokenizer(), PROMPT, items(6, 1)).correct
    assert loss == pytest.approx(mean_loss(model, VALIDATION, PAD), abs=1e-5)


REPLIES = Prompt("Review: {text}\nAnswer:", (" good film.", " bad."))  # 3 tokens and 2


def test_of_several_tokens_each_has_to_be_right():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    bad = items(12, 0).filter(lambda row: row["label"] == 1)
    learned = make_answer_examples(tokenizer, REPLIES, bad)
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    step = TogetherPass(model, Whole(model), PAD)
    for _ in range(25):
        step((0,), [learned])
        optimiser.step()
        optimiser.zero_grad()
    asked = make_answer_examples(tokenizer, REPLIES, items(12, 1))
    loss, correct = answered(model, asked, None, PAD)
    assert correct == exactly_right(model, tokenizer, REPLIES, items(12, 1))
    assert correct == "".join(map(str, items(12, 1)["label"][:]))  # it says "bad" to all
    assert loss == pytest.approx(mean_loss(model, asked, PAD), abs=1e-5)


def test_the_loss_of_an_answer_is_the_sum_over_its_tokens():
    model = tiny_model()
    asked = make_answer_examples(tiny_tokenizer(), REPLIES, items(6, 1))
    assert {example.answer_tokens for example in asked} == {2, 3}
    loss, *_ = TogetherPass(model, Whole(model), PAD)((0,), [asked])
    assert loss == pytest.approx(mean_loss(model, asked, PAD), abs=1e-5)


def test_a_wide_batch_has_more_padding():
    batch = collate_wide([[1, 2, 3], [4]], 0, 16)
    assert batch.input_ids.shape == batch.attention_mask.shape == (2, 16)
    assert batch.attention_mask.sum(1).tolist() == [3, 1] and batch.last.tolist() == [2, 0]
