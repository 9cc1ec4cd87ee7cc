"""Scores: the shared prefix, padding and precision must not change what the model says."""

import datasets
import pytest
import torch

from course_utils.batching import collate
from course_utils.errors import CourseError
from course_utils.prompting import Prompt, calibrate, draw_shots
from course_utils.scoring import answer_logits, evaluate, label_scores
from course_utils.tiny import tiny_model, tiny_tokenizer

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
    monkeypatch.setattr("course_utils.scoring.MAX_TOKENS", {"cpu": 24})
    model, tokenizer = tiny_model(), tiny_tokenizer()
    expected = plain_scores(model, tokenizer, PROMPT, TEXTS)
    torch.testing.assert_close(
        label_scores(model, tokenizer, PROMPT, TEXTS), expected, atol=1e-5, rtol=0
    )


def test_the_mode_of_the_model_is_left_as_it_was():
    model, tokenizer = tiny_model().train(), tiny_tokenizer()
    label_scores(model, tokenizer, PROMPT, TEXTS)
    assert model.training


def test_bfloat16_stays_near_float32():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    exact = label_scores(model, tokenizer, PROMPT, TEXTS)
    rounded = label_scores(model.bfloat16(), tokenizer, PROMPT, TEXTS)
    torch.testing.assert_close(rounded, exact, atol=0.05, rtol=0)


def test_gradients_flow_through_answer_logits():
    model = tiny_model()
    answer_logits(model, collate([[1, 2, 3], [4]], 0)).sum().backward()
    assert model.get_input_embeddings().weight.grad.abs().sum() > 0


def test_evaluate_counts_what_is_right():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    guesses = label_scores(model, tokenizer, PROMPT, TEXTS).argmax(1).tolist()
    labels = [guesses[0], guesses[1], 1 - guesses[2], guesses[3], guesses[4]]
    rows = datasets.Dataset.from_dict({"text": TEXTS, "label": labels})
    assert evaluate(model, tokenizer, PROMPT, rows).correct == "11011"


def test_a_template_needs_one_place_for_the_text():
    for template in ("no place", "{text} {text}"):
        with pytest.raises(CourseError, match="exactly once"):
            Prompt(template, WORDS)


def test_braces_in_a_text_are_kept():
    assert Prompt("{text} =>", WORDS).render("{x} {0}") == "{x} {0} =>"


def test_label_words_must_be_single_and_different_tokens():
    tokenizer = tiny_tokenizer()
    with pytest.raises(CourseError, match="unheard"):
        Prompt("{text}", (" good", " unheard")).label_ids(tokenizer)
    with pytest.raises(CourseError, match="same token"):
        Prompt("{text}", (" good", " good")).label_ids(tokenizer)


def test_shots_are_drawn_by_the_seed_and_short():
    texts = [f"text {i}" for i in range(50)] + ["long " * 31] * 50
    train = datasets.Dataset.from_dict({"text": texts, "label": [0] * 100})
    first = draw_shots(train, 4, seed=1)
    assert first == draw_shots(train, 4, seed=1) != draw_shots(train, 4, seed=2)
    assert all(len(text.split()) <= 30 for text, _ in draw_shots(train, 40, seed=3))


def test_calibration_makes_content_free_texts_neutral():
    content_free = torch.tensor([[0.9, 0.1], [0.7, 0.3]])
    neutral = calibrate(content_free.mean(0, keepdim=True), content_free)
    torch.testing.assert_close(neutral, torch.tensor([[0.5, 0.5]]))
