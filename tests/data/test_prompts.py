"""Prompts: templates, label words, demonstrations, calibration."""

from types import SimpleNamespace

import datasets
import pytest
import torch

from course_utils.data.prompts import Prompt, calibrate, draw_shots
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer

WORDS = (" negative", " positive")


@pytest.mark.parametrize("template", ["no place", "{text} {text}", ""])
def test_a_template_needs_one_place_for_the_text(template):
    with pytest.raises(CourseError, match="exactly once"):
        Prompt(template, WORDS)


@pytest.mark.parametrize("end", [" ", "\t", "\u00a0", "\n "])
def test_a_space_at_the_end_is_refused(end):
    with pytest.raises(CourseError, match="ends with a space"):
        Prompt("{text}\nIt is" + end, WORDS)


@pytest.mark.parametrize("end", ["", ":", "\n", "\n\n", "."])
def test_other_ends_are_not(end):
    prompt = Prompt("{text} It is" + end, WORDS)
    assert prompt.with_shots([("x", 1)]).render("y").endswith("It is" + end)


@pytest.mark.parametrize("template", [None, 3, ["{text}"], "{text}\ud800:"])
def test_a_template_is_a_string(template):
    with pytest.raises(CourseError, match="^The template"):
        Prompt(template, WORDS)
    with pytest.raises(CourseError, match="^The prefix"):
        Prompt("{text}:", WORDS, template)


@pytest.mark.parametrize(
    "words",
    [" bad", "", (), None, 3, (" bad",), (" bad", ""), (" bad", None), (" bad", "\ud800"),
     (" bad", " bad"), (" good", " bad", " good")],
)  # fmt: skip
def test_label_words_are_two_different_strings_or_more(words):
    with pytest.raises(CourseError, match="[Ll]abel[_ ]word"):
        Prompt("{text}:", words)


def test_label_words_may_come_as_a_list():
    prompt = Prompt("{text}:", [" good", " bad", " film"])
    assert prompt.label_words == (" good", " bad", " film") and hash(prompt)


def test_braces_in_a_text_are_kept():
    assert Prompt("{text} =>", WORDS).render("{x} {0}") == "{x} {0} =>"


def test_label_words_must_be_single_and_different_tokens():
    tokenizer = tiny_tokenizer()
    with pytest.raises(CourseError, match="unheard"):
        Prompt("{text}", (" good", " unheard")).label_ids(tokenizer)
    with pytest.raises(CourseError, match="same token"):
        Prompt("{text}", (" good", " good")).label_ids(tokenizer)
    same = lambda word, add_special_tokens: [7]  # noqa: E731 # as of a vocabulary in lower case
    with pytest.raises(CourseError, match="same token"):
        Prompt("{text}", (" good", " Good")).label_ids(SimpleNamespace(encode=same, unk_token_id=3))
    with pytest.raises(CourseError, match="' good' is unknown"):
        Prompt("{text}", (" good", " Good")).label_ids(SimpleNamespace(encode=same, unk_token_id=7))


def test_answers_may_be_several_tokens_but_must_differ():
    tokenizer = tiny_tokenizer()
    [good, bad] = (tokenizer.encode(word)[0] for word in (" good", " bad"))
    found = Prompt("{text}", (" good good", " bad<end>")).answer_ids(tokenizer)
    assert found == [[good, good], [bad, tokenizer.eos_token_id]]
    same = lambda word, add_special_tokens: [7, 8]  # noqa: E731 # as of a vocabulary in lower case
    with pytest.raises(CourseError, match="same token"):
        Prompt("{text}", ("two", "Two")).answer_ids(SimpleNamespace(encode=same))


def test_shots_are_drawn_by_the_seed_and_short():
    texts = [f"text {i}" for i in range(50)] + ["long " * 31] * 50
    train = datasets.Dataset.from_dict({"text": texts, "label": [0] * 100})
    first = draw_shots(train, 4, seed=1)
    assert first == draw_shots(train, 4, seed=1) != draw_shots(train, 4, seed=2)
    assert all(len(text.split()) <= 30 for text, _ in draw_shots(train, 40, seed=3))


@pytest.mark.parametrize("k", [0, 1, 2])
def test_so_many_shots_can_be_drawn(k):
    train = datasets.Dataset.from_dict({"text": ["a b", "c", "d " * 31], "label": [0, 1, 1]})
    assert len(set(draw_shots(train, k, 0))) == k


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"k": 3}, "2 texts of at most max_words = 30 words, too few for 3"),
        ({"max_words": 1}, "1 texts of at most max_words = 1"),
        ({"k": -1}, "k = -1"),
        ({"k": 1.0}, "k = 1.0"),
        ({"seed": -1}, "seed = -1"),
        ({"max_words": 0}, "max_words = 0"),
    ],
)
def test_shots_that_cannot_be_drawn_are_refused(settings, words):
    train = datasets.Dataset.from_dict({"text": ["a b", "c", "d " * 31], "label": [0, 1, 1]})
    with pytest.raises(CourseError, match=words):
        draw_shots(train, **{"k": 2, "seed": 0} | settings)


@pytest.mark.parametrize("shots", [[("x", 2)], [("x", -1)], [("x", 1.0)], [(None, 1)]])
def test_shots_without_a_word_are_refused(shots):
    with pytest.raises(CourseError, match="row 0"):
        Prompt("{text}:", WORDS).with_shots(shots)


@pytest.mark.parametrize("shots", [["ab"], [{"text": "x", "label": 1}], [("x", 1, 2)], [("x",)]])
def test_shots_that_are_no_pairs_are_refused(shots):
    with pytest.raises(CourseError, match="pairs"):
        Prompt("{text}:", WORDS).with_shots(shots)


def test_an_empty_prompt_is_refused_and_a_short_one_is_not():
    tokenizer = tiny_tokenizer()
    with pytest.raises(CourseError, match="row 1 .* is empty"):
        Prompt("{text}", WORDS).encoded(tokenizer, ["a", ""])
    assert Prompt("{text}:", WORDS).encoded(tokenizer, [""]) == [tokenizer.encode(":")]


def test_calibration_makes_content_free_texts_neutral():
    content_free = torch.tensor([[0.9, 0.1], [0.7, 0.3]])
    neutral = calibrate(content_free.mean(0, keepdim=True), content_free)
    torch.testing.assert_close(neutral, torch.tensor([[0.5, 0.5]]))


@pytest.mark.parametrize(
    "scores, reference",
    [
        (torch.ones(3, 2), torch.tensor([[1.0, 0.0]])),
        (torch.ones(3, 2), torch.tensor([[torch.nan, 0.5]])),
        (torch.ones(3, 2), torch.ones(0, 2)),
        (torch.ones(3, 2), torch.ones(3, 1)),
        (torch.ones(2), torch.ones(3, 2)),
        (torch.full((1, 2), torch.nan), torch.ones(3, 2)),
    ],
)
def test_calibration_that_would_divide_by_nothing_is_refused(scores, reference):
    with pytest.raises(CourseError, match="reference|NaN"):
        calibrate(scores, reference)


def test_shots_stand_before_the_text_with_their_words():
    prompt = Prompt("{text} =>", WORDS).with_shots([("fine", 1), ("dull", 0)])
    assert prompt.render("x") == "fine => positive\n\ndull => negative\n\nx =>"
