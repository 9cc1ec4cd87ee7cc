"""``pca`` (lesson 4, *Do soft tokens form clusters?*)."""

import random
from collections.abc import Callable
from typing import Any

import numpy
import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def signed(coordinates: Tensor) -> Tensor:
    """Each column with the sign that makes its longest coordinate positive."""
    longest = coordinates.abs().argmax(0, keepdim=True)
    return coordinates * coordinates.gather(0, longest).sign()


def axes(points: Tensor, k: int) -> Tensor:
    """The first ``k`` principal components: (d, k)."""
    return torch.linalg.svd(points - points.mean(0))[2][:k].T


def coordinates(points: Tensor, k: int = 2) -> Tensor:
    """The definition, with signs fixed."""
    return signed((points - points.mean(0)) @ axes(points, k))


def not_centred(points: Tensor, k: int = 2) -> Tensor:
    """Singular vectors of the points as they are."""
    return signed(points @ torch.linalg.svd(points)[2][:k].T)


def off_centre(points: Tensor, k: int = 2) -> Tensor:
    """The right components, but coordinates of points that were not centred."""
    return signed(points @ axes(points, k))


def smallest(points: Tensor, k: int = 2) -> Tensor:
    """The components of least variance, in the order in which eigh gives them."""
    centred = points - points.mean(0)
    return signed(centred @ torch.linalg.eigh(centred.T @ centred).eigenvectors[:, :k])


def of_least(points: Tensor, k: int = 2) -> Tensor:
    """The components of least variance, the largest of them first."""
    return signed((points - points.mean(0)) @ axes(points, points.shape[1])[:, -k:])


def whitened(points: Tensor, k: int = 2, correction: int = 1) -> Tensor:
    """Each coordinate with a standard deviation of 1."""
    found = coordinates(points, k)
    return found / found.std(0, correction=correction)


WHITE = "every component has the same spread (whitened): multiply by the singular values"
CENTRE = (
    "the points were not centred: subtract points.mean(0), or the first component mostly shows "
    "where they lie"
)
LEAST = "these are the components of least variance: eigh sorts in rising order"
SCALED = "the points were divided by their standard deviations: only centre them"
PCA_MISTAKES: Mistakes = {
    CENTRE: [not_centred],
    "the components are right, the coordinates are not centred: project points - points.mean(0)": [
        off_centre
    ],
    LEAST: [
        smallest,
        of_least,
    ],
    "the components are in reverse order: that of most variance first": [
        lambda p, k=2: coordinates(p, k).flip(1)
    ],
    WHITE: [
        lambda p, k=2: whitened(p, k),
        lambda p, k=2: whitened(p, k, 0),
        lambda p, k=2: coordinates(p, k) / coordinates(p, k).norm(dim=0),
    ],
    SCALED: [
        lambda p, k=2: coordinates((p - p.mean(0)) / p.std(0), k),
        lambda p, k=2: coordinates((p - p.mean(0)) / p.std(0, correction=0), k),
    ],
    "the mean was taken over each point's numbers: centre each column, mean(0)": [
        lambda p, k=2: not_centred(p - p.mean(1, keepdim=True), k)
    ],
    "one mean was taken over all numbers: centre each column, mean(0)": [
        lambda p, k=2: not_centred(p - p.mean(), k)
    ],
    "these are the first columns of the points: project onto the principal components": [
        lambda p, k=2: signed((p - p.mean(0))[:, :k]),
        lambda p, k=2: signed(p[:, :k]),
    ],
    "the points were scaled to length 1: only centre them": [
        lambda p, k=2: coordinates(torch.nn.functional.normalize(p, dim=1), k)
    ],
    "the coordinates are divided by sqrt(n - 1): project, and leave it at that": [
        lambda p, k=2: coordinates(p, k) / (len(p) - 1) ** 0.5
    ],
    "the coordinates are multiplied by the singular values once too often": [
        lambda p, k=2: coordinates(p, k) * coordinates(p, k).norm(dim=0)
    ],
}


def reader(points: Tensor, k: int) -> Callable[[Any], Tensor]:
    """Reads (n, k) coordinates, a tensor or an array, and fixes their signs."""
    n, d = points.shape

    def read(value: Any) -> Tensor:
        what = f"coordinates of the shape ({n}, {k}), a row for each point"
        if isinstance(value, numpy.ndarray) and value.dtype.kind == "f":
            value = torch.from_numpy(value)
        if not isinstance(value, Tensor):
            raise Mistake(f"return a tensor, not a {type(value).__name__}", what, show(value))
        if value.shape in ((d, k), (k, d)):
            likely = "these are the components: return the points' coordinates on them"
            raise Mistake(likely, what, show(value))
        if value.shape != (n, k):
            likely = "the shape is wrong: k coordinates for each point"
            raise Mistake(likely, what, show(value))
        return signed(value)

    return read


def draw_points(numbers: random.Random, n: int, d: int, k: int) -> Tensor:
    """Points off the origin, with ``k`` clear components in a random direction and some noise."""
    spread = torch.tensor([8 * 0.5**i if i < k else 0.1 * 0.7**i for i in range(d)])
    rotation = torch.linalg.qr(torch.randn(d, d))[0]
    offset = torch.randn(d) + numbers.uniform(4, 6)
    return (torch.randn(n, d) * spread) @ rotation + offset


HINTS = (
    "first subtract the mean of each column",
    "torch.linalg.svd(centred, full_matrices=False) gives U, S, Vh; the rows of Vh are the "
    "principal components, that of most variance first",
    "the coordinates are centred @ Vh[:k].T",
)


@exercise(hints=HINTS, mistakes=PCA_MISTAKES)
def pca(answer: Any, numbers: random.Random) -> None:
    """Coordinates up to sign, for two components (the default) and for three."""
    d = numbers.randint(6, 8)
    for k, given in ((2, ()), (3, (3,)), (2, (2,))):
        points = draw_points(numbers, numbers.randint(14, 20), d, k)
        case = (points, *given)
        compare(answer, [case], coordinates, PCA_MISTAKES, reader(points, k), 1e-3)
