"""Checks of lesson 4: from words to vectors, and back to the nearest words."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import normalize

from course_utils.checks.diagnose import Suspect, compare
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

Tensor = torch.Tensor
METRICS = ("cosine", "dot", "euclidean")
VECTORS = 12  # enough that two ways of choosing do not agree by chance


def cyclic(table: Tensor, ids: list[int], length: int) -> Tensor:
    """The definition of ``label_init``."""
    return table[[ids[i % len(ids)] for i in range(length)]].float()


def blocks(ids: list[int], length: int) -> list[int]:
    """Each id several times in a row."""
    each = -(-length // len(ids))
    return [ids[i // each] for i in range(length)]


CUT = "the rows do not add up to `length`: repeat the words, then cut"
INIT_SUSPECTS: list[Suspect] = [
    ("the words come in blocks: take them in turn, and begin again after the last",
     lambda t, i, n: t[blocks(i, n)]),
    ("only the first label word is there: take them in turn",
     lambda t, i, n: cyclic(t, i[:1], n)),
    ("the last label word fills the rest: begin again with the first",
     lambda t, i, n: t[[i[min(j, len(i) - 1)] for j in range(n)]]),
    (CUT, lambda t, i, n: t[i]),
    (CUT, lambda t, i, n: cyclic(t, i, n * len(i))),
    (CUT, lambda t, i, n: cyclic(t, i, -(-n // len(i)) * len(i))),
    (CUT, lambda t, i, n: cyclic(t, i, n // len(i) * len(i))),
    ("the rows behind the first label words are 0: repeat the words",
     lambda t, i, n: cyclic(t, i, n) * (torch.arange(n) < len(i))[:, None]),
    ("this is the words' mean, repeated: keep each word's own row",
     lambda t, i, n: t[i].float().mean(0).repeat(n, 1)),
    ("the words are in reverse order", lambda t, i, n: cyclic(t, i[::-1], n)),
    ("label_ids are not used: they are the row numbers in the table",
     lambda t, i, n: cyclic(t, list(range(len(i))), n)),
    ("these are the first rows of the table: label_ids are the row numbers",
     lambda t, i, n: t[:n]),
    ("the rows are scaled to length 1: keep the words' own lengths",
     lambda t, i, n: normalize(cyclic(t, i, n), dim=1)),
]  # fmt: skip


def read_init(value: Any) -> Tensor:
    """Read a float32 matrix whose rows have memory of their own; its length is left to suspects."""
    what = "a float32 tensor (length, d_model)"
    if not isinstance(value, Tensor):
        raise Mistake(f"return a tensor, not a {type(value).__name__}", what, show(value))
    if value.ndim != 2:
        raise Mistake("return one vector for each soft token", what, show(value))
    if value.dtype != torch.float32:
        raise Mistake("the dtype is not float32: call .float() on the rows", what, show(value))
    if value.untyped_storage().nbytes() < value.numel() * value.element_size():
        likely = "the rows share memory (expand): training one would change all, so clone() them"
        raise Mistake(likely, what, f"strides {value.stride()}")
    return value


def label_init(answer: Any, numbers: random.Random) -> None:
    """Rows in turn, for lengths above and below the number of labels; a copy of the table's."""
    cases = []
    for labels, length in ((2, numbers.choice((5, 7))), (3, 8), (4, 2), (1, 3), (1, 1)):
        table = torch.randn(30, numbers.randint(4, 8)) * 2
        cases.append((table, numbers.sample(range(6, 30), labels), length))
    cases.append((cases[0][0].bfloat16(), *cases[0][1:]))
    came = compare(answer, cases, cyclic, INIT_SUSPECTS, read_init)
    for (table, *_), value in zip(cases, came):
        if value.untyped_storage().data_ptr() == table.untyped_storage().data_ptr():
            likely = "the rows share the table's memory: training would change both, so clone()"
            raise Mistake(likely, "a copy", "a view of the table")


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


def by(metric: str) -> Callable:
    """Ids by this metric, whatever was asked for."""
    return top(lambda v, t, _: scores(v, t, metric))


