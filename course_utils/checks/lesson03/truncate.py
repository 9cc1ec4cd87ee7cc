"""``truncate`` (lesson 3, *What did full fine-tuning change?*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.low_rank import cut, decompose
from course_utils.analysis.low_rank import truncate as right_cut
from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def first(delta: Tensor, rank: int, dim: int) -> Tensor:
    """Zero but for the first rows or columns."""
    keep = torch.zeros_like(delta)
    keep.narrow(dim, 0, rank).copy_(delta.narrow(dim, 0, rank))
    return keep


def values(change: Callable[[Tensor, int], Tensor]) -> Callable:
    """The matrix with other singular values; ``change`` takes them and the rank."""

    def wrong(delta: Tensor, rank: int) -> Tensor:
        U, S, Vh = decompose(delta)
        return U * change(S, rank) @ Vh

    return wrong


def keep_first(S: Tensor, rank: int) -> Tensor:
    """1 for the first ``rank``, 0 for the rest."""
    return (torch.arange(len(S)) < rank).float()


def smallest(S: Tensor, rank: int) -> Tensor:
    """The last ``rank`` singular values alone."""
    return S * (torch.arange(len(S)) >= len(S) - rank)


def untransposed(delta: Tensor, rank: int) -> Tensor:
    """``Vh`` taken for V."""
    U, S, Vh = decompose(delta)
    return U[:, :rank] * S[:rank] @ Vh[:, :rank].T


CUT_MISTAKES: Mistakes = {
    "these are the first columns: take the first singular vectors, from torch.linalg.svd": [
        lambda delta, rank: first(delta, rank, 1)
    ],
    "these are the first rows: take the first singular vectors, from torch.linalg.svd": [
        lambda delta, rank: first(delta, rank, 0)
    ],
    "the smallest singular values were kept: torch.linalg.svd gives the largest first": [
        values(smallest)
    ],
    "this is what the cut leaves over: keep the first singular values, drop the rest": [
        values(lambda S, rank: S * (1 - keep_first(S, rank)))
    ],
    "the singular values S are missing from the product": [values(keep_first)],
    "the singular values are squared: they stand in the product once": [
        values(lambda S, rank: S * S * keep_first(S, rank))
    ],
    (
        "the root of the singular values stands in the product once: give it to both factors, or S "
        "to one"
    ): [values(lambda S, rank: S.sqrt() * keep_first(S, rank))],
    "torch.linalg.svd gives V transposed already: take the first rows of Vh": [untransposed],
    "nothing was cut: keep the first `rank` singular values": [lambda delta, rank: delta],
    "one singular value too many": [lambda d, rank: right_cut(d, rank + 1)],
    "one singular value too few": [lambda d, rank: right_cut(d, rank - 1)],
    "the argument rank is not used": [lambda d, rank: right_cut(d, 1)],
    "this is only one part: number `rank` alone; keep the first `rank` of them": [
        lambda d, rank: right_cut(d, rank) - right_cut(d, rank - 1)
    ],
}


def by_rank(answer: Any, delta: Tensor, rank: int) -> str:
    """What a matrix that no mistake of the table explains has to do with the right one."""
    value = call(answer, delta, rank).double()
    if not value.isfinite().all():
        return "some numbers are not finite"
    got = int(torch.linalg.matrix_rank(value, rtol=1e-4))
    if got > rank:
        return f"the rank of the result is {got}, not {rank}: keep only {rank} singular values"
    lost = (delta - value).norm() / (delta - cut(decompose(delta), rank)).norm()
    return (
        f"the rank fits, but the matrix is {lost:.1f} times as far from delta as the nearest one: "
        "a random projection loses more than the first singular vectors"
    )


HINTS = (
    "the first singular vectors carry the most: keep `rank` of them",
    "U, S, Vh = torch.linalg.svd(delta, full_matrices=False); V comes transposed already",
    "U[:, :rank] * S[:rank] @ Vh[:rank]",
)


@exercise(hints=HINTS, mistakes=CUT_MISTAKES)
def truncate(answer: Any, numbers: random.Random) -> None:
    """High and square matrices, which a transposed V fits too; then a wide one."""
    for shapes in (((12, 8), (9, 9)), ((7, 12),)):
        cases = [(torch.randn(shape), numbers.randint(3, 4)) for shape in shapes]
        for delta, rank in cases:
            value = tensor(call(answer, delta, rank), tuple(delta.shape), "the cut matrix")
            if not value.is_floating_point():
                raise Mistake("return real numbers", "a float tensor", show(value))
        try:
            compare(answer, cases, right_cut, CUT_MISTAKES, lambda value: value, 1e-4)
        except Mistake as mistake:
            if mistake.likely == UNKNOWN:
                raise Mistake(
                    by_rank(answer, *cases[0]), "the nearest matrix of its rank"
                ) from None
            raise
