"""Prompts: templates, label words, demonstrations, calibration."""

import datasets
import pytest
import torch

from course_utils.data.prompts import Prompt, calibrate, draw_shots
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer

WORDS = (" negative", " positive")


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


def test_shots_stand_before_the_text_with_their_words():
    prompt = Prompt("{text} =>", WORDS).with_shots([("fine", 1), ("dull", 0)])
    assert prompt.render("x") == "fine => positive\n\ndull => negative\n\nx =>"
