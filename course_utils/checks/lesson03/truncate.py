"""``truncate`` (lesson 3, *What did full fine-tuning change?*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.low_rank import truncate as right_cut
from course_utils.checks.core.compare import UNKNOWN, compare, tensor
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson03.truncate_mistakes import CUT_MISTAKES, by_rank


def reader(shape: tuple[int, ...], seen: list[Tensor]) -> Callable[[Any], Tensor]:
    """Read a cut matrix, and keep it in ``seen``."""

    def read(value: Any) -> Tensor:
        seen.append(tensor(value, shape, "the cut matrix"))
        if value.dtype != torch.float32:
            likely = "return float32, whatever the dtype of delta is"
            raise WrongForm(likely, "torch.float32", str(value.dtype))
        return value

    return read


def matrix(shape: tuple[int, int]) -> Tensor:
    """Random, its singular values well apart: then the nearest matrix is sharply defined."""
    U, S, Vh = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    return U * torch.linspace(6, 0.5, len(S)) @ Vh


def examine(answer: Any, delta: Tensor, rank: int) -> None:
    """Is it the nearest matrix?"""
    seen: list[Tensor] = []
    read = reader(tuple(delta.shape), seen)
    try:
        compare(answer, [(delta, rank)], right_cut, CUT_MISTAKES, read, 1e-4)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:
            likely = by_rank(seen[-1], delta, rank)
            raise Mistake(likely, mistake.expected, mistake.got, mistake.call) from None
        raise


HINTS = (
    "the first singular vectors carry the most: keep `rank` of them",
    "U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False); V comes transposed already",
    "U[:, :rank] * S[:rank] @ Vh[:rank]",
)


@exercise(hints=HINTS, mistakes=CUT_MISTAKES)
def truncate(answer: Any, numbers: random.Random) -> None:
    """A high, a square and a wide matrix; a bfloat16 one, and one in float64."""
    cases = [((20, 14), torch.float32), ((13, 13), torch.float32), ((12, 22), torch.float32)]
    for shape, dtype in [*cases, ((14, 12), torch.bfloat16), ((12, 13), torch.float64)]:
        examine(answer, matrix(shape).to(dtype), numbers.randint(3, 5))