right_nearest = top(scores)
COMMON_SUSPECTS: list[Suspect] = [
    ("the order is the wrong way round: the nearest first",
     lambda v, t, m, k: right_nearest(v, t, m, k).flip(1)),
    ("the nearest itself is left out", top(scores, skip=1)),
]  # fmt: skip
FARTHEST = top(scores, largest=False)
NEAREST_SUSPECTS: dict[str, list[Suspect]] = {
    "cosine": [
        ("these are by dot product, so long rows win: the cosine needs the table's rows "
         "normalised, too", by("dot")),
        ("these are by Euclidean distance, not by cosine", by("euclidean")),
        ("normalised along the wrong dimension: each row is a vector, so dim=1",
         top(lambda v, t, _: v @ normalize(t, dim=0).T)),
        ("normalised along the wrong dimension: each row is a vector, so dim=1",
         top(lambda v, t, _: normalize(v, dim=0) @ normalize(t, dim=0).T)),
        ("these are the least similar: a large cosine is near", FARTHEST),
        *COMMON_SUSPECTS,
    ],
    "dot": [
        ("these are by cosine: the dot product keeps the length of the table's rows",
         by("cosine")),
        ("these are by Euclidean distance, not by dot product", by("euclidean")),
        ("the sign of the dot product is lost: a large negative one is far",
         top(lambda v, t, _: (v @ t.T).abs())),
        ("these are the smallest: a large dot product is near", FARTHEST),
        *COMMON_SUSPECTS,
    ],
    "euclidean": [
        ("these are the farthest: a small distance is near, topk(k, largest=False)", FARTHEST),
        ("these are by cosine: the Euclidean distance takes the vectors as they are",
         by("cosine")),
        ("these are by dot product, not by Euclidean distance", by("dot")),
        ("this is the Manhattan distance: square the differences, p=2",
         top(lambda v, t, _: -torch.cdist(v, t, p=1.0))),
        ("|v - t|^2 is |v|^2 - 2 v.t + |t|^2: the 2 is missing",
         top(lambda v, t, _: v @ t.T - t.square().sum(1))),
        *COMMON_SUSPECTS,
    ],
}  # fmt: skip


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


def nearest(answer: Any, numbers: random.Random) -> None:
    """The ids by each metric, for several neighbours and for one."""
    for metric in METRICS:
        for k, suspects in ((numbers.choice((3, 4)), NEAREST_SUSPECTS[metric]), (1, [])):
            cases = [(*draw_vectors(numbers, metric, k), metric, k) for _ in range(2)]
            compare(answer, cases, right_nearest, suspects, lambda value, k=k: read_ids(value, k))


def picked(ids: Callable) -> Callable:
    """The rows of the nearest ids."""
    return lambda v, t: t[ids(v, t, "cosine", 1)[:, 0]]


right_snap = picked(right_nearest)
SNAP_SUSPECTS: list[Suspect] = [
    ("the nearest by dot product was taken, so long rows win: normalise the table's rows",
     picked(by("dot"))),
    ("the nearest by Euclidean distance was taken: use the cosine", picked(by("euclidean"))),
    ("the rows are scaled to length 1: normalise to compare, but return the table's own rows",
     lambda v, t: normalize(right_snap(v, t), dim=1)),
    ("the rows have the vectors' lengths: return the table's own rows",
     lambda v, t: normalize(right_snap(v, t), dim=1) * v.norm(dim=1, keepdim=True)),
    ("these are the least similar rows: a large cosine is near", picked(FARTHEST)),
    ("these are the second nearest rows", picked(top(scores, skip=1))),
    ("these are the vectors as they came", lambda v, t: v),
    ("one row stands for all vectors: look for the nearest of each",
     lambda v, t: right_snap(v, t)[:1].expand(len(v), -1)),
    ("one row stands for all vectors: look for the nearest of each",
     lambda v, t: right_snap(v.mean(0, keepdim=True), t).expand(len(v), -1)),
    ("this is half-way between vector and word: return the word's row",
     lambda v, t: (v + right_snap(v, t)) / 2),
    ("normalised along the wrong dimension: each row is a vector, so dim=1",
     picked(top(lambda v, t, _: normalize(v, dim=0) @ normalize(t, dim=0).T))),
]  # fmt: skip


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


def snap(answer: Any, numbers: random.Random) -> None:
    """The table's own row nearest to each vector by cosine."""
    cases = [draw_vectors(numbers, "cosine", 1) for _ in range(2)]
    compare(answer, cases, right_snap, SNAP_SUSPECTS, read_rows)
