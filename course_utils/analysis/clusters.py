"""Do vectors of one label lie together? Statistics for a test by permuted labels.

Lesson 4, *Do prompts of one task move together?*; the test is ``analysis.permutations``.
"""

import math

import torch
from torch.nn.functional import normalize

from course_utils.analysis.permutations import Statistic
from course_utils.analysis.vectors import checked, checked_labels
from course_utils.errors import CourseError
from course_utils.validate import whole

EQUAL = 1e-6  # numbers so near to each other differ by rounding alone


def purity_of(vectors: torch.Tensor, k: int) -> Statistic:
    """Share of each vector's ``k`` nearest others, by cosine, that have its label; the mean.

    Args:
        vectors: (n, d), finite; one of length 0 has a cosine of 0 with every other.
        k: from 1 to n - 1, as no vector is its own neighbour.

    Returns:
        For (m, n) labels, the (m,) purities.

    Raises:
        CourseError: one of these is something else.
    """
    weights = _neighbour_weights(vectors, k)
    return lambda labels: _weighed(weights, labels)


def cosine_gap_of(vectors: torch.Tensor, blocks: torch.Tensor) -> Statistic:
    """How much larger is the cosine of two vectors of one label than that of two labels?

    The mean over pairs of different blocks only: what those of one block share, such as the seed
    that they started from, has no part in it.

    Args:
        vectors: (n, d).
        blocks: (n,), such as seeds.

    Returns:
        For (m, n) labels, the (m,) differences of two mean cosines.

    Raises:
        CourseError: the vectors are not finite or not as many as the blocks, or all are in one
            block.
    """
    directions = normalize(checked(vectors, "vectors", least=2).double().cpu(), dim=1)
    blocks = checked_labels(blocks, len(directions))
    apart = (blocks[:, None] != blocks).double()
    if not apart.any():
        raise CourseError(
            "All vectors are in one block, so no pair comes from two", "give at least two blocks"
        )
    cosines = directions @ directions.T

    def gap(labels: torch.Tensor) -> torch.Tensor:
        same = (labels[:, :, None] == labels[:, None]).double() * apart  # (m, n, n)
        other = apart - same
        return _mean(cosines, same) - _mean(cosines, other)

    return gap


def _weighed(weights: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Purity for (m, n) labels: (m,) float64."""
    same = (labels[:, :, None] == labels[:, None]).double()  # (m, n, n)
    return (same * weights).sum((1, 2)) / len(weights)


def _mean(cosines: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """Mean of the (n, n) cosines where each of (m, n, n) is 1: (m,)."""
    return (chosen * cosines).sum((1, 2)) / chosen.sum((1, 2))


def _neighbour_weights(vectors: torch.Tensor, k: int) -> torch.Tensor:
    """How much each vector counts as a neighbour of each: (n, n), rows sum to 1.

    Where several are equally near and not all of them are among the ``k``, each counts in part:
    the order in which vectors stand must not matter.
    """
    directions = normalize(checked(vectors, "vectors", least=2).double().cpu(), dim=1)
    k = whole("k", k, 1, len(directions) - 1)
    cosines = (directions @ directions.T).fill_diagonal_(-math.inf)
    last = cosines.topk(k, dim=1).values[:, -1:]  # of the k-th nearest
    nearer = (cosines > last + EQUAL).double()  # (n, n)
    as_near = ((cosines - last).abs() <= EQUAL).double()
    left = k - nearer.sum(1, keepdim=True)  # places for those that are as near as the k-th
    return (nearer + as_near * left / as_near.sum(1, keepdim=True)) / k
