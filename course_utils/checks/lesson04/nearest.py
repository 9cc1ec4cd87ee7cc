"""``nearest`` (lesson 4, *What has it learned? The nearest words*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

METRICS = ("cosine", "dot", "euclidean")
VECTORS = 12  # enough that two ways of choosing do not agree by chance


def scores(vectors: Tensor, table: Tensor, metric: str) -> Tensor:
    """(vectors, vocabulary): larger is nearer."""
    if metric == "cosine":
        return normalize(vectors, dim=1) @ normalize(table, dim=1).T
    return vectors @ table.T if metric == "dot" else -torch.cdist(vectors, table)


def top(score: Callable, skip: int = 0, largest: bool = True) -> Callable:
    """Ids of the ``k`` best after the first ``skip``, by a score of vectors, table and metric."""

    def ids(vectors: Tensor, table: Tensor, metric: str, k: int) -> Tensor:
        best = score(vectors, table, metric).topk(k + skip, dim=1, largest=largest)
        return best.indices[:, skip:]

    return ids


def by_metric(metric: str) -> Callable:
    """Ids by this metric, whatever was asked for."""
    return top(lambda v, t, _: scores(v, t, metric))


right_nearest = top(scores)
COMMON_MISTAKES: Mistakes = {
    "the order is the wrong way round: the nearest first": [
        lambda v, t, m, k: right_nearest(v, t, m, k).flip(1)
    ],
    "the nearest itself is left out": [top(scores, skip=1)],
}
FARTHEST = top(scores, largest=False)
NEAREST_MISTAKES: dict[str, Mistakes] = {
    "cosine": {
        (
            "these are by dot product, so long rows win: the cosine needs the table's rows "
            "normalised, too"
        ): [by_metric("dot")],
        "these are by Euclidean distance, not by cosine": [by_metric("euclidean")],
        "normalised along the wrong dimension: each row is a vector, so dim=1": [
            top(lambda v, t, _: v @ normalize(t, dim=0).T),
            top(lambda v, t, _: normalize(v, dim=0) @ normalize(t, dim=0).T),
        ],
        "these are the least similar: a large cosine is near": [FARTHEST],
        **COMMON_MISTAKES,
    },
    "dot": {
        "these are by cosine: the dot product keeps the length of the table's rows": [
            by_metric("cosine")
        ],
        "these are by Euclidean distance, not by dot product": [by_metric("euclidean")],
        "the sign of the dot product is lost: a large negative one is far": [
            top(lambda v, t, _: (v @ t.T).abs())
        ],
        "these are the smallest: a large dot product is near": [FARTHEST],
        **COMMON_MISTAKES,
    },
    "euclidean": {
        "these are the farthest: a small distance is near, topk(k, largest=False)": [FARTHEST],
        "these are by cosine: the Euclidean distance takes the vectors as they are": [
            by_metric("cosine")
        ],
        "these are by dot product, not by Euclidean distance": [by_metric("dot")],
        "this is the Manhattan distance: square the differences, p=2": [
            top(lambda v, t, _: -torch.cdist(v, t, p=1.0))
        ],
        "|v - t|^2 is |v|^2 - 2 v.t + |t|^2: the 2 is missing": [
            top(lambda v, t, _: v @ t.T - t.square().sum(1))
        ],
        **COMMON_MISTAKES,
    },
}


def read_ids(value: Any, k: int) -> Tensor:
    """Read a (vectors, k) matrix of row numbers."""
    what = "an int64 tensor (n, k) of row numbers"
    if not isinstance(value, Tensor):
        raise Mistake(f"return a tensor of ids, not a {type(value).__name__}", what, show(value))
    if value.is_floating_point():
        likely = "these are values: return the ids, topk(k).indices"
        raise Mistake(likely, what, show(value))
    if value.shape != (VECTORS, k):
        likely = f"the shape should be (n, k): here ({VECTORS}, {k})"
        raise Mistake(likely, what, show(value))
    return value


def draw_vectors(numbers: random.Random, metric: str, k: int) -> tuple[Tensor, Tensor]:
    """Vectors and a table of rows long and short; the nearest k + 1 are clearly apart.

    The table's columns differ in scale, so that normalising along them shows.
    """
    while True:
        width = numbers.randint(5, 8)
        columns = torch.empty(width).uniform_(0.3, 2.5)
        table = torch.randn(40, width) * torch.empty(40, 1).uniform_(0.3, 3) * columns
        vectors = torch.randn(VECTORS, width) * torch.empty(VECTORS, 1).uniform_(0.5, 3)
        best = scores(vectors, table, metric).topk(k + 1, dim=1).values
        if best.diff(dim=1).abs().min() > 1e-3:
            return vectors, table


HINTS = (
    "vectors @ table.T has all dot products: (n, vocabulary)",
    "the cosine is the dot product of rows scaled to length 1: normalize(table, dim=1); "
    "torch.cdist(vectors, table) has all Euclidean distances",
    "topk(k, dim=1).indices gives the largest first; topk(k, dim=1, largest=False) the "
    "smallest, which are the nearest for a distance",
)


@exercise(
    hints=HINTS, mistakes={s: w for table in NEAREST_MISTAKES.values() for s, w in table.items()}
)
def nearest(answer: Any, numbers: random.Random) -> None:
    """The ids by each metric, for several neighbours and for one."""
    for metric in METRICS:
        for k, mistakes in ((numbers.choice((3, 4)), NEAREST_MISTAKES[metric]), (1, {})):
            cases = [(*draw_vectors(numbers, metric, k), metric, k) for _ in range(2)]
            compare(answer, cases, right_nearest, mistakes, lambda value, k=k: read_ids(value, k))
