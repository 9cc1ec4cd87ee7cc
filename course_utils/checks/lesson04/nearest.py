"""``nearest`` (lesson 4, *The soft tokens, seen*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson04.nearest_mistakes import (
    NEAREST_MISTAKES,
    right_nearest,
    scores,
)

METRICS = ("cosine", "dot", "euclidean")
VECTORS = 12  # enough that two ways of choosing do not agree by chance


def read_ids(value: Any, n: int, k: int) -> Tensor:
    """Read a (vectors, k) matrix of row numbers."""
    what = f"an int64 tensor (n, k), here ({n}, {k}), of row numbers"
    if isinstance(value, tuple) and hasattr(value, "indices"):
        likely = "topk and sort give values and indices: return a tensor of ids, the indices"
        raise WrongForm(likely, what, type(value).__name__)
    if not isinstance(value, Tensor):
        raise WrongForm(f"return a tensor of ids, not a {type(value).__name__}", what, show(value))
    if value.is_floating_point():
        likely = "these are values: return the ids, topk(k).indices"
        raise WrongForm(likely, what, show(value))
    if value.shape != (n, k):
        likely = f"the shape should be (n, k): here ({n}, {k})"
        raise WrongForm(likely, what, show(value))
    if value.dtype not in (torch.int64, torch.int32):
        raise WrongForm(f"row numbers are int64, not {value.dtype}", what, show(value))
    return value


def draw_vectors(
    numbers: random.Random, metric: str, k: int, n: int = VECTORS
) -> tuple[Tensor, Tensor]:
    """Vectors and a table of rows long and short; the nearest k + 1 are clearly apart.

    The table's columns differ in scale, so that normalising along them shows. One of many vectors
    is a row of the table itself, as all are where the lesson looks for the neighbours of words.
    """
    while True:
        width = numbers.randint(5, 8)
        columns = torch.empty(width).uniform_(0.3, 2.5)
        table = torch.randn(40, width) * torch.empty(40, 1).uniform_(0.3, 3) * columns
        vectors = torch.randn(n, width) * torch.empty(n, 1).uniform_(0.5, 3)
        if n > 2:
            vectors[1] = table[numbers.randrange(40)]
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
    """The ids by each metric, for several neighbours and for one, of many vectors and of one."""
    for metric in METRICS:
        for n, k in ((VECTORS, 3), (VECTORS, 1), (1, 2), (1, 1)):
            cases = [(*draw_vectors(numbers, metric, k, n), metric, k) for _ in range(2)]
            mistakes = NEAREST_MISTAKES[metric] if n > 1 else {}
            compare(answer, cases, right_nearest, mistakes,
                    lambda value, n=n, k=k: read_ids(value, n, k))  # fmt: skip
