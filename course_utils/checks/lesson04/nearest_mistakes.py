"""What learners get wrong in ``nearest``, by metric."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes


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


def by(score: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """Ids by a score of vectors and table, whatever metric was asked for."""
    return top(lambda v, t, _: score(v, t))


def by_metric(metric: str) -> Callable:
    """Ids by this metric, whatever was asked for."""
    return by(lambda v, t: scores(v, t, metric))


def without_equal(vectors: Tensor, table: Tensor, metric: str) -> Tensor:
    """The scores, those of rows that are the vector itself as low as can be."""
    equal = (vectors[:, None] == table).all(2)
    return scores(vectors, table, metric).masked_fill(equal, -torch.inf)


right_nearest = top(scores)
FARTHEST = top(scores, largest=False)
FAR = [FARTHEST, lambda v, t, m, k: FARTHEST(v, t, m, k).flip(1)]  # the farthest first, or last
ALONG_COLUMNS = [
    by(lambda v, t: v @ normalize(t, dim=0).T),
    by(lambda v, t: normalize(v, dim=0) @ normalize(t, dim=0).T),
    by(lambda v, t: normalize(v, dim=0) @ normalize(t, dim=1).T),
    by(lambda v, t: normalize(v, dim=0) @ t.T),
]
COMMON_MISTAKES: Mistakes = {
    "the order is the wrong way round: the nearest first": [
        lambda v, t, m, k: right_nearest(v, t, m, k).flip(1)
    ],
    "the numbers are sorted by size: the nearest first": [
        lambda v, t, m, k: right_nearest(v, t, m, k).sort(1).values
    ],
    "the nearest itself is left out": [top(scores, skip=1)],
    "a row that is the vector itself is left out: it is the nearest of all": [top(without_equal)],
    "the numbers are too high by 1: count rows from 0": [
        lambda v, t, m, k: right_nearest(v, t, m, k) + 1
    ],
    "five neighbours came back, whatever k is": [lambda v, t, m, k: right_nearest(v, t, m, 5)],
    "one neighbour came back, whatever k is": [lambda v, t, m, k: right_nearest(v, t, m, 1)],
    "one too many came back: k neighbours": [lambda v, t, m, k: right_nearest(v, t, m, k + 1)],
    "one too few came back: k neighbours": [lambda v, t, m, k: right_nearest(v, t, m, k - 1)],
    "a softmax along dim=0 mixes the vectors: each has an order of its own": [
        top(lambda v, t, m: scores(v, t, m).softmax(0))
    ],
    "all rows of the table came back in order: keep k for each vector, [:, :k]": [
        lambda v, t, m, k: right_nearest(v, t, m, len(t)),
        lambda v, t, m, k: right_nearest(v, t, m, len(t))[:k],
        lambda v, t, m, k: right_nearest(v, t, m, len(t)).flip(1),
        lambda v, t, m, k: right_nearest(v, t, m, len(t)).flip(1)[:k],
        lambda v, t, m, k: right_nearest(v, t, m, len(t)).flip(1)[-k:],
    ],
    "one number for each vector came back: k of them, (n, k) also where k is 1": [
        lambda v, t, m, k: right_nearest(v, t, m, 1)[:, 0]
    ],
    "only the first vector's neighbours came back: perhaps a `return` within the loop": [
        lambda v, t, m, k: right_nearest(v[:1], t, m, k)[0],
        lambda v, t, m, k: right_nearest(v[:1], t, m, k),
    ],
    "the neighbours of all vectors stand in one dimension: the shape is (n, k)": [
        lambda v, t, m, k: right_nearest(v, t, m, k).flatten()
    ],
    "the result is transposed: (n, k), one row for each vector": [
        lambda v, t, m, k: right_nearest(v, t, m, k).T
    ],
    "the best were taken along dim=0: that gives each row of the table the nearest vectors": [
        lambda v, t, m, k: scores(v, t, m).topk(k, dim=0).indices,
        lambda v, t, m, k: scores(v, t, m).topk(k, dim=0).indices.T,
        lambda v, t, m, k: scores(v, t, m).argsort(dim=0, descending=True)[:k],
        lambda v, t, m, k: right_nearest(t, v, m, k),
    ],
    "the rows themselves came back: return their numbers": [
        lambda v, t, m, k: t[right_nearest(v, t, m, k)]
    ],
}
NEAREST_MISTAKES: dict[str, Mistakes] = {
    "cosine": {
        (
            "these are by dot product, so long rows win: the cosine needs the table's rows "
            "normalised, too"
        ): [by_metric("dot")],
        "these are by Euclidean distance, not by cosine": [by_metric("euclidean")],
        "normalised along the wrong dimension: each row is a vector, so dim=1": ALONG_COLUMNS,
        "the sign of the cosine is lost: a row in the opposite direction is far": [
            by(lambda v, t: scores(v, t, "cosine").abs())
        ],
        "the rows are divided by the sum of their numbers' sizes: the length is norm(dim=1)": [
            by(lambda v, t: v @ normalize(t, dim=1, p=1.0).T)
        ],
        "divided by the square of the rows' length: the cosine has the length itself": [
            by(lambda v, t: v @ (t / t.square().sum(1, keepdim=True)).T)
        ],
        "divided by the root of the rows' length: the cosine has the length itself": [
            by(lambda v, t: v @ (t / t.norm(dim=1, keepdim=True).sqrt()).T)
        ],
        "multiplied by the rows' length: the cosine divides by it": [
            by(lambda v, t: v @ (t * t.norm(dim=1, keepdim=True)).T)
        ],
        "these are the least similar: a large cosine is near": FAR,
        **COMMON_MISTAKES,
    },
    "dot": {
        "these are by cosine: the dot product keeps the length of the table's rows": [
            by_metric("cosine")
        ],
        "these are by Euclidean distance, not by dot product": [by_metric("euclidean")],
        "normalised along columns: the dot product takes the numbers as they are": ALONG_COLUMNS,
        "the sign of the dot product is lost: a large negative one is far": [
            by(lambda v, t: (v @ t.T).abs())
        ],
        "these are the smallest: a large dot product is near": FAR,
        **COMMON_MISTAKES,
    },
    "euclidean": {
        "these are the farthest: a small distance is near, topk(k, largest=False)": FAR,
        "these are by cosine: the Euclidean distance takes the vectors as they are": [
            by_metric("cosine")
        ],
        "these are by dot product: the Euclidean distance has |t|^2 as well": [by_metric("dot")],
        "this is the Manhattan distance: square the differences, p=2": [
            by(lambda v, t: -torch.cdist(v, t, p=1.0))
        ],
        "this is the largest difference of single numbers: add up all squares, p=2": [
            by(lambda v, t: -torch.cdist(v, t, p=torch.inf))
        ],
        "|v - t|^2 is |v|^2 - 2 v.t + |t|^2: the 2 is missing": [
            by(lambda v, t: v @ t.T - t.square().sum(1))
        ],
        "|v - t|^2 is |v|^2 - 2 v.t + |t|^2: |t| is not squared": [
            by(lambda v, t: 2 * v @ t.T - t.norm(dim=1)),
            by(lambda v, t: v @ t.T - t.norm(dim=1)),
            by(lambda v, t: v @ t.T - t.norm(dim=1) / 2),
        ],
        "|v - t|^2 is |v|^2 - 2 v.t + |t|^2: the sign of 2 v.t or of |t|^2 is the other one": [
            by(lambda v, t: -2 * v @ t.T - t.square().sum(1)),
            by(lambda v, t: 2 * v @ t.T + t.square().sum(1)),
            by(lambda v, t: v @ t.T + t.square().sum(1)),
        ],
        "|v - t|^2 is |v|^2 - 2 v.t + |t|^2: v.t is missing, or counted too often": [
            by(lambda v, t: -t.norm(dim=1).expand(len(v), -1)),
            by(lambda v, t: 4 * v @ t.T - t.square().sum(1)),
        ],
        "the differences are added up without being squared, so they cancel": [
            by(lambda v, t: -(v[:, None] - t).sum(2)),
            by(lambda v, t: -(v[:, None] - t).sum(2).abs()),
            by(lambda v, t: -(v[:, None] - t).sum(2).square()),
        ],
        "the sum runs over the rows: a distance is over the numbers of a row, dim=-1": [
            lambda v, t, m, k: (v[:, None] - t).norm(dim=1).topk(k, dim=1, largest=False).indices,
            lambda v, t, m, k: (v[:, None] - t).norm(dim=0).topk(k, dim=1, largest=False).indices,
        ],
        "only the lengths are compared: take the length of the difference": [
            by(lambda v, t: -(v.norm(dim=1)[:, None] - t.norm(dim=1)).abs())
        ],
        **COMMON_MISTAKES,
    },
}
