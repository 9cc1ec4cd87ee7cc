"""What goes wrong in ``truncate``."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.low_rank import cut, decompose
from course_utils.analysis.low_rank import truncate as right_cut
from course_utils.checks.core.compare import Mistakes


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


def parts(make: Callable[[Tensor, Tensor, Tensor, int], Any], full: bool = False) -> Callable:
    """Something else made of U, S, Vh and the rank."""

    def wrong(delta: Tensor, rank: int) -> Any:
        U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=full)
        return make(U, S, Vh, rank)

    return wrong


def centred(dim: int, back: bool) -> Callable:
    """The cut after the mean was taken off; it is added again, or not."""

    def wrong(delta: Tensor, rank: int) -> Tensor:
        mean = delta.float().mean(dim, keepdim=True)
        return right_cut(delta.float() - mean, rank) + mean * back

    return wrong


def pruned(delta: Tensor, kept: int, dim: int) -> Tensor:
    """Zero but for the largest numbers along a dimension."""
    places = delta.abs().topk(min(kept, delta.shape[dim]), dim).indices
    return torch.zeros_like(delta).scatter(dim, places, delta.gather(dim, places))


def by_qr(delta: Tensor, rank: int) -> Tensor:
    """The first columns of Q and rows of R."""
    Q, R = torch.linalg.qr(delta.float())
    return Q[:, :rank] @ R[:rank]


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
    "the singular values are to stay as they are: no norm or sum divides them": [
        values(lambda S, rank: S / S[0] * keep_first(S, rank)),
        values(lambda S, rank: S / S.sum() * keep_first(S, rank)),
        values(lambda S, rank: S / S.norm() * keep_first(S, rank)),
        values(lambda S, rank: S / S[:rank].sum() * keep_first(S, rank)),
    ],
    (
        "V is transposed once too often or not at all: torch.linalg.svd gives Vh, whose rows "
        "belong to the pieces (torch.svd gives V)"
    ): [
        parts(lambda U, S, Vh, rank: U[:, :rank] * S[:rank] @ Vh[:, :rank].T),
        parts(lambda U, S, Vh, rank: U * S @ Vh.T),
    ],
    "the pieces are rows of Vh: take Vh[:rank], not Vh[:, :rank]": [
        parts(lambda U, S, Vh, rank: U[:, :rank] * S[:rank] @ Vh[:, :rank]),
        parts(lambda U, S, Vh, rank: U[:, :rank] @ (S[:rank, None] * Vh[:, :rank])),
    ],
    "the pieces are columns of U: take U[:, :rank], not U[:rank]": [
        parts(lambda U, S, Vh, rank: U[:rank] @ torch.diag(S[:rank]) @ Vh[:rank]),
        parts(lambda U, S, Vh, rank: U[:rank] * S[:rank] @ Vh[:rank]),
        parts(lambda U, S, Vh, rank: U[:rank].T * S[:rank] @ Vh[:rank]),
    ],
    "S is a vector: multiply the columns of U by it, U[:, :rank] * S[:rank], or use torch.diag": [
        parts(lambda U, S, Vh, rank: U[:, :rank] @ S[:rank] @ Vh[:rank]),
        parts(lambda U, S, Vh, rank: S[:rank] * Vh[:rank]),
        parts(lambda U, S, Vh, rank: U @ S @ Vh),
    ],
    "all three parts are to be cut: `rank` columns of U, numbers of S and rows of Vh": [
        parts(lambda U, S, Vh, rank: U[:, :rank] @ torch.diag(S)),
        parts(lambda U, S, Vh, rank: U[:, :rank] * S),
        parts(lambda U, S, Vh, rank: U @ torch.diag(S[:rank])),
        parts(lambda U, S, Vh, rank: U * S[:rank]),
        parts(lambda U, S, Vh, rank: U[:, :rank] @ torch.diag(S[:rank]) @ Vh),
    ],
    "U and S do not fit together: full_matrices=False leaves out what S has no number for": [
        parts(lambda U, S, Vh, rank: U @ torch.diag(S), full=True),
        parts(lambda U, S, Vh, rank: U * S, full=True),
    ],
    "nothing was cut: keep the first `rank` singular values": [lambda delta, rank: delta.float()],
    "one singular value too many": [lambda d, rank: right_cut(d, rank + 1)],
    "one singular value too few": [lambda d, rank: right_cut(d, rank - 1)],
    "the first piece is left out: Python counts from 0": [
        lambda d, rank: right_cut(d, rank + 1) - right_cut(d, 1),
        lambda d, rank: right_cut(d, rank) - right_cut(d, 1),
    ],
    "only the first piece is there: is `return` in the loop, or is the argument rank not used?": [
        lambda d, rank: right_cut(d, 1)
    ],
    "the argument rank is not used: here the lesson's rank 8 stands in its place": [
        lambda d, rank: right_cut(d, 8)
    ],
    "this is only one part: number `rank` alone; keep the first `rank` of them": [
        lambda d, rank: right_cut(d, rank) - right_cut(d, rank - 1),
        lambda d, rank: right_cut(d, rank + 1) - right_cut(d, rank),
    ],
    "nothing is to be taken off the matrix first: this is principal component analysis": [
        centred(dim, back) for dim in (0, 1) for back in (True, False)
    ],
    (
        "this keeps the largest single numbers and drops the others: take the first singular "
        "vectors instead"
    ): [
        lambda delta, rank: pruned(delta, rank, 1),
        lambda delta, rank: pruned(delta, rank, 0),
        lambda delta, rank: pruned(delta.reshape(1, -1), rank, 1).reshape(delta.shape),
    ],
    "Q and R come in the order of the columns, not by strength: use torch.linalg.svd": [by_qr],
    "these are the factors, not yet multiplied": [
        parts(lambda U, S, Vh, rank: (U[:, :rank] * S[:rank], Vh[:rank])),
        parts(lambda U, S, Vh, rank: (U[:, :rank], S[:rank], Vh[:rank])),
        parts(lambda U, S, Vh, rank: (U[:, :rank], torch.diag(S[:rank]), Vh[:rank])),
        parts(lambda U, S, Vh, rank: (U[:, :rank], S[:rank, None] * Vh[:rank])),
        parts(lambda U, S, Vh, rank: (U, S, Vh)),
    ],
    "this is one factor alone: multiply U, S and Vh, each cut": [
        parts(lambda U, S, Vh, rank: U[:, :rank] * S[:rank]),
        parts(lambda U, S, Vh, rank: U[:, :rank]),
        parts(lambda U, S, Vh, rank: S[:rank]),
        parts(lambda U, S, Vh, rank: Vh[:rank]),
        parts(lambda U, S, Vh, rank: S[:rank, None] * Vh[:rank]),
    ],
    "the result is transposed: the shape of delta is asked for": [
        lambda delta, rank: right_cut(delta, rank).T
    ],
    "the decomposition does not know this dtype: turn delta into float32 first, delta.float()": [
        lambda delta, rank: torch.linalg.svd(delta, full_matrices=False),
        lambda delta, rank: torch.svd(delta),
        lambda delta, rank: torch.linalg.eigh(delta.T @ delta),
        lambda delta, rank: delta.numpy(),
    ],
}


def by_rank(value: Tensor, delta: Tensor, rank: int) -> str:
    """What a matrix that no mistake of the table explains has to do with the right one."""
    value, delta = value.detach().double(), delta.double()
    if not value.isfinite().all():
        return "some numbers are not finite"
    got = int(torch.linalg.matrix_rank(value, rtol=1e-4))
    if got > rank:
        return f"the rank of the result is {got}, not {rank}: keep only {rank} singular values"
    lost = float((delta - value).norm() / (delta - cut(decompose(delta), rank)).norm())
    if lost < 1.2:
        return (
            "nearly the nearest matrix: perhaps the decomposition only approximates, as "
            "torch.svd_lowrank does; torch.linalg.svd is exact"
        )
    return (
        f"the rank fits, but the matrix is {lost:.1f} times as far from delta as the nearest one: "
        "another projection loses more than the first singular vectors"
    )
