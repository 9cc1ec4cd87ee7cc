"""``merged_weight`` (lesson 3, *Merge*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.methods.lora import merged_weight as right_merge


def merge(scale: Callable[[float, Tensor, Tensor], float], sign: int = 1) -> Callable:
    """The definition with another scale; ``scale`` takes alpha, A and B."""
    return lambda W, A, B, alpha: W + sign * scale(alpha, A, B) * B @ A


def usual(alpha: float, A: Tensor, B: Tensor) -> float:
    """``alpha / rank``."""
    return alpha / len(A)


SIDE = "the rank is the short side: lora_A.shape[0], which is lora_B.shape[1]"
MERGE_MISTAKES: Mistakes = {
    "the scale alpha / rank is forgotten": [merge(lambda alpha, A, B: 1.0)],
    "the scale is alpha / rank, not alpha alone": [merge(lambda alpha, A, B: alpha)],
    "the scale is upside down: alpha / rank, not rank / alpha": [
        merge(lambda alpha, A, B: len(A) / alpha)
    ],
    "1 / rank is not the whole scale: it is alpha / rank": [merge(lambda alpha, A, B: 1 / len(A))],
    SIDE: [merge(lambda alpha, A, B: alpha / A.shape[1])],
    "the update is transposed: B A has the shape (out, in), its transpose (in, out)": [
        lambda W, A, B, alpha: W + usual(alpha, A, B) * (B @ A).T
    ],
    "the update is the wrong way round: add it": [merge(usual, -1)],
    "the base weight is lost: this is the update alone": [
        lambda W, A, B, alpha: usual(alpha, A, B) * B @ A
    ],
    "the update is lost: this is the base weight": [lambda W, A, B, alpha: W],
    "the base weight is scaled too: alpha / rank belongs to the update alone": [
        lambda W, A, B, alpha: usual(alpha, A, B) * (W + B @ A)
    ],
    "the update is added twice": [merge(lambda alpha, A, B: 2 * alpha / len(A))],
}


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
    got = reader(tuple(W.shape), W.dtype)(call(answer, *case))
    expected = right_merge(*case)
    if differing(got, expected) < 0.02:
        return
    scale = usual(alpha, A, B)
    rounded = W + (scale * B @ A).bfloat16()
    low = W + (scale * (B.bfloat16() @ A.bfloat16())).bfloat16()
    likely = UNKNOWN
    for wrong in (rounded, low, W + scale * (B.bfloat16() @ A.bfloat16())):
        if differing(got, wrong) < 0.02:
            likely = (
                "a bfloat16 weight: the update was rounded to bfloat16 before it was added; take "
                "the sum in float32, and round it once, at the end"
            )
    count = f"{differing(got, expected):.0%} of the numbers differ in their last bits"
    raise Mistake(likely, show(expected), count)


def differing(value: Tensor, other: Tensor) -> float:
    """Share of the numbers that are not equal."""
    return (value != other).float().mean().item()


HINTS = (
    "B A has the shape of the weight; the rank is the number of rows of A",
    "take the sum in float32, and round it to base_weight.dtype once, at the end",
    "(base_weight.float() + alpha / len(lora_A) * lora_B.float() @ lora_A.float())"
    ".to(base_weight.dtype)",
)


@exercise(hints=HINTS, mistakes=MERGE_MISTAKES)
def merged_weight(answer: Any, numbers: random.Random) -> None:
    """A square layer, which even transposed matrices fit; others; then one in bfloat16."""

    def case(out: int, in_: int, dtype: torch.dtype = torch.float32) -> tuple:
        rank, alpha = numbers.randint(3, 4), numbers.choice((5.0, 7.0, 11.0))
        base = torch.randn(out, in_).to(dtype)
        return base, 0.3 * torch.randn(rank, in_), 0.3 * torch.randn(out, rank), alpha

    for out, in_ in ((6, 6), (10, 7), (7, 11)):
        arguments = case(out, in_)
        read = reader((out, in_), torch.float32)
        compare(answer, [arguments], right_merge, MERGE_MISTAKES, read, 1e-4)
    half_precision(answer, case(40, 48, torch.bfloat16))
