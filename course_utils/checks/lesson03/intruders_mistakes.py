"""What goes wrong in ``intruders``."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.intruders import intruders as right_intruders
from course_utils.checks.core.compare import Mistakes


def left(matrix: Tensor) -> Tensor:
    """Left singular vectors, columns."""
    return torch.linalg.svd(matrix.float(), full_matrices=False).U


def right_ones(matrix: Tensor) -> Tensor:
    """Right singular vectors, columns."""
    return torch.linalg.svd(matrix.float(), full_matrices=False).Vh.mT


def places(mask: Tensor) -> list[int]:
    """Where it is true."""
    return [int(place) for place in mask.nonzero().flatten()]


def by(
    old: Callable[[Tensor, int], Tensor] = lambda weight, k: left(weight),
    new: Callable[[Tensor, Tensor, int], Tensor] = lambda adapted, weight, k: left(adapted)[:, :k],
    likeness: Callable[[Tensor], Tensor] = lambda cosines: cosines.abs().amax(0),
    pick: Callable[[Tensor, float], Any] = lambda like, threshold: places(like < threshold),
) -> Callable:
    """The definition with another part: the old or new directions, what is taken of the cosines
    (old, new), and what is returned."""

    def wrong(weight: Tensor, adapted: Tensor, k: int = 10, threshold: float = 0.5) -> Any:
        return pick(likeness(old(weight, k).mT @ new(adapted, weight, k)), threshold)

    return wrong


INTRUDER_MISTAKES: Mistakes = {
    "none is found: an empty list comes back for every matrix": [lambda *_: []],
    "the right singular vectors are compared: take the left ones, the columns of U": [
        by(
            lambda weight, k: right_ones(weight),
            lambda adapted, weight, k: right_ones(adapted)[:, :k],
        )
    ],
    (
        "one old direction that is alike is enough, whatever its number: take the largest cosine "
        "with all of them, not the mean, the smallest, or that of the same number"
    ): [
        by(likeness=lambda cosines: cosines.abs().diagonal()),
        by(likeness=lambda cosines: cosines.abs().mean(0)),
        by(likeness=lambda cosines: cosines.abs().amin(0)),
    ],
    "a direction has no sign: take the absolute value of the cosine": [
        by(likeness=lambda cosines: cosines.amax(0))
    ],
    "only the first k directions of the weight are compared: take all of the weight's": [
        by(old=lambda weight, k: left(weight)[:, :k])
    ],
    "all directions of the adapted weight are looked at: only its first k are asked for": [
        by(new=lambda adapted, weight, k: left(adapted))
    ],
    "weight and adapted are swapped: the new directions are those of adapted": [
        lambda weight, adapted, *rest: places_of(adapted, weight, *rest)
    ],
    "the argument k is not used: it is always 10 here": [
        lambda weight, adapted, k=10, threshold=0.5: places_of(weight, adapted, 10, threshold)
    ],
    "the argument threshold is not used: it is always 0.5 here": [
        lambda weight, adapted, k=10, threshold=0.5: places_of(weight, adapted, k, 0.5)
    ],
    "these are the directions that are no intruders: below the threshold, not above": [
        by(pick=lambda like, threshold: places(like >= threshold)),
        by(pick=lambda like, threshold: places(like > threshold)),
    ],
    (
        "the largest cosine over the new directions is taken: for each new one, take it over the "
        "old ones"
    ): [by(likeness=lambda cosines: cosines.abs().amax(1))],
    "the cosines are squared: compare the cosine itself with the threshold": [
        by(likeness=lambda cosines: cosines.square().amax(0))
    ],
    "squares are summed: that is how much of a direction lies in all the old ones": [
        by(likeness=lambda cosines: cosines.square().sum(0)),
        by(likeness=lambda cosines: cosines.square().sum(0).sqrt()),
    ],
    "the directions are the columns of U, U[:, :k]; these are rows": [
        by(new=lambda adapted, weight, k: left(adapted)[:k].mT),
        by(lambda weight, k: left(weight).mT, lambda adapted, weight, k: left(adapted)[:k].mT),
    ],
    "the weakest directions are looked at: torch.linalg.svd gives the strongest first": [
        by(new=lambda adapted, weight, k: left(adapted)[:, -k:])
    ],
    "these are the directions of the update: take those of the adapted weight": [
        by(new=lambda adapted, weight, k: left(adapted.float() - weight.float())[:, :k]),
        by(new=lambda adapted, weight, k: left(adapted - weight)[:, :k]),
    ],
    "columns of the matrices are compared, not singular vectors: torch.linalg.svd gives these": [
        by(
            lambda weight, k: torch.nn.functional.normalize(weight.float(), dim=0),
            lambda adapted, weight, k: torch.nn.functional.normalize(adapted.float(), dim=0)[:, :k],
        )
    ],
    "Python counts from 0, and so do the numbers of the directions": [
        by(pick=lambda like, threshold: [place + 1 for place in places(like < threshold)])
    ],
    "this is how many there are: return their numbers": [
        by(pick=lambda like, threshold: int((like < threshold).sum())),
        by(pick=lambda like, threshold: (like < threshold).sum()),
    ],
    "these are truth values: return the numbers of those that are true, nonzero()": [
        by(pick=lambda like, threshold: like < threshold),
        by(pick=lambda like, threshold: (like < threshold).tolist()),
    ],
    "these are the cosines: return the numbers of those below the threshold": [
        by(pick=lambda like, threshold: like),
        by(pick=lambda like, threshold: like[like < threshold]),
        by(pick=lambda like, threshold: like.tolist()),
    ],
    "the decomposition does not know bfloat16: turn both into float32 first, weight.float()": [
        lambda weight, adapted, *rest: torch.linalg.svd(weight, full_matrices=False),
        lambda weight, adapted, *rest: torch.svd(weight),
        lambda weight, adapted, *rest: weight.numpy(),
    ],
}


def places_of(*case: Any) -> list[int]:
    """What the right function gives for these arguments."""
    return [int(place) for place in right_intruders(*case)]
