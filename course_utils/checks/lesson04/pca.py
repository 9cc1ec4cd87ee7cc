"""``pca`` (lesson 4, *Principal components*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson04.pca_mistakes import (
    PCA_MISTAKES,
    SHAPE_MISTAKES,
    coordinates,
    signed,
)

CLOSE = 1e-3


def why_shape(value: Tensor, points: Tensor, k: int) -> str:
    """Which mistake gives another shape than (n, k)."""
    n, d = points.shape
    components = value.shape in ((d, k), (k, d), (min(n, d), d), (d, d))
    if value.ndim == 2:
        value = signed(value.T).T if value.shape == (k, n) else signed(value)
    for sentence, wrong_answers in SHAPE_MISTAKES.items():
        for wrong in wrong_answers:
            other = wrong(points, k)
            if value.shape == other.shape and torch.allclose(
                value.abs().double(), other.abs().double(), CLOSE, CLOSE
            ):
                return sentence
    if components:
        return "these are the components: return the points' coordinates on them"
    return "the shape is wrong: k coordinates for each point"


def reader(points: Tensor, k: int) -> Callable[[Any], Tensor]:
    """Reads (n, k) coordinates, and fixes their signs."""
    n, _ = points.shape

    def read(value: Any) -> Tensor:
        what = f"coordinates of the shape ({n}, {k}), a row for each point"
        if not isinstance(value, Tensor):
            likely = f"return a tensor, not a {type(value).__name__}"
            if type(value).__module__ == "numpy":
                likely = "return a tensor, as the points are, not an array: torch.from_numpy"
            raise Mistake(likely, what, show(value))
        if not value.is_floating_point():
            likely = f"coordinates are real numbers of any size, not {value.dtype}"
            raise Mistake(likely, what, show(value))
        if value.shape != (n, k):
            raise Mistake(why_shape(value.detach(), points, k), what, show(value))
        return signed(value.detach())

    return read


def draw_points(numbers: random.Random, n: int, d: int, k: int) -> Tensor:
    """Points off the origin, with ``k`` clear components in a random direction and some noise.

    Their spreads are exact, so that no draw has two components of nearly the same one.
    """
    rank = min(n - 1, d)
    spread = torch.tensor([12 * 0.5**i if i < k else 0.3 * 0.75 ** (i - k) for i in range(rank)])
    scores = torch.randn(n, rank)
    scores = torch.linalg.qr(scores - scores.mean(0))[0] * n**0.5  # (n, rank), centred
    directions = torch.linalg.qr(torch.randn(d, rank))[0]
    offset = torch.randn(d) + numbers.uniform(4, 6)
    points = (scores * spread) @ directions.T + offset
    return points[:, points.var(0).argsort()]  # the widest columns are the last ones


HINTS = (
    "first subtract the mean of each column",
    "torch.linalg.svd(centred, full_matrices=False) gives U, S, Vh; the rows of Vh are the "
    "principal components, that of most variance first",
    "the coordinates are centred @ Vh[:k].T",
)


@exercise(hints=HINTS, mistakes={**PCA_MISTAKES, **SHAPE_MISTAKES})
def pca(answer: Any, numbers: random.Random) -> None:
    """Coordinates up to sign, of many points and of fewer than they have numbers."""
    d, many, few = numbers.randint(6, 8), numbers.randint(14, 20), numbers.randint(9, 11)
    sizes = ((many, d, 2), (many, d, 3), (few, 24, 2), (few, 24, 3), (many, d, 1))
    for (n, width, k), given in zip(sizes, ((), (3,), (), (3,), (1,))):
        points = draw_points(numbers, n, width, k)
        case = (points, *given)
        compare(answer, [case], coordinates, PCA_MISTAKES, reader(points, k), CLOSE)
