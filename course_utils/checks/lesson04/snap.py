"""``snap`` (lesson 4, *What has it learned? The nearest words*)."""

import random
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson04.nearest import (
    FARTHEST,
    VECTORS,
    by_metric,
    draw_vectors,
    right_nearest,
    scores,
    top,
)


def picked(ids: Callable) -> Callable:
    """The rows of the nearest ids."""
    return lambda v, t: t[ids(v, t, "cosine", 1)[:, 0]]


right_snap = picked(right_nearest)
SNAP_MISTAKES: Mistakes = {
    "the nearest by dot product was taken, so long rows win: normalise the table's rows": [
        picked(by_metric("dot"))
    ],
    "the nearest by Euclidean distance was taken: use the cosine": [picked(by_metric("euclidean"))],
    "the rows are scaled to length 1: normalise to compare, but return the table's own rows": [
        lambda v, t: normalize(right_snap(v, t), dim=1)
    ],
    "the rows have the vectors' lengths: return the table's own rows": [
        lambda v, t: normalize(right_snap(v, t), dim=1) * v.norm(dim=1, keepdim=True)
    ],
    "these are the least similar rows: a large cosine is near": [picked(FARTHEST)],
    "these are the second nearest rows": [picked(top(scores, skip=1))],
    "these are the vectors as they came": [lambda v, t: v],
    "one row stands for all vectors: look for the nearest of each": [
        lambda v, t: right_snap(v, t)[:1].expand(len(v), -1),
        lambda v, t: right_snap(v.mean(0, keepdim=True), t).expand(len(v), -1),
    ],
    "this is half-way between vector and word: return the word's row": [
        lambda v, t: (v + right_snap(v, t)) / 2
    ],
    "normalised along the wrong dimension: each row is a vector, so dim=1": [
        picked(top(lambda v, t, _: normalize(v, dim=0) @ normalize(t, dim=0).T))
    ],
}


def read_rows(value: Any) -> Tensor:
    """Read one vector a row, rather than ids."""
    what = "a tensor (length, d_model), one row of the table for each vector"
    if not isinstance(value, Tensor):
        raise Mistake(f"return the rows, not a {type(value).__name__}", what, show(value))
    if not value.is_floating_point():
        raise Mistake("these are ids: return their rows, table[ids]", what, show(value))
    if value.ndim != 2 or len(value) != VECTORS:
        raise Mistake("the shape should be that of the vectors", what, show(value))
    return value


HINTS = (
    "two steps: the id of each vector's nearest word, then that word's row",
    "the nearest by cosine needs normalised rows; what is returned does not",
    "ids = (normalize(vectors, dim=1) @ normalize(table, dim=1).T).argmax(1); table[ids]",
)


@exercise(hints=HINTS, mistakes=SNAP_MISTAKES)
def snap(answer: Any, numbers: random.Random) -> None:
    """The table's own row nearest to each vector by cosine."""
    cases = [draw_vectors(numbers, "cosine", 1) for _ in range(2)]
    compare(answer, cases, right_snap, SNAP_MISTAKES, read_rows)
