"""Answers behind given vectors: as with the prompt in place, and nothing is left afterwards."""

import datasets
import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.behind import evaluate_behind
from course_utils.measure.scoring import evaluate
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

PROMPT = Prompt("Review: {text}\nSentiment:", (" negative", " positive"))
ITEMS = datasets.Dataset.from_dict({"text": ["a good film", "bad", "dull"], "label": [1, 0, 0]})


def vectors():
    return torch.randn(5, 32, generator=torch.Generator().manual_seed(0))


def test_it_answers_as_with_the_prompt_in_place_and_takes_it_away():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    plain = evaluate(model, tokenizer, PROMPT, ITEMS)
    given = vectors()
    found = evaluate_behind(model, tokenizer, PROMPT, given, ITEMS)
    assert getattr(model, "soft_prompt", None) is None and torch.equal(given, vectors())
    assert (found.scores - plain.scores).abs().max() > 1e-3
    assert torch.equal(evaluate(model, tokenizer, PROMPT, ITEMS).scores, plain.scores)
    add_soft_prompt(model, SoftPrompt(vectors()))
    assert torch.equal(evaluate(model, tokenizer, PROMPT, ITEMS).scores, found.scores)


def test_the_prompt_is_taken_away_also_where_the_items_are_refused():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    other = ITEMS.rename_column("label", "answer")
    with pytest.raises(CourseError):
        evaluate_behind(model, tokenizer, PROMPT, vectors(), other)
    assert getattr(model, "soft_prompt", None) is None
    with pytest.raises(CourseError, match="does not fit"):
        evaluate_behind(model, tokenizer, PROMPT, torch.zeros(5, 31), ITEMS)
