"""Scores: the shared prefix, padding and precision must not change what the model says."""

import datasets
import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.measure.scoring import evaluate, label_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer

WORDS = (" negative", " positive")
TEXTS = ["a good film", "bad", "", "the plot is thin but the actors are a joy", "a good film!"]
PROMPT = Prompt("Review: {text}\nSentiment:", WORDS)
SHOTS = [("fine acting", 1), ("dull", 0), ("a mess of a film", 0)]


def plain_scores(model, tokenizer, prompt, texts):
    """One text at a time, without cache or padding."""
    rows = []
    for text in texts:
        ids = torch.tensor([tokenizer(prompt.render(text))["input_ids"]])
        logits = model(input_ids=ids).logits[0, -1, prompt.label_ids(tokenizer)]
        rows.append(logits.softmax(0))
    return torch.stack(rows).detach()


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("prompt", [PROMPT, PROMPT.with_shots(SHOTS)], ids=["zero", "few"])
def test_scores_equal_the_plain_way(kind, prompt):
    model, tokenizer = tiny_model(kind), tiny_tokenizer()
    expected = plain_scores(model, tokenizer, prompt, TEXTS)
    torch.testing.assert_close(
        label_scores(model, tokenizer, prompt, TEXTS), expected, atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("texts", [["one"], ["same", "same"]])
def test_scores_of_prompts_that_are_all_alike(texts):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    expected = plain_scores(model, tokenizer, PROMPT, texts)
    torch.testing.assert_close(
        label_scores(model, tokenizer, PROMPT, texts), expected, atol=1e-5, rtol=0
    )


def test_scores_keep_the_order_across_micro_batches(monkeypatch):
    monkeypatch.setattr("course_utils.measure.scoring.MAX_TOKENS", {"cpu": 24})
    model, tokenizer = tiny_model(), tiny_tokenizer()
    expected = plain_scores(model, tokenizer, PROMPT, TEXTS)
    torch.testing.assert_close(
        label_scores(model, tokenizer, PROMPT, TEXTS), expected, atol=1e-5, rtol=0
    )


def test_bfloat16_stays_near_float32():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    exact = label_scores(model, tokenizer, PROMPT, TEXTS)
    rounded = label_scores(model.bfloat16(), tokenizer, PROMPT, TEXTS)
    torch.testing.assert_close(rounded, exact, atol=0.05, rtol=0)


def test_evaluate_counts_what_is_right():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    guesses = label_scores(model, tokenizer, PROMPT, TEXTS).argmax(1).tolist()
    labels = [guesses[0], guesses[1], 1 - guesses[2], guesses[3], guesses[4]]
    rows = datasets.Dataset.from_dict({"text": TEXTS, "label": labels})
    assert evaluate(model, tokenizer, PROMPT, rows).correct == "11011"


def test_the_mode_of_the_model_is_left_as_it_was_even_after_an_error(monkeypatch):
    model, tokenizer = tiny_model().train(), tiny_tokenizer()
    label_scores(model, tokenizer, PROMPT, TEXTS)
    assert model.training

    def failing(*arguments):
        raise RuntimeError("cut off")

    monkeypatch.setattr("course_utils.measure.scoring.answer_logits", failing)
    with pytest.raises(RuntimeError, match="cut off"):
        label_scores(model, tokenizer, PROMPT, TEXTS)
    assert model.training
