"""Intruder dimensions: strong directions of an adapted weight that the old weight did not have.

Lesson 3, *Look inside* and *Act on it*; Shuttleworth et al. 2024, arXiv 2410.21228, section 3.
"""

import torch

from course_utils.analysis.low_rank import Parts, decompose
from course_utils.errors import CourseError
from course_utils.validate import number, whole


@torch.no_grad()
def similarities(weight: torch.Tensor, adapted: torch.Tensor) -> torch.Tensor:
    """How well each direction that ``adapted`` writes is known to ``weight``.

    Args:
        weight: (out, in) before training.
        adapted: (out, in) after it.

    Returns:
        (min(out, in),) float32: of each left singular vector of ``adapted``, strongest first, the
        largest ``|cosine|`` with any left singular vector of ``weight``; from 0 to 1.

    Raises:
        CourseError: the shapes differ; or one is no matrix or not finite.
    """
    if weight.shape != adapted.shape:
        raise CourseError(
            f"A weight {tuple(weight.shape)} does not become one of {tuple(adapted.shape)}",
            "give the same matrix before and after training",
        )
    return largest_cosines(decompose(weight)[0], decompose(adapted)[0])


def largest_cosines(old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    """(m,): the largest ``|cosine|`` of each of ``new`` (size, m) with any of ``old`` (size, n)."""
    return (old.mT @ new).abs().amax(0)


def intruders(
    weight: torch.Tensor, adapted: torch.Tensor, k: int = 10, threshold: float = 0.5
) -> torch.Tensor:
    """Which of the first ``k`` directions of ``adapted`` are unlike every direction of ``weight``?

    Args:
        weight: (out, in) before training.
        adapted: (out, in) after it, such as W0 + alpha / r B A.
        k: how many singular vectors of ``adapted`` are looked at, strongest first.
        threshold: an intruder has no ``|cosine|`` of this size or larger.

    Returns:
        (found,) int64: their numbers, from 0, rising.

    Raises:
        CourseError: see ``similarities``; ``k`` or ``threshold`` is out of range.
    """
    return below(similarities(weight, adapted), k, threshold)


def below(similar: torch.Tensor, k: int, threshold: float) -> torch.Tensor:
    """The numbers of those of the first ``k`` that are below the threshold: int64, rising.

    Raises:
        CourseError: ``k`` or ``threshold`` is out of range.
    """
    k = whole("k", k, 1, len(similar))
    threshold = number("threshold", threshold, above=0, most=1)
    return (similar[:k] < threshold).nonzero().flatten()


def nearest_others(
    strengths: torch.Tensor, similar: torch.Tensor, found: torch.Tensor, threshold: float
) -> torch.Tensor:
    """As many directions that are no intruders, of about the same strength: a control.

    Args:
        strengths: (n,) singular values of the adapted weight.
        similar: (n,) as ``similarities`` gives them.
        found: (m,) the intruders' numbers.
        threshold: by which they were found.

    Returns:
        (m,) int64, in the order of ``found``: for each the free direction with the nearest singular
        value; fewer where no free one is left.
    """
    free = set((similar >= threshold).nonzero().flatten().tolist()) - set(found.tolist())
    chosen = []
    for index in found.tolist():
        if free:
            strength = strengths[index].item()
            nearest = min(free, key=lambda other: abs(strengths[other].item() - strength))
            chosen.append(nearest)
            free.remove(nearest)
    return torch.tensor(chosen, dtype=torch.long)


def shrunk(adapted: torch.Tensor, parts: Parts, which: torch.Tensor, factor: float) -> torch.Tensor:
    """The matrix with the singular values of ``which`` multiplied by ``factor``: float32.

    Args:
        adapted: (out, in).
        parts: of ``decompose(adapted)``.
        which: (m,) int64, numbers of singular values.
        factor: 1 leaves the matrix as it is, 0 takes the directions away.
    """
    U, S, Vh = parts
    which = which.to(S.device)
    taken = (U[:, which] * S[which]) @ Vh[which]
    return adapted.float() - (1 - factor) * taken.to(adapted.device)
