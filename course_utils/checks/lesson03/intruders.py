"""``intruders`` (lesson 3, *Look inside*)."""

import random
from collections.abc import Callable
from typing import Any

import numpy
import torch
from torch import Tensor

from course_utils.analysis.intruders import below, largest_cosines, similarities
from course_utils.analysis.intruders import intruders as right_intruders
from course_utils.checks.core.compare import compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson03.intruders_mistakes import INTRUDER_MISTAKES

WHAT = "the numbers of the intruders, a list or a tensor of whole numbers"
MARGIN = 0.01  # no similarity is nearer than this to a threshold: rounding decides nothing


def read(value: Any) -> list[int]:
    """Read the numbers from a list, a tuple, an array or a tensor of one dimension."""
    if isinstance(value, tuple) and len(value) == 1 and getattr(value[0], "ndim", 0) == 1:
        raise WrongForm("where() gives a tuple: take its first part, [0]", WHAT, show(value))
    if isinstance(value, (Tensor, numpy.ndarray)):
        floats = "float" in str(value.dtype)
        if not floats and value.ndim != 1 and not (value.ndim == 2 and value.shape[1] == 1):
            raise WrongForm("the numbers stand in one row: flatten() gives it", WHAT, show(value))
        value = value.flatten().tolist()
    if not isinstance(value, (list, tuple)):
        raise WrongForm(f"return {WHAT}, not a {type(value).__name__}", WHAT, show(value))
    numbers: list[Any] = [v.item() if isinstance(v, (Tensor, numpy.generic)) else v for v in value]
    if any(isinstance(v, bool) for v in numbers):
        likely = "these are truth values: return the numbers of those that are true, nonzero()"
        raise WrongForm(likely, WHAT, show(value))
    if numbers and all(isinstance(v, float) and v.is_integer() for v in numbers):
        raise WrongForm("these are floats: return whole numbers, int(...)", WHAT, show(numbers))
    if any(not isinstance(v, int) for v in numbers):
        likely = "these are no whole numbers, but values: return their places"
        raise WrongForm(likely, WHAT, show(value))
    return sorted(numbers)


def right(*case: Any) -> list[int]:
    """By the course's own function."""
    return [int(v) for v in right_intruders(*case)]


def pair(out: int, in_: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """A weight whose singular values fall, and the same with strong directions: new, and old."""
    U, _, Vh = torch.linalg.svd(torch.randn(out, in_), full_matrices=False)
    weight = U * torch.linspace(4, 0.2, U.shape[1]) @ Vh
    B, A = torch.randn(out, 3), torch.randn(3, in_)
    update = (B / B.norm(dim=0) * torch.tensor([5.5, 3.7, 2.6])) @ (A / A.norm(dim=1)[:, None])
    old = (U[:, -6:-3] * torch.tensor([4.6, 3.1, 2.2])) @ Vh[-6:-3]  # weak ones that became strong
    little = 0.05 * torch.randn(out, in_)
    return weight.to(dtype), (weight + update + old + little).to(dtype)


def clear_pair(
    out: int,
    in_: int,
    *options: Any,
    dtype: torch.dtype = torch.float32,
    wanted: Callable[[Tensor], Any] = torch.any,
) -> tuple:
    """A case that has intruders and others, none of them near the threshold.

    Whether U is full or cut makes no difference to it.

    Args:
        options: k and threshold, if given.
        wanted: whether the largest cosines, one a new direction, are those of a wanted case.
    """
    threshold = options[1] if len(options) > 1 else 0.5
    for _ in range(300):
        weight, adapted = pair(out, in_, dtype)
        similar = similarities(weight, adapted)
        found = below(similar, options[0] if options else 10, threshold)
        clear = (similar - threshold).abs().min() > MARGIN and 0 < len(found) < 5
        if clear and wanted(similar) and full_too(weight, adapted, threshold, found):
            break
    return weight, adapted, *options


def without(out: int, in_: int) -> tuple[Tensor, Tensor]:
    """A case that has none: nearly the same weight."""
    weight, _ = pair(out, in_)
    return weight, weight + 1e-3 * torch.randn(out, in_)


def one(similar: Tensor) -> bool:
    """Is one of the first ten an intruder, and not the one that counting would give, number 1?"""
    found = below(similar, 10, 0.5)
    return len(found) == 1 and int(found) != 1


def between(similar: Tensor, low: float, high: float) -> bool:
    """Is any of them between the two?"""
    return bool(((similar > low) & (similar < high)).any())


def full_too(weight: Tensor, adapted: Tensor, threshold: float, found: Tensor) -> bool:
    """Are they intruders to the columns of the full U as well, which S has no numbers for?"""
    old, new = (torch.linalg.svd(matrix.float()).U for matrix in (weight, adapted))
    return bool((largest_cosines(old, new[:, found]) < threshold).all())


HINTS = (
    "a singular vector has the length 1, so its cosine with another is their product, U0.T @ U",
    "U0 = torch.linalg.svd(weight.float(), full_matrices=False).U, and U of adapted; its columns "
    "are the directions",
    "cosines = (U0.T @ U[:, :k]).abs(): for each column the largest; below the threshold it is an "
    "intruder: (cosines.max(0).values < threshold).nonzero().flatten()",
)


@exercise(hints=HINTS, mistakes=INTRUDER_MISTAKES)
def intruders(answer: Any, numbers: random.Random) -> None:
    """A high, a wide and a square matrix; other k and thresholds; one in bfloat16; one, none."""
    k, threshold = numbers.randint(14, 18), numbers.choice((0.6, 0.65, 0.7))
    cases = [
        clear_pair(31, 28, wanted=one),
        clear_pair(34, 26, wanted=lambda similar: similar[9] < 0.5),  # the tenth is one
        clear_pair(28, 36, wanted=lambda similar: similar[10] < 0.5),  # the next would be
        clear_pair(30, 30, k),
        clear_pair(32, 27, k, threshold, wanted=lambda s: between(s[:k], 0.5, threshold)),
        clear_pair(27, 33, numbers.randint(2, 4), threshold),
        clear_pair(28, 28, dtype=torch.bfloat16),
        without(29, 26),
    ]
    compare(answer, cases, right, INTRUDER_MISTAKES, read)
