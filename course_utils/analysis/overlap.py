"""Do two updates use the same directions? The overlap of their strongest subspaces.

Lesson 3, *Look inside*; Hu et al. 2021, section 7.2, equation 4.
"""

import torch

from course_utils.analysis.low_rank import decompose
from course_utils.errors import CourseError
from course_utils.validate import whole


def directions(update: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The first ``k`` left and right singular vectors: (out, k) and (in, k) float32.

    The left ones are the directions of the output that the update writes, the right ones those of
    the input that it reads.

    Raises:
        CourseError: ``update`` is no matrix or not finite, or has not ``k`` singular vectors.
    """
    U, _, Vh = decompose(update)
    k = whole("k", k, 1, min(update.shape))
    return U[:, :k], Vh[:k].mT


def subspace_overlap(first: torch.Tensor, second: torch.Tensor) -> float:
    """``||first^T second||_F^2 / min(k)``: 0 of subspaces at right angles, 1 where one holds all.

    Args:
        first, second: (size, k) float32, each with orthonormal columns; k may differ.

    Raises:
        CourseError: they are no two sets of directions in one space.
    """
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second):
        raise CourseError(
            f"Directions of the shapes {tuple(first.shape)} and {tuple(second.shape)} are not in "
            "one space",
            "give (size, k) of each, as directions(update, k) returns them",
        )
    shared = (first.mT @ second).square().sum().item()
    return shared / min(first.shape[1], second.shape[1])


def expected_overlap(size: int, k: int) -> float:
    """Mean overlap of a random subspace with any other, neither larger than ``k``: k / size.

    Of subspaces of k and m <= k dimensions: k m / size squared cosines, divided by m.
    """
    return k / size
