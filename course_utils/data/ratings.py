"""The rating of a sentence as an answer: a strength, or the number in words (lesson 6).

A rating is a mean over people, from -4 (very negative) to 4 (very positive).
"""

import bisect
import math

STRENGTH_WORDS = (" terrible", " bad", " okay", " good", " great")
CUTS = (-1.95, -1.15, 1.2, 2.0)  # near the quintiles of all film sentences; see dataset_card.md
NUMBERS = ("zero", "one", "two", "three", "four")
MOST = 8  # halves: the highest rating is 4


def strength(rating: float) -> int:
    """The number of a rating's word in ``STRENGTH_WORDS``; a rating on a cut has the higher one."""
    return bisect.bisect_right(CUTS, rating)


def half(rating: float) -> int:
    """The number of the nearest half in ``RATING_WORDS``; of two equally near ones the higher."""
    return math.floor(2 * rating + 0.5) + MOST


def in_words(halves: int) -> str:
    """A number of halves in words: -3 is ``minus one point five``."""
    whole, rest = divmod(abs(halves), 2)
    return f"{'minus ' if halves < 0 else ''}{NUMBERS[whole]}{' point five' if rest else ''}"


RATING_WORDS = tuple(in_words(halves) for halves in range(-MOST, MOST + 1))
