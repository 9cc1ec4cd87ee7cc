"""``merged_weight`` (lesson 3, *Merge*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, compare, explanation, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.methods.lora import merged_weight as right_merge


def merge(scale: Callable[[float, Tensor, Tensor], float], sign: int = 1) -> Callable:
    """The definition with another scale; ``scale`` takes alpha, A and B."""
    return lambda W, A, B, alpha: W + sign * scale(alpha, A, B) * B @ A


def usual(alpha: float, A: Tensor, B: Tensor) -> float:
    """``alpha / rank``."""
    return alpha / len(A)


def product(wrong: Callable[[Tensor, Tensor], Tensor]) -> list[Callable]:
    """The definition with another product of A and B, the sum either way round."""
    return [
        lambda W, A, B, alpha: W + usual(alpha, A, B) * wrong(A, B),
        lambda W, A, B, alpha: usual(alpha, A, B) * wrong(A, B) + W,
    ]


SIDE = "the rank is the short side: lora_A.shape[0], which is lora_B.shape[1]"
MERGE_MISTAKES: Mistakes = {
    "the scale alpha / rank is forgotten": [merge(lambda alpha, A, B: 1.0)],
    "the scale is alpha / rank, not alpha alone": [merge(lambda alpha, A, B: alpha)],
    "the scale is upside down: alpha / rank, not rank / alpha": [
        merge(lambda alpha, A, B: len(A) / alpha)
    ],
    "1 / rank is not the whole scale: it is alpha / rank": [merge(lambda alpha, A, B: 1 / len(A))],
    "the scale alpha / rank is cut down to a whole number: divide with /, not with //": [
        merge(lambda alpha, A, B: alpha // len(A)),
        merge(lambda alpha, A, B: round(alpha / len(A))),
    ],
    "this is the scale of another method, rsLoRA: divide by the rank, not by its root": [
        merge(lambda alpha, A, B: alpha / len(A) ** 0.5)
    ],
    "the scale counts twice: give it to one factor of B A, not to both": [
        merge(lambda alpha, A, B: (alpha / len(A)) ** 2)
    ],
    "the rank counts twice: divide by it once": [merge(lambda alpha, A, B: alpha / len(A) ** 2)],
    "multiply by alpha and divide by the rank": [merge(lambda alpha, A, B: alpha * len(A))],
    "the lesson's 8 and 16 stand in the code: take alpha and the rank of what you are given": [
        merge(lambda alpha, A, B: 2),
        merge(lambda alpha, A, B: alpha / 8),
        merge(lambda alpha, A, B: 16 / len(A)),
    ],
    SIDE: [
        merge(lambda alpha, A, B: alpha / A.shape[1]),
        merge(lambda alpha, A, B: alpha / B.shape[0]),
    ],
    "the update is transposed: B A has the shape (out, in), its transpose (in, out)": product(
        lambda A, B: (B @ A).T
    ),
    "the product is B A, not A B: (out, rank) times (rank, in) gives (out, in)": [
        *product(lambda A, B: A @ B),
        *product(lambda A, B: B.T @ A.T),
    ],
    "nothing is to be transposed here: lora_B @ lora_A, (out, rank) times (rank, in)": [
        *product(lambda A, B: B @ A.T),
        *product(lambda A, B: B.T @ A),
        *product(lambda A, B: A.T @ B),
        *product(lambda A, B: A @ B.T),
    ],
    "* multiplies number by number: the matrix product is lora_B @ lora_A": [
        *product(lambda A, B: B * A),
        *product(lambda A, B: A * B),
        *product(lambda A, B: B * A.T),
        *product(lambda A, B: A.T * B),
    ],
    "the update is the wrong way round: add it": [merge(usual, -1)],
    "the base weight is lost: this is the update alone": [
        lambda W, A, B, alpha: usual(alpha, A, B) * B @ A,
        lambda W, A, B, alpha: B @ A,
    ],
    "the update is lost: this is the base weight": [lambda W, A, B, alpha: W],
    "the base weight is scaled too: alpha / rank belongs to the update alone": [
        lambda W, A, B, alpha: usual(alpha, A, B) * (W + B @ A),
        lambda W, A, B, alpha: usual(alpha, A, B) * W + B @ A,
    ],
    "the update is added twice": [merge(lambda alpha, A, B: 2 * alpha / len(A))],
    "the update is added to the weight, not multiplied with it": [
        lambda W, A, B, alpha: W * (usual(alpha, A, B) * B @ A),
        lambda W, A, B, alpha: W * (1 + usual(alpha, A, B) * B @ A),
    ],
    (
        "only one of the pieces of B A was added: is `return` in the loop over the rank, or does "
        "each piece replace the one before?"
    ): [
        lambda W, A, B, alpha: W + usual(alpha, A, B) * B[:, :1] @ A[:1],
        lambda W, A, B, alpha: W + usual(alpha, A, B) * B[:, -1:] @ A[-1:],
    ],
    "the weight is transposed: (out, in) is asked for": [
        lambda W, A, B, alpha: right_merge(W, A, B, alpha).T
    ],
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
    got = reader(tuple(case[0].shape), case[0].dtype)(call(answer, *case))
    expected = right_merge(*case)
    if differing(got, expected) < 0.02:
        return
    count = f"{differing(got, expected):.0%} of the numbers differ in their last bits"
    raise Mistake(cause_of_bits(got, case), show(expected), count)


def cause_of_bits(got: Tensor, case: tuple) -> str:
    """Which of the steps was taken in bfloat16."""
    W, A, B = (part.detach() for part in case[:3])
    scale, low_A, low_B = usual(case[3], A, B), A.bfloat16(), B.bfloat16()
    low = [scale * (low_B @ low_A), (scale * low_B) @ low_A, low_B @ (scale * low_A)]
    if any(differing(got, W + update) < 0.02 for update in low):
        return (
            "A and B were rounded to bfloat16 before the product: multiply and add in float32, "
            "round once"
        )
    if differing(got, W + (scale * B @ A).bfloat16()) < 0.02:
        return (
            "a bfloat16 weight: the update was rounded to bfloat16 before it was added; take "
            "the sum in float32, and round it once, at the end"
        )
    if agree(got, right_merge(*case), 0.02):
        return "right but for rounding: multiply and add in float32, and round once, at the end"
    return explanation([case], [got], MERGE_MISTAKES, 0.02)


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
    """Layers of several shapes, then the parameters of one, as in the lesson; one in bfloat16."""

    def case(out: int, in_: int, dtype: torch.dtype = torch.float32) -> tuple:
        rank, alpha = numbers.choice(((3, 11), (3, 13), (5, 17), (5, 18)))
        base = torch.randn(out, in_).to(dtype)
        return base, 0.3 * torch.randn(rank, in_), 0.3 * torch.randn(out, rank), alpha

    def trained(base: Tensor, A: Tensor, B: Tensor, alpha: int) -> tuple:
        return nn.Parameter(base, requires_grad=False), nn.Parameter(A), nn.Parameter(B), alpha

    for arguments in (case(10, 7), case(6, 6), case(7, 11), trained(*case(9, 7))):
        read = reader(tuple(arguments[0].shape), torch.float32)
        compare(answer, [arguments], right_merge, MERGE_MISTAKES, read, 1e-4)
    half_precision(answer, trained(*case(40, 48, torch.bfloat16)))
