"""What learners get wrong in ``pca``; each answer has its signs fixed by ``signed``."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes


def signed(coordinates: Tensor) -> Tensor:
    """Each column with the sign that makes its longest coordinate positive."""
    longest = coordinates.abs().argmax(0, keepdim=True)
    return coordinates * coordinates.gather(0, longest).sign()


def centred(points: Tensor) -> Tensor:
    """Each column less its mean."""
    return points - points.mean(0)


def axes(points: Tensor, k: int) -> Tensor:
    """The first ``k`` principal components: (d, k)."""
    return torch.linalg.svd(centred(points))[2][:k].T


def coordinates(points: Tensor, k: int = 2) -> Tensor:
    """The definition, with signs fixed."""
    return signed(centred(points) @ axes(points, k))


def not_centred(points: Tensor, k: int = 2) -> Tensor:
    """Singular vectors of the points as they are."""
    return signed(points @ torch.linalg.svd(points)[2][:k].T)


def rising(points: Tensor) -> Tensor:
    """Eigenvectors of the covariance as eigh gives them: that of least variance first."""
    return torch.linalg.eigh(centred(points).T @ centred(points)).eigenvectors


def covariance_of(points: Tensor) -> Tensor:
    """Eigenvectors of the covariance, as another matrix gives them."""
    return torch.linalg.eigh(torch.cov(points.T)).eigenvectors


def onto(directions: Callable[[Tensor, int], Tensor]) -> Callable:
    """Centred points along directions, (d, k), that ``directions`` takes from points and k."""

    def along(points: Tensor, k: int = 2) -> Tensor:
        return signed(centred(points) @ directions(points, k))

    return along


def eigenvector_rows(vectors: Callable[[Tensor], Tensor]) -> list[Callable]:
    """Wrong answers that take rows of a matrix whose columns are the components."""
    return [
        onto(lambda p, k: vectors(p)[:k].T),
        onto(lambda p, k: vectors(p).flip(1)[:k].T),
        onto(lambda p, k: vectors(p)[-k:].T),
        onto(lambda p, k: vectors(p).flip(0)[:k].T),
    ]


def scaled(scale: Callable[[Tensor, Tensor], Tensor | float]) -> Callable:
    """The right coordinates, multiplied by what ``scale`` takes from them and the points."""

    def times(points: Tensor, k: int = 2) -> Tensor:
        found = coordinates(points, k)
        return signed(found * scale(found, points))

    return times


def prepared(prepare: Callable[[Tensor], Tensor]) -> Callable:
    """The right coordinates of points that were changed first."""
    return lambda points, k=2: coordinates(prepare(points), k)


def correlated(points: Tensor, k: int = 2) -> Tensor:
    """Eigenvectors of the correlations, (d, k)."""
    return torch.linalg.eigh(torch.corrcoef(points.T)).eigenvectors.flip(1)[:, :k]


def widest(points: Tensor, k: int = 2) -> Tensor:
    """Numbers of the columns with the largest variance."""
    return points.var(0).topk(k).indices


PCA_MISTAKES: Mistakes = {
    "the points were not centred: subtract points.mean(0), or the first component mostly shows "
    "where they lie": [not_centred],
    "the components are right, the coordinates are not centred: project points - points.mean(0)": [
        lambda p, k=2: signed(p @ axes(p, k))
    ],
    "the components are those of points that were not centred: subtract points.mean(0) first": [
        onto(lambda p, k: torch.linalg.svd(p)[2][:k].T),
        lambda p, k=2: signed(centred(p @ torch.linalg.svd(p)[2][:k].T)),
    ],
    "these are the components of least variance: svd sorts in falling order, eigh in rising": [
        onto(lambda p, k: rising(p)[:, :k]),
        onto(lambda p, k: rising(p)[:, :k].flip(1)),
        onto(lambda p, k: axes(p, min(p.shape))[:, -k:]),
    ],
    "the components are in reverse order: that of most variance first": [
        lambda p, k=2: coordinates(p, k).flip(1)
    ],
    "the first component is left out": [lambda p, k=2: coordinates(p, k + 1)[:, 1:]],
    "these are U's columns alone, or whitened ones: multiply by the singular values": [
        scaled(lambda c, p: 1 / c.std(0)),
        scaled(lambda c, p: 1 / c.std(0, correction=0)),
        scaled(lambda c, p: 1 / c.norm(dim=0)),
    ],
    "the points were divided by their standard deviations: only centre them": [
        prepared(lambda p: centred(p) / p.std(0)),
        prepared(lambda p: centred(p) / p.std(0, correction=0)),
        prepared(lambda p: p / p.std(0)),
        onto(correlated),
        lambda p, k=2: signed(centred(p) / p.std(0) @ correlated(p, k)),
    ],
    "the mean was taken over each point's numbers: centre each column, mean(0)": [
        lambda p, k=2: not_centred(p - p.mean(1, keepdim=True), k)
    ],
    "one mean was taken over all numbers: centre each column, mean(0)": [
        lambda p, k=2: not_centred(p - p.mean(), k)
    ],
    "the median was subtracted: centre each column by its mean": [
        lambda p, k=2: not_centred(p - p.median(0).values, k)
    ],
    "the first point was subtracted: centre each column by its mean": [
        lambda p, k=2: not_centred(p - p[0], k)
    ],
    "these are the first columns of the points: project onto the principal components": [
        lambda p, k=2: signed(centred(p)[:, :k]),
        lambda p, k=2: signed(p[:, :k]),
    ],
    (
        "these are the columns of largest variance: the directions may be oblique, so project "
        "onto the principal components"
    ): [
        lambda p, k=2: signed(centred(p)[:, widest(p, k)]),
        lambda p, k=2: signed(p[:, widest(p, k)]),
        lambda p, k=2: signed(centred(p)[:, widest(p, k).sort().values]),
        lambda p, k=2: signed(p[:, widest(p, k).sort().values]),
    ],
    "the columns of Vh were taken: its rows are the components, Vh[:k].T": [
        onto(lambda p, k: torch.linalg.svd(centred(p), full_matrices=False)[2][:, :k]),
        onto(lambda p, k: torch.linalg.svd(centred(p))[2][:, :k]),
    ],
    "the rows of eigh's matrix were taken: its columns are the components, the last ones first": [
        *eigenvector_rows(rising),
        *eigenvector_rows(covariance_of),
    ],
    "all numbers are positive: only the sign of a whole component is arbitrary": [
        lambda p, k=2: coordinates(p, k).abs()
    ],
    "the coordinates are squared: project, and leave it at that": [
        lambda p, k=2: coordinates(p, k).square()
    ],
    "points, or their coordinates, were scaled to length 1: only centre them, and project": [
        prepared(lambda p: normalize(p, dim=1)),
        prepared(lambda p: normalize(centred(p), dim=1)),
        lambda p, k=2: not_centred(normalize(centred(p), dim=1), k),
        lambda p, k=2: signed(normalize(coordinates(p, k), dim=1)),
    ],
    "the coordinates are divided by sqrt(n - 1) or sqrt(n): project, and leave it at that": [
        scaled(lambda c, p: (len(p) - 1) ** -0.5),
        scaled(lambda c, p: len(p) ** -0.5),
    ],
    "the coordinates are divided by n - 1 or n: project, and leave it at that": [
        scaled(lambda c, p: 1 / (len(p) - 1)),
        scaled(lambda c, p: 1 / len(p)),
    ],
    "the coordinates are multiplied by the singular values once too often": [
        scaled(lambda c, p: c.norm(dim=0))
    ],
    "the coordinates are multiplied by variances: project, and leave it at that": [
        scaled(lambda c, p: c.var(0)),
        scaled(lambda c, p: c.square().sum(0)),
        scaled(lambda c, p: c.var(0, correction=0)),
    ],
    "U's columns are multiplied by the roots of the singular values: by the values themselves": [
        scaled(lambda c, p: c.norm(dim=0) ** -0.5)
    ],
    "the points were divided by one number for all, such as their standard deviation": [
        prepared(lambda p: p / p.std()),
        prepared(lambda p: p / centred(p).std()),
        prepared(lambda p: p / p.abs().max()),
        prepared(lambda p: p / p.norm()),
    ],
    "the columns were brought to the range from 0 to 1: only centre them": [
        prepared(lambda p: (p - p.amin(0)) / (p.amax(0) - p.amin(0)))
    ],
    "the signs within the components are lost: only that of a whole one is arbitrary": [
        onto(lambda p, k: axes(p, k).abs())
    ],
    "the coordinates are divided by the singular values twice: U * S needs the product": [
        scaled(lambda c, p: c.norm(dim=0) ** -2)
    ],
    (
        "these directions have n numbers, one a point (U, or an (n, n) matrix): the principal "
        "components have d numbers, as the rows of Vh"
    ): [
        lambda p, k=2: centred(p) @ p.new_ones(len(p), k),
        lambda p, k=2: centred(p) @ p.new_ones(len(p), len(p)),
        lambda p, k=2: centred(p) @ p.new_ones(k, len(p)).T,
    ],
}


def turned(points: Tensor, k: int = 2) -> Tensor:
    """The coordinates of the columns, as if these were the points."""
    return coordinates(points.T, k)


SHAPE_MISTAKES: Mistakes = {
    "k is not used: there are two components here, whatever it is": [
        lambda p, k=2: coordinates(p, 2)
    ],
    "all components came back: keep the first k": [lambda p, k=2: coordinates(p, min(p.shape))],
    "one component too many: k of them": [lambda p, k=2: coordinates(p, k + 1)],
    "the result is transposed: (n, k), a row for each point": [lambda p, k=2: coordinates(p, k).T],
    "the columns were taken for the points: each row is a point": [turned],
    "the shape was lost: (n, k) also where k is 1": [lambda p, k=2: coordinates(p, k).flatten()],
    "these are the points rebuilt from the components: return the k coordinates": [
        lambda p, k=2: centred(p) @ axes(p, k) @ axes(p, k).T,
        lambda p, k=2: centred(p) @ axes(p, k) @ axes(p, k).T + p.mean(0),
    ],
    "only the first component came back": [
        lambda p, k=2: coordinates(p, 1),
        lambda p, k=2: coordinates(p, 1)[:, 0],
    ],
}
