"""Pairs from made-up ratings: the gap, the labels, the balance, and each review used once."""

import random

import pytest

from course_utils.data.pairs import pair_columns, pair_text, reviews_of
from course_utils.errors import CourseError


def rated(count):
    draw = random.Random(1)
    return [(f"film {i}", round(draw.uniform(-4, 4), 1)) for i in range(count)]


def test_a_text_has_both_reviews_and_gives_them_back():
    text = pair_text("fine: B: A", "A: dull")
    assert text == "A: fine: B: A\nB: A: dull"
    assert reviews_of(text) == ("fine: B: A", "A: dull")
    assert reviews_of(pair_text("", "")) == ("", "")


@pytest.mark.parametrize("text", ["a film", "A: a film", "B: a\nA: b", "", "a film\nB: b"])
def test_another_text_is_refused(text):
    with pytest.raises(CourseError, match="not a pair of reviews"):
        reviews_of(text)


def test_the_label_names_the_higher_rating_and_swapping_flips_it():
    rows = rated(300)
    ratings = dict(rows)
    columns = pair_columns(rows)
    for text, label in zip(columns["text"], columns["label"]):
        first, second = (ratings[review] for review in reviews_of(text))
        assert label == int(second > first) != int(first > second)


def test_the_ratings_are_at_least_1_apart_and_1_is_enough():
    rows = rated(300)
    ratings = dict(rows)
    gaps = [
        abs(ratings[first] - ratings[second])
        for first, second in map(reviews_of, pair_columns(rows)["text"])
    ]
    assert min(gaps) >= 1 - 1e-9
    assert 2.3 - 1.3 < 1  # in floating point
    assert len(pair_columns([("a", 2.3), ("b", 1.3)])["text"]) == 1
    assert pair_columns([("a", 2.2), ("b", 1.3)]) == {"text": [], "label": []}


def test_no_review_is_in_two_pairs_and_few_are_left_out():
    used = [review for text in pair_columns(rated(301))["text"] for review in reviews_of(text)]
    assert len(used) == len(set(used)) >= 280


def test_the_labels_are_equally_common():
    columns = pair_columns(rated(400))
    assert abs(columns["label"].count(0) - columns["label"].count(1)) <= 1


def test_a_seed_always_draws_the_same_pairs_and_another_one_others():
    rows = rated(100)
    assert pair_columns(rows) == pair_columns(iter(rows)) != pair_columns(rows, seed=1)
    assert rows == rated(100)
