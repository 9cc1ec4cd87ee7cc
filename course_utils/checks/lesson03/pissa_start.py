"""``pissa_start`` (lesson 3, *Another start*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.low_rank import decompose
from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm

WHAT = "the tuple (base, lora_A, lora_B)"
Start = tuple[Tensor, Tensor, Tensor]  # base (out, in), A (rank, in), B (out, rank)


def seen(start: Start) -> Start:
    """What does not depend on signs and order: base, B A, and norms of A's rows, B's columns."""
    base, A, B = (part.detach().float() for part in start)
    return base, B @ A, torch.stack([A.norm(dim=1).sort().values, B.norm(dim=0).sort().values])


def by(make: Callable[..., Start]) -> Callable:
    """A start made of U, S, Vh, the weight in float32 and the rank."""
    return lambda weight, rank: seen(make(*decompose(weight), weight.float(), rank))


def start(U: Tensor, S: Tensor, Vh: Tensor, weight: Tensor, rank: int) -> Start:
    """The definition."""
    A, B = S[:rank, None].sqrt() * Vh[:rank], U[:, :rank] * S[:rank].sqrt()
    return weight - B @ A, A, B


def with_factors(make: Callable[..., tuple[Tensor, Tensor]]) -> Callable:
    """The first pieces, made into A and B otherwise; the rest is the base."""

    def made(U: Tensor, S: Tensor, Vh: Tensor, weight: Tensor, rank: int) -> Start:
        A, B = make(U[:, :rank], S[:rank].sqrt(), Vh[:rank])
        return weight - B @ A, A, B

    return made


def with_base(make: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """The right factors with another base, made of the weight and of what B A leaves of it."""

    def made(U: Tensor, S: Tensor, Vh: Tensor, weight: Tensor, rank: int) -> Start:
        rest, A, B = start(U, S, Vh, weight, rank)
        return make(weight, rest), A, B

    return made


def last(U: Tensor, S: Tensor, Vh: Tensor, weight: Tensor, rank: int) -> Start:
    """The weakest pieces."""
    return start(U[:, -rank:], S[-rank:], Vh[-rank:], weight, rank)


right = by(start)
PISSA_MISTAKES: Mistakes = {
    "the base still has the first pieces, so they are in the layer twice: take them off": [
        by(with_base(lambda weight, rest: weight))
    ],
    "B A is added to the base: take it off": [
        by(with_base(lambda weight, rest: 2 * weight - rest))
    ],
    "the base is the cut: the cut goes into B A, and the base keeps the rest": [
        by(with_base(lambda weight, rest: weight - rest))
    ],
    "A has all of the singular values: give each factor their root, so that both start alike": [
        by(with_factors(lambda U, root, Vh: (root[:, None].square() * Vh, U)))
    ],
    "B has all of the singular values: give each factor their root, so that both start alike": [
        by(with_factors(lambda U, root, Vh: (Vh, U * root.square())))
    ],
    "the singular values stand in both factors: B A has their squares; give each their root": [
        by(with_factors(lambda U, root, Vh: (root[:, None].square() * Vh, U * root.square())))
    ],
    "the singular values are missing: B A is to be the weight cut to the rank": [
        by(with_factors(lambda U, root, Vh: (Vh, U)))
    ],
    "the root of the singular values is in one factor alone: both get it": [
        by(with_factors(lambda U, root, Vh: (root[:, None] * Vh, U))),
        by(with_factors(lambda U, root, Vh: (Vh, U * root))),
    ],
    "these are the weakest pieces: torch.linalg.svd gives the strongest first": [by(last)],
    "this is LoRA's usual start: B is zero": [
        by(lambda U, S, Vh, W, rank: (W, Vh[:rank], torch.zeros_like(U[:, :rank]))),
        by(lambda U, S, Vh, W, rank: (W, S[:rank, None].sqrt() * Vh[:rank], 0 * U[:, :rank])),
    ],
    "the decomposition does not know bfloat16: turn the weight into float32 first": [
        lambda weight, rank: torch.linalg.svd(weight, full_matrices=False),
        lambda weight, rank: torch.svd(weight),
    ],
}  # fmt: skip


def reader(shape: tuple[int, ...], rank: int) -> Callable[[Any], Start]:
    """Read base, A and B."""

    def read(value: Any) -> Start:
        if not isinstance(value, (tuple, list)) or len(value) != 3:
            raise WrongForm(f"return {WHAT}", WHAT, show(value))
        base, A, B = value
        tensor(base, shape, "the base, (out, in)")
        if isinstance(A, Tensor) and isinstance(B, Tensor):
            shapes = ((rank, shape[1]), (shape[0], rank))
            if (tuple(B.shape), tuple(A.shape)) == shapes:
                raise Mistake("A and B are swapped: (base, lora_A, lora_B)", WHAT, show(value))
            other = len(A) if A.ndim else rank
            shapes = ((other, shape[1]), (shape[0], other))
            if other != rank and (tuple(A.shape), tuple(B.shape)) == shapes:
                likely = f"the factors have rank {len(A)}: take the argument rank, here {rank}"
                raise Mistake(likely, WHAT, show(value))
        tensor(A, (rank, shape[1]), "lora_A, (rank, in)")
        tensor(B, (shape[0], rank), "lora_B, (out, rank)")
        for name, part in zip(("base", "lora_A", "lora_B"), value):
            if part.dtype != torch.float32:
                raise WrongForm(f"{name} is to be float32", "torch.float32", str(part.dtype))
        return seen((base, A, B))

    return read


HINTS = (
    "the first pieces of the weight go into B A, all others stay in the base",
    "piece i is s_i u_i v_i^T: give the root of s_i to the column of B, and to the row of A",
    "root = S[:rank].sqrt(); B = U[:, :rank] * root; A = root[:, None] * Vh[:rank]; base = "
    "weight.float() - B @ A",
)


@exercise(hints=HINTS, mistakes=PISSA_MISTAKES)
def pissa_start(answer: Any, numbers: random.Random) -> None:
    """A high, a wide and a square matrix; one in bfloat16."""
    for shape, dtype in (
        ((20, 14), torch.float32),
        ((12, 22), torch.float32),
        ((13, 13), torch.float32),
        ((14, 12), torch.bfloat16),
    ):
        U, S, Vh = torch.linalg.svd(torch.randn(shape), full_matrices=False)
        weight = (U * torch.linspace(6, 0.5, len(S)) @ Vh).to(dtype)
        rank = numbers.randint(3, 5)
        compare(answer, [(weight, rank)], right, PISSA_MISTAKES, reader(shape, rank), 1e-3)
