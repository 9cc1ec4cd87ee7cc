"""Scores that are kept: the same as computed anew, and no text goes through the model twice."""

import datasets
import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure import kept_scores
from course_utils.measure.kept_scores import KeptScores
from course_utils.measure.scoring import evaluate, label_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer

WORDS, OTHERS = (" negative", " positive"), (" film", " tweet")
PROMPT = Prompt("Review: {text}\nSentiment:", WORDS)
ROWS = datasets.Dataset.from_dict(
    {"text": ["a good film", "bad", "dull", "bad", "a joy"], "label": [1, 0, 0, 1, 1]}
)


@pytest.fixture
def asked(monkeypatch):
    """The texts of each call that goes to the model."""
    calls = []

    def counted(model, tokenizer, prompt, texts):
        calls.append(texts)
        return label_scores(model, tokenizer, prompt, texts)

    monkeypatch.setattr(kept_scores, "label_scores", counted)
    return calls


def same(found, prompt, rows):
    expected = evaluate(tiny_model(), tiny_tokenizer(), prompt, rows)
    torch.testing.assert_close(found.scores, expected.scores, atol=1e-5, rtol=0)
    assert found.labels.equal(expected.labels) and found.items == expected.items


def test_only_new_texts_are_computed(asked):
    known = KeptScores(tiny_model(), tiny_tokenizer())
    few = ROWS.select(range(2))
    same(known.evaluate(PROMPT, few), PROMPT, few)
    for _ in range(2):
        same(known.evaluate(PROMPT, ROWS), PROMPT, ROWS)
    assert asked == [["a good film", "bad"], ["dull", "a joy"]]


def test_label_words_together_are_read_in_one_pass(asked):
    known = KeptScores(tiny_model(), tiny_tokenizer(), together=WORDS + OTHERS)
    for words in (WORDS, OTHERS, WORDS[::-1]):
        prompt = Prompt(PROMPT.template, words)
        same(known.evaluate(prompt, ROWS), prompt, ROWS)
    assert len(asked) == 1
    prompt = Prompt(PROMPT.template, (" film", " editorial"))
    same(known.evaluate(prompt, ROWS), prompt, ROWS)
    assert len(asked) == 2


def test_other_prompts_are_computed_for_themselves(asked):
    known = KeptScores(tiny_model(), tiny_tokenizer())
    shown = PROMPT.with_shots([("fine", 1)])
    for prompt in (PROMPT, shown, Prompt("{text}:", WORDS)):
        same(known.evaluate(prompt, ROWS), prompt, ROWS)
    assert len(asked) == 3


def test_labels_without_a_word_are_refused_though_the_words_together_are_more():
    rows = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 2]})
    known = KeptScores(tiny_model(), tiny_tokenizer(), together=WORDS + OTHERS)
    with pytest.raises(CourseError, match="label in row"):
        known.evaluate(PROMPT, rows)
