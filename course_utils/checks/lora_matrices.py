"""Checks of lesson 3: the merged weight, and the best cut of low rank."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.calling import call
from course_utils.checks.diagnose import UNKNOWN, Suspect, compare, tensor
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show
from course_utils.lora import merged_weight as right_merge
from course_utils.low_rank import cut, decompose
from course_utils.low_rank import truncate as right_cut

Tensor = torch.Tensor


def merge(scale: Callable[[float, Tensor, Tensor], float], sign: int = 1) -> Callable:
    """The definition with another scale; ``scale`` takes alpha, A and B."""
    return lambda W, A, B, alpha: W + sign * scale(alpha, A, B) * B @ A


def usual(alpha: float, A: Tensor, B: Tensor) -> float:
    """``alpha / rank``."""
    return alpha / len(A)


SIDE = "the rank is the short side: lora_A.shape[0], which is lora_B.shape[1]"
MERGE_SUSPECTS: list[Suspect] = [
    ("the scale alpha / rank is forgotten", merge(lambda alpha, A, B: 1.0)),
    ("the scale is alpha / rank, not alpha alone", merge(lambda alpha, A, B: alpha)),
    ("the scale is upside down: alpha / rank, not rank / alpha",
     merge(lambda alpha, A, B: len(A) / alpha)),
    ("1 / rank is not the whole scale: it is alpha / rank",
     merge(lambda alpha, A, B: 1 / len(A))),
    (SIDE, merge(lambda alpha, A, B: alpha / A.shape[1])),
    ("the update is transposed: B A has the shape (out, in), its transpose (in, out)",
     lambda W, A, B, alpha: W + usual(alpha, A, B) * (B @ A).T),
    ("the update is the wrong way round: add it", merge(usual, -1)),
    ("the base weight is lost: this is the update alone",
     lambda W, A, B, alpha: usual(alpha, A, B) * B @ A),
    ("the update is lost: this is the base weight", lambda W, A, B, alpha: W),
    ("the base weight is scaled too: alpha / rank belongs to the update alone",
     lambda W, A, B, alpha: usual(alpha, A, B) * (W + B @ A)),
    ("the update is added twice", merge(lambda alpha, A, B: 2 * alpha / len(A))),
]  # fmt: skip


def merged_weight(answer: Any, numbers: random.Random) -> None:
    """A square layer, which even transposed matrices fit; others; then one in bfloat16."""

    def case(out: int, in_: int, dtype: torch.dtype = torch.float32) -> tuple:
        rank, alpha = numbers.randint(3, 4), numbers.choice((5.0, 7.0, 11.0))
        base = torch.randn(out, in_).to(dtype)
        return base, 0.3 * torch.randn(rank, in_), 0.3 * torch.randn(out, rank), alpha

    for out, in_ in ((6, 6), (10, 7), (7, 11)):
        arguments = case(out, in_)
        read = reader((out, in_), torch.float32)
        compare(answer, [arguments], right_merge, MERGE_SUSPECTS, read, 1e-4)
    half_precision(answer, case(40, 48, torch.bfloat16))


def reader(shape: tuple[int, ...], dtype: torch.dtype) -> Callable[[Any], Tensor]:
    """Read a weight."""

    def read(value: Any) -> Tensor:
        tensor(value, shape, "the weight, (out, in)")
        if value.dtype != dtype:
            raise Mistake(
                "return the weight in the dtype of base_weight", str(dtype), str(value.dtype)
            )
        return value

    return read


def half_precision(answer: Any, case: tuple) -> None:
    """The sum is taken in float32 and rounded once. A few numbers may fall to the other side."""
    W, A, B, alpha = case
    came = reader(tuple(W.shape), W.dtype)(call(answer, *case))
    expected = right_merge(*case)
    if differing(came, expected) < 0.02:
        return
    scale = usual(alpha, A, B)
    rounded = W + (scale * B @ A).bfloat16()
    low = W + (scale * (B.bfloat16() @ A.bfloat16())).bfloat16()
    likely = UNKNOWN
    for suspect in (rounded, low, W + scale * (B.bfloat16() @ A.bfloat16())):
        if differing(came, suspect) < 0.02:
            likely = (
                "a bfloat16 weight: the update was rounded to bfloat16 before it was added; take "
                "the sum in float32, and round it once, at the end"
            )
    count = f"{differing(came, expected):.0%} of the numbers differ in their last bits"
    raise Mistake(likely, show(expected), count)


def differing(value: Tensor, other: Tensor) -> float:
    """Share of the numbers that are not equal."""
    return (value != other).float().mean().item()


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


CUT_SUSPECTS: list[Suspect] = [
    ("these are the first columns: take the first singular vectors, from torch.linalg.svd",
     lambda delta, rank: first(delta, rank, 1)),
    ("these are the first rows: take the first singular vectors, from torch.linalg.svd",
     lambda delta, rank: first(delta, rank, 0)),
    ("the smallest singular values were kept: torch.linalg.svd gives the largest first",
     values(smallest)),
    ("this is what the cut leaves over: keep the first singular values, drop the rest",
     values(lambda S, rank: S * (1 - keep_first(S, rank)))),
    ("the singular values S are missing from the product", values(keep_first)),
    ("the singular values are squared: they stand in the product once",
     values(lambda S, rank: S * S * keep_first(S, rank))),
    ("the root of the singular values stands in the product once: give it to both factors, or S "
     "to one", values(lambda S, rank: S.sqrt() * keep_first(S, rank))),
    ("torch.linalg.svd gives V transposed already: take the first rows of Vh", untransposed),
    ("nothing was cut: keep the first `rank` singular values", lambda delta, rank: delta),
    ("one singular value too many", lambda d, rank: right_cut(d, rank + 1)),
    ("one singular value too few", lambda d, rank: right_cut(d, rank - 1)),
    ("the argument rank is not used", lambda d, rank: right_cut(d, 1)),
    ("this is only one part: number `rank` alone; keep the first `rank` of them",
     lambda d, rank: right_cut(d, rank) - right_cut(d, rank - 1)),
]  # fmt: skip


def truncate(answer: Any, numbers: random.Random) -> None:
    """High and square matrices, which a transposed V fits too; then a wide one."""
    for shapes in (((12, 8), (9, 9)), ((7, 12),)):
        cases = [(torch.randn(shape), numbers.randint(3, 4)) for shape in shapes]
        for delta, rank in cases:
            value = tensor(call(answer, delta, rank), tuple(delta.shape), "the cut matrix")
            if not value.is_floating_point():
                raise Mistake("return real numbers", "a float tensor", show(value))
        try:
            compare(answer, cases, right_cut, CUT_SUSPECTS, lambda value: value, 1e-4)
        except Mistake as mistake:
            if mistake.likely == UNKNOWN:
                raise Mistake(
                    by_rank(answer, *cases[0]), "the nearest matrix of its rank"
                ) from None
            raise


def by_rank(answer: Any, delta: Tensor, rank: int) -> str:
    """What a matrix that no suspect explains has to do with the right one."""
    value = call(answer, delta, rank).double()
    if not value.isfinite().all():
        return "some numbers are not finite"
    came = int(torch.linalg.matrix_rank(value, rtol=1e-4))
    if came > rank:
        return f"the rank of the result is {came}, not {rank}: keep only {rank} singular values"
    lost = (delta - value).norm() / (delta - cut(decompose(delta), rank)).norm()
    return (
        f"the rank fits, but the matrix is {lost:.1f} times as far from delta as the nearest one: "
        "a random projection loses more than the first singular vectors"
    )
