"""Ratings as answers: known strengths and numbers in words, and every word used."""

import pytest

from course_utils.data.ratings import CUTS, RATING_WORDS, STRENGTH_WORDS, half, strength


@pytest.mark.parametrize(
    ("rating", "word"),
    [
        (-4, " terrible"),
        (-1.96, " terrible"),
        (-1.95, " bad"),
        (-1.15, " okay"),
        (1.19, " okay"),
        (1.2, " good"),
        (1.99, " good"),
        (2.0, " great"),
        (4, " great"),
    ],
)
def test_a_strength_reaches_from_one_cut_to_below_the_next(rating, word):
    assert STRENGTH_WORDS[strength(rating)] == word
    assert CUTS == tuple(sorted(CUTS)) and len(CUTS) == len(STRENGTH_WORDS) - 1


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        (-4.0, "minus four"),
        (-1.5, "minus one point five"),
        (-1.26, "minus one point five"),
        (-1.25, "minus one"),  # of two equally near ones the higher, on either side of zero
        (-0.5, "minus zero point five"),
        (-0.2, "zero"),
        (0.0, "zero"),
        (0.25, "zero point five"),
        (1.74, "one point five"),
        (1.75, "two"),
        (3.9, "four"),
    ],
)
def test_a_rating_is_the_nearest_half_in_words(rating, words):
    assert RATING_WORDS[half(rating)] == words


def test_there_are_seventeen_different_ratings_in_order():
    assert len(set(RATING_WORDS)) == 17
    assert [half(n / 2) for n in range(-8, 9)] == list(range(17))
