"""Pairs for the task ``same``: do two sentences come from the same source? (lesson 6)

Neither sentence alone says it: of each source as many stand first as second, in pairs of either
label.
"""

import random
from collections import Counter
from collections.abc import Iterable

from course_utils.data.pairs import pair_text

LABEL_WORDS = (" different", " same")
ROUNDS = 20  # times that each pair may exchange its second sentence: many more than mixing takes


def same_columns(rows: Iterable[tuple[str, int]], seed: int = 0) -> dict[str, list]:
    """Pair sentences at random, half of them with one of their own source.

    Of a source with 4 n sentences n stand in each of four places: first and second in a pair of one
    source, first and second in a pair of two. A sentence is in one pair at most. The largest source
    is cut to the size of the two smallest others together, or nearly all pairs of two sources would
    have one of its sentences.

    Args:
        rows: text and source of each sentence; no text has a line break.
        seed: of the drawing.

    Returns:
        The columns ``text`` and ``label``: 0 for two sources, 1 for one; as many of each.
    """
    generator = random.Random(seed)
    shuffled = list(rows)
    generator.shuffle(shuffled)
    places: list[list[tuple[str, int]]] = [[], [], [], []]
    for source, count in _quarters(Counter(source for _, source in shuffled)).items():
        own = [row for row in shuffled if row[1] == source]
        for place, part in enumerate(places):
            part += own[place * count : (place + 1) * count]
    first, second, first_of_two, second_of_two = places
    different = zip(first_of_two, _of_other_sources(first_of_two, second_of_two, generator))
    labelled = [(pair, 1) for pair in zip(first, second)] + [(pair, 0) for pair in different]
    return {
        "text": [pair_text(a, b) for ((a, _), (b, _)), _ in labelled],
        "label": [label for _, label in labelled],
    }


def _quarters(counts: Counter[int]) -> dict[int, int]:
    """How many sentences of each source stand in each of the four places."""
    quarters = {source: count // 4 for source, count in sorted(counts.items())}
    most = sum(sorted(quarters.values())[:-1][:2])  # of those beside the largest
    return {source: min(count, most) for source, count in quarters.items()}


def _of_other_sources(
    first: list[tuple[str, int]], second: list[tuple[str, int]], generator: random.Random
) -> list[tuple[str, int]]:
    """``second`` in a random order in which each has another source than its neighbour in first.

    Both come sorted by source, with as many of each and of none more than half. Turned by the
    largest source's number, no two of one source stand side by side; then pairs exchange their
    second sentences wherever that leaves it so.
    """
    if not first:
        return []
    turn = max(Counter(source for _, source in first).values())
    partners = [*second[turn:], *second[:turn]]
    for _ in range(ROUNDS * len(first)):
        i, j = generator.randrange(len(first)), generator.randrange(len(first))
        if first[i][1] != partners[j][1] and first[j][1] != partners[i][1]:
            partners[i], partners[j] = partners[j], partners[i]
    return partners
