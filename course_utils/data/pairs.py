"""Pairs of reviews, for the task ``pair``: which of the two is more positive? (lesson 4)

Neither review alone answers that: it takes both, and a comparison.
"""

import random
from collections.abc import Iterable

from course_utils.errors import CourseError

LABEL_WORDS = (" A", " B")
GAP = 1.0  # ratings of a pair are at least this far apart
FIRST, SECOND = "A: ", "\nB: "


def pair_text(first: str, second: str) -> str:
    """Two reviews as one text: ``A: FIRST``, and ``B: SECOND`` on the next line."""
    return f"{FIRST}{first}{SECOND}{second}"


def reviews_of(text: str) -> tuple[str, str]:
    """The two reviews of such a text.

    Raises:
        CourseError: it is no such text.
    """
    first, between, second = text.removeprefix(FIRST).partition(SECOND)
    if not text.startswith(FIRST) or not between:
        raise CourseError(
            f"{text[:40]!r} is not a pair of reviews",
            "give a text of the task 'pair': 'A: ...', and 'B: ...' on the next line",
        )
    return first, second


def pair_columns(rows: Iterable[tuple[str, float]], seed: int = 0) -> dict[str, list]:
    """Pair rated reviews at random, each with one whose rating is at least ``GAP`` away.

    A review is in one pair at most, so the pairs are independent items. A few find no partner.

    Args:
        rows: text and rating of each review; no text has a line break.
        seed: of the drawing.

    Returns:
        The columns ``text`` and ``label``: 0 where A has the higher rating, 1 where B has. In turn
        0, 1, 0, 1, so the two are equally common.
    """
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    columns: dict[str, list] = {"text": [], "label": []}
    waiting: list[tuple[str, float]] = []
    for row in shuffled:
        partner = next((other for other in waiting if _apart(row, other)), None)
        if partner is None:
            waiting.append(row)
            continue
        waiting.remove(partner)
        label = len(columns["label"]) % 2
        low, high = sorted((row, partner), key=lambda review: review[1])
        first, second = (low, high) if label else (high, low)
        columns["text"].append(pair_text(first[0], second[0]))
        columns["label"].append(label)
    return columns


def _apart(one: tuple[str, float], other: tuple[str, float]) -> bool:
    """Are the ratings, decimal fractions, far enough apart? 2.2 - 1.2 is a little more than 1."""
    return round(abs(one[1] - other[1]), 6) >= GAP
