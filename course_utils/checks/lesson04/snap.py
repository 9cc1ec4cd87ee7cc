"""``snap`` (lesson 4, *The soft tokens, seen*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson04.nearest import VECTORS, draw_vectors
from course_utils.checks.lesson04.nearest_mistakes import (
    ALONG_COLUMNS,
    FARTHEST,
    by,
    by_metric,
    right_nearest,
    scores,
    top,
    without_equal,
)


def picked(ids: Callable) -> Callable:
    """The rows of the nearest ids."""
    return lambda v, t: t[ids(v, t, "cosine", 1)[:, 0]]


right_snap = picked(right_nearest)
FAR_BY_DISTANCE = top(lambda v, t, _: scores(v, t, "euclidean"), largest=False)


def cosines(vectors: Tensor, table: Tensor) -> Tensor:
    """(length, vocabulary)."""
    return scores(vectors, table, "cosine")


def mean_of(count: int) -> Callable:
    """The mean of so many of the nearest rows."""
    return lambda v, t: t[right_nearest(v, t, "cosine", count)].mean(1)


IDS = "these are ids: return their rows, table[ids]"
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
    "the rows are multiplied by the vectors' lengths: return the table's own rows": [
        lambda v, t: right_snap(v, t) * v.norm(dim=1, keepdim=True)
    ],
    "the rows are projections onto the vectors, or of the vectors: return the table's own rows": [
        lambda v, t: normalize(v, dim=1) * ((v * right_snap(v, t)).sum(1) / v.norm(dim=1))[:, None],
        lambda v, t: (
            normalize(right_snap(v, t), dim=1)
            * ((v * right_snap(v, t)).sum(1) / right_snap(v, t).norm(dim=1))[:, None]
        ),
    ],
    "these are the least similar rows: a large cosine is near": [picked(FARTHEST)],
    "these are the rows of the largest distance: take the largest cosine": [
        picked(FAR_BY_DISTANCE)
    ],
    "the sign of the cosine is lost: a row in the opposite direction is far": [
        picked(by(lambda v, t: cosines(v, t).abs()))
    ],
    "these are the second nearest rows": [picked(top(scores, skip=1))],
    "a row that is the vector itself is left out: it is the nearest of all": [
        picked(top(without_equal))
    ],
    "these are the vectors as they came": [lambda v, t: v],
    "only one row came back: perhaps a `return` within the loop": [
        lambda v, t: right_snap(v, t)[0],
        lambda v, t: right_snap(v, t)[:1],
        lambda v, t: right_snap(v.mean(0, keepdim=True), t),
        lambda v, t: right_snap(v.mean(0, keepdim=True), t)[0],
    ],
    "one row stands for all vectors: look for the nearest of each": [
        lambda v, t: right_snap(v, t)[:1].expand(len(v), -1),
        lambda v, t: right_snap(v, t)[-1:].expand(len(v), -1),
        lambda v, t: right_snap(v.mean(0, keepdim=True), t).expand(len(v), -1),
    ],
    "argmax without dim gives a place in the whole matrix, which is no row number: dim=1": [
        lambda v, t: t[cosines(v, t).argmax()],
        lambda v, t: t[cosines(v, t).argmax()].expand(len(v), -1),
        lambda v, t: t[cosines(v, t).argmax() % len(t)].expand(len(v), -1),
    ],
    "the largest was taken along dim=0, which finds a vector for each row of the table: dim=1": [
        lambda v, t: t[cosines(v, t).argmax(0)],
        lambda v, t: v[cosines(v, t).argmax(0)],
        lambda v, t: t[cosines(v, t).argmax(0)[: len(v)]],
    ],
    "each row stands there once alone: one row for each vector, even if several have the same": [
        lambda v, t: t[right_nearest(v, t, "cosine", 1)[:, 0].unique()],
        lambda v, t: right_snap(v, t).unique(dim=0),
    ],
    "a dimension of size 1 is left: the shape is (length, d_model)": [
        lambda v, t: right_snap(v, t)[:, None],
        lambda v, t: right_snap(v, t)[None],
    ],
    "the rows stand one behind another in one dimension: the shape is (length, d_model)": [
        lambda v, t: right_snap(v, t).flatten()
    ],
    "the rows came back as columns: the shape is (length, d_model)": [
        lambda v, t: right_snap(v, t).T
    ],
    "the ids choose rows of `vectors`: the words are in the table, table[ids]": [
        lambda v, t: v[cosines(v, t).argmax(1)]
    ],
    "the ids choose columns of the table: they are row numbers, table[ids]": [
        lambda v, t: t[:, cosines(v, t).argmax(1)],
        lambda v, t: t.T[cosines(v, t).argmax(1)],
    ],
    "this is half-way between vector and word: return the word's row": [
        lambda v, t: (v + right_snap(v, t)) / 2
    ],
    "this is the difference of vector and word: return the word's row": [
        lambda v, t: v - right_snap(v, t),
        lambda v, t: right_snap(v, t) - v,
    ],
    "this is the mean of several rows: only the nearest counts": [*map(mean_of, (2, 3, 4, 5, 10))],
    "several neighbours of each vector came back: only the nearest counts": [
        lambda v, t: t[right_nearest(v, t, "cosine", 5)],
        lambda v, t: t[right_nearest(v, t, "cosine", 3)],
        lambda v, t: t[right_nearest(v, t, "cosine", 2)],
    ],
    "these are rows of length 1 times a common length: return the table's own rows": [
        lambda v, t: normalize(right_snap(v, t), dim=1) * t.norm(dim=1).mean(),
        lambda v, t: normalize(right_snap(v, t), dim=1) * v.norm(dim=1).mean(),
    ],
    "a softmax along dim=0 mixes the vectors: each has a nearest row of its own": [
        picked(top(lambda v, t, _: cosines(v, t).softmax(0)))
    ],
    "these are the rows beside the nearest ones: their numbers are off by 1": [
        lambda v, t: t[right_nearest(v, t, "cosine", 1)[:, 0] - 1],
        lambda v, t: t[right_nearest(v, t, "cosine", 1)[:, 0] + 1],
    ],
    "the rows were rounded: return the table's own": [
        lambda v, t: right_snap(v, t).bfloat16(),
        lambda v, t: right_snap(v, t).half(),
        lambda v, t: right_snap(v, t).round(),
    ],
    "this is the whole table: return one row for each vector": [lambda v, t: t],
    IDS: [
        lambda v, t: right_nearest(v, t, "cosine", 1)[:, 0],
        lambda v, t: right_nearest(v, t, "cosine", 1)[:, 0].float(),
        lambda v, t: right_nearest(v, t, "cosine", 1),
    ],
    "this is an average of all rows of the table: choose one row, with argmax": [
        lambda v, t: cosines(v, t).softmax(1) @ t,
        lambda v, t: cosines(v, t).softmax(0) @ t,
        lambda v, t: cosines(v, t) @ t,
        lambda v, t: (10 * cosines(v, t)).softmax(1) @ t,
        lambda v, t: (v @ t.T).softmax(1) @ t,
        lambda v, t: cosines(v, t) @ normalize(t, dim=1),
    ],
    "these are the cosines themselves: choose the row of the largest, with argmax": [
        lambda v, t: cosines(v, t),
        lambda v, t: cosines(v, t).amax(1),
        lambda v, t: cosines(v, t).amax(1, keepdim=True),
    ],
    "normalised along the wrong dimension: each row is a vector, so dim=1": [
        *map(picked, ALONG_COLUMNS)
    ],
    "divided by the square of the rows' length: the cosine has the length itself": [
        picked(by(lambda v, t: v @ (t / t.square().sum(1, keepdim=True)).T))
    ],
    "the rows are divided by the sum of their numbers' sizes: the length is norm(dim=1)": [
        picked(by(lambda v, t: v @ normalize(t, dim=1, p=1.0).T))
    ],
}


def reader(n: int, width: int) -> Callable[[Any], Tensor]:
    """Reads one vector a row, rather than ids."""

    def read(value: Any) -> Tensor:
        what = f"a tensor (length, d_model), here ({n}, {width}): a row for each vector"
        if not isinstance(value, Tensor):
            likely = f"return the rows, not a {type(value).__name__}"
            if isinstance(value, tuple) and len(value) == 2:
                likely = "two things came back: return the rows alone, not a tuple"
            raise WrongForm(likely, what, show(value))
        if not value.is_floating_point():
            raise WrongForm(IDS, what, show(value))
        if value.shape != (n, width):
            raise WrongForm("the shape should be that of the vectors", what, show(value))
        return value

    return read


HINTS = (
    "two steps: the id of each vector's nearest word, then that word's row",
    "the nearest by cosine needs normalised rows; what is returned does not",
    "ids = (normalize(vectors, dim=1) @ normalize(table, dim=1).T).argmax(1); table[ids]",
)


@exercise(hints=HINTS, mistakes=SNAP_MISTAKES)
def snap(answer: Any, numbers: random.Random) -> None:
    """The table's own row nearest to each vector by cosine, of many vectors and of one."""
    for n in (VECTORS, VECTORS, 1, 1):
        vectors, table = draw_vectors(numbers, "cosine", 1, n)
        if n > 1:
            vectors[4:6] = vectors[:1] * torch.tensor([[2.0], [0.5]])  # of the same nearest row
        case = (vectors, table)
        mistakes = SNAP_MISTAKES if n > 1 else {}
        compare(answer, [case], right_snap, mistakes, reader(*vectors.shape))
