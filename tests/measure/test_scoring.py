"""Scores: the shared prefix, padding and precision must not change what the model says."""

import copy

import datasets
import pytest
import torch
from tokenizers import processors

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure import scoring
from course_utils.measure.scoring import content_free_scores, evaluate, label_scores
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
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


@pytest.mark.parametrize("prefix, soft_tokens, kept", [(7, 0, 0), (8, 0, 1), (4, 4, 1), (0, 9, 0)])
def test_a_prefix_is_kept_where_it_is_worth_it(prefix, soft_tokens, kept, monkeypatch):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    if soft_tokens:
        add_soft_prompt(model, SoftPrompt(torch.randn(soft_tokens, 32)))
    prompt, texts = Prompt("." * prefix + "{text}:", WORDS), ["one", "two", "three"]
    calls, cache = [], scoring.prefix_cache
    monkeypatch.setattr(
        scoring, "prefix_cache", lambda *given: calls.append(given) or cache(*given)
    )
    found = label_scores(model, tokenizer, prompt, texts)
    assert len(calls) == kept
    monkeypatch.setattr(scoring, "shares_prefix", lambda *arguments: False)
    torch.testing.assert_close(found, label_scores(model, tokenizer, prompt, texts))


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

    def failing(*arguments, **more):
        raise RuntimeError("cut off")

    monkeypatch.setattr("course_utils.measure.scoring.text_logits", failing)
    with pytest.raises(RuntimeError, match="cut off"):
        label_scores(model, tokenizer, PROMPT, TEXTS)
    assert model.training


def test_a_token_that_the_tokeniser_appends_changes_nothing():
    model, tokenizer = tiny_model(), copy.deepcopy(tiny_tokenizer())
    expected = label_scores(model, tokenizer, PROMPT, TEXTS)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <end>", special_tokens=[("<end>", tokenizer.eos_token_id)]
    )
    assert torch.equal(label_scores(model, tokenizer, PROMPT, TEXTS), expected)


POSITIONS = 512  # of the tiny models


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("soft_tokens", [0, 3])
@pytest.mark.parametrize("others", [[], ["y"], ["xxx"]])
def test_a_prompt_may_fill_all_positions_but_no_more(kind, soft_tokens, others):
    """However much of it is shared, and however the rest is padded."""
    model, tokenizer = tiny_model(kind), tiny_tokenizer()
    if soft_tokens:
        add_soft_prompt(model, SoftPrompt(torch.randn(soft_tokens, 32)))
    prompt = Prompt("{text}:", WORDS)
    full = "x" * (POSITIONS - soft_tokens - 1)
    assert label_scores(model, tokenizer, prompt, [*others, full]).isfinite().all()
    with pytest.raises(CourseError, match=f"{len(full) + 2} tokens.* for {len(full) + 1}.*shorten"):
        label_scores(model, tokenizer, prompt, [*others, full + "x"])


@pytest.mark.parametrize("weight", [torch.nan, torch.inf])
def test_answers_that_are_no_numbers_have_no_accuracy(weight):
    model, tokenizer = tiny_model().train(), tiny_tokenizer()
    with torch.no_grad():
        model.model.norm.weight[0] = weight
    rows = datasets.Dataset.from_dict({"text": list("abcd"), "label": [0, 0, 0, 1]})
    with pytest.raises(CourseError, match="not finite"):
        evaluate(model, tokenizer, PROMPT, rows)
    assert model.training


@pytest.mark.parametrize("texts", [[], "one", ["a", None], ["\ud800"]])
def test_other_texts_are_refused(texts):
    with pytest.raises(CourseError, match="text"):
        label_scores(tiny_model(), tiny_tokenizer(), PROMPT, texts)


def test_an_empty_prompt_is_refused():
    with pytest.raises(CourseError, match="row 1 .* is empty"):
        label_scores(tiny_model(), tiny_tokenizer(), Prompt("{text}", WORDS), ["a", ""])
    with pytest.raises(CourseError, match="is empty"):
        content_free_scores(tiny_model(), tiny_tokenizer(), Prompt("{text}", WORDS))
    assert content_free_scores(tiny_model(), tiny_tokenizer(), PROMPT).shape == (3, 2)


@pytest.mark.parametrize("labels", [[0, 2], [-1, -1], [0.0, 1.0], ["0", "1"], [0, None]])
def test_labels_without_a_word_are_refused(labels):
    rows = datasets.Dataset.from_dict({"text": ["a", "b"], "label": labels})
    with pytest.raises(CourseError, match="label in row"):
        evaluate(tiny_model(), tiny_tokenizer(), PROMPT, rows)


def test_two_words_do_not_answer_four_labels():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    rows = {"text": list("abcdefgh"), "label": [0, 1, 2, 3] * 2}
    with pytest.raises(CourseError, match="words for 0 to 1 only"):
        evaluate(model, tokenizer, PROMPT, rows)
    four = Prompt(PROMPT.template, (" film", " tweet", " product", " editorial"))
    assert len(evaluate(model, tokenizer, four, rows).correct) == 8
