"""``absmax_int4`` (lesson 5, *Rounding to 4 bits*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare, number, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

Pair = tuple[Tensor, float]


def rounded(weight: Tensor, scale: Tensor, how: Callable = torch.round) -> Pair:
    """Codes and scale."""
    return how(weight / scale), scale.item()


def right_absmax(weight: Tensor) -> Pair:
    """The definition."""
    return rounded(weight, weight.abs().max() / 7)


def by_scale(scale: Callable[[Tensor], Tensor], how: Callable = torch.round) -> Callable:
    """The usual rounding with another scale, or another way to round."""
    return lambda weight: rounded(weight, scale(weight), how)


def largest(weight: Tensor) -> Tensor:
    """The right scale."""
    return weight.abs().max() / 7


def from_smallest(weight: Tensor, steps: int, less: int) -> Pair:
    """Codes that count from the smallest weight, less some."""
    scale = (weight.max() - weight.min()) / steps
    return rounded(weight - weight.min(), scale)[0] - less, scale.item()


RANGE = "the scale should make the largest magnitude the code 7: absmax / 7"
ABSMAX_MISTAKES: Mistakes = {
    "this cuts the digits off: round to the nearest code, torch.round": [
        by_scale(largest, torch.trunc)
    ],
    "this rounds down: round to the nearest code, torch.round": [by_scale(largest, torch.floor)],
    "this rounds up: round to the nearest code, torch.round": [by_scale(largest, torch.ceil)],
    "a negative weight can be the largest: take abs() before max()": [
        by_scale(lambda w: w.max() / 7)
    ],
    "the smallest weight is not the largest magnitude: abs().max()": [
        by_scale(lambda w: w.min().abs() / 7)
    ],
    RANGE + ", not absmax / 8: codes run from -7 to 7, the same on both sides": [
        by_scale(lambda w: w.abs().max() / 8),
        by_scale(lambda w: w.abs().max() / 8, lambda x: x.round().clamp(-8, 7)),
        by_scale(lambda w: w.abs().max() / 8, lambda x: x.round().clamp(-7, 7)),
    ],
    RANGE + ", not absmax / 15: that is for codes without a sign": [
        by_scale(lambda w: w.abs().max() / 15)
    ],
    RANGE + "; here it is absmax itself, and only -1, 0 and 1 are used": [
        by_scale(lambda w: w.abs().max())
    ],
    RANGE + ", not absmax / 127: that is for 8 bits": [by_scale(lambda w: w.abs().max() / 127)],
    "(max - min) / 15 is for a codebook that need not hold 0: take absmax / 7": [
        by_scale(lambda w: (w.max() - w.min()) / 15)
    ],
    "the codes start at 0: they have a sign here, from -7 to 7": [
        lambda w: (rounded(w, largest(w))[0] + 7, largest(w).item()),
        lambda w: (rounded(w, largest(w))[0] + 8, largest(w).item()),
    ],
    "the codes are right, the scale is upside down: weight = code * scale": [
        lambda w: (rounded(w, largest(w))[0], 1 / largest(w).item())
    ],
    "the codes are right, the scale is absmax itself: weight = code * scale, so absmax / 7": [
        lambda w: (rounded(w, largest(w))[0], w.abs().max().item())
    ],
    "these are the rounded weights: return the codes, whole numbers from -7 to 7": [
        lambda w: (rounded(w, largest(w))[0] * largest(w), largest(w).item())
    ],
    "the zero of the weights is code 0 here: no smallest weight is taken away": [
        lambda w, steps=steps, less=less: from_smallest(w, steps, less)
        for steps in (14, 15)
        for less in (7, 8, 0)
    ],
    "divide by the scale before you round: most weights are smaller than 1": [
        lambda w: rounded(w.round(), largest(w)),
        lambda w: (w.round() / largest(w), largest(w).item()),
        lambda w: rounded(w.round(), largest(w), torch.trunc),
        lambda w: rounded(w.round(), w.round().abs().max() / 7),
    ],
    "max(dim) returns two things, the values and their places: max() without a dimension": [
        lambda w, dim=dim: w.abs().max(dim) / 7 for dim in (0, 1, -1)
    ]
    + [lambda w: w.abs().max(1, keepdim=True) / 7, lambda w: w / w.abs().max(1)],
    "the codes keep the shape of the weight: do not flatten it": [
        lambda w: ((w / largest(w)).round().to(torch.int8).flatten(), largest(w)),
        lambda w: ((w / largest(w)).round().to(torch.int8).flatten(), largest(w).item()),
    ],
    "neither the standard deviation nor a mean is a bound: take the largest magnitude": [
        by_scale(lambda w: w.std() / 7),
        by_scale(lambda w: w.abs().mean() / 7),
        by_scale(lambda w: w.square().mean().sqrt() / 7),
        by_scale(lambda w: w.abs().median() / 7),
    ],
    "(max - min) / 14 is the step only where both sides are of one length: take absmax / 7": [
        by_scale(lambda w: (w.max() - w.min()) / 14)
    ],
    "the sign is lost: codes run from -7 to 7, so abs() belongs to the scale alone": [
        lambda w: rounded(w.abs(), largest(w))
    ],
    "a weight of one step is code 1: divide by the scale, and do not multiply": [
        lambda w: ((w * largest(w)).round(), largest(w).item())
    ],
    "round once, at the end: first divide by the scale, which is absmax / 7": [
        lambda w: ((w / w.abs().max()).round() * 7, largest(w).item())
    ],
    "the codes are right, the scale is rounded: return it as it is": [
        lambda w, n=n: (rounded(w, largest(w))[0], round(largest(w).item(), n))
        for n in (0, 1, 2, 3)
    ],
}


def codes_reader(weight: Tensor) -> Callable[[Any], Pair]:
    """Read a pair of whole numbers and a scale."""
    what = "a pair: codes of the weight's shape, and one scale"

    def read(value: Any) -> Pair:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise Mistake("return two things: the codes, then the scale", what, show(value))
        codes, scale = value
        if isinstance(scale, Tensor) and scale.numel() > 1:
            likely = "there is one scale for the whole weight: abs().max() without a dimension"
            if scale.shape == weight.shape:
                likely = "codes first, then the scale"
            raise Mistake(likely, what, show(value))
        codes = tensor(codes, tuple(weight.shape), what)
        if codes.is_complex() or codes.dtype == torch.bool:
            raise Mistake("the codes should be whole numbers", "int8", show(codes))
        if codes.dtype == torch.uint8:
            raise Mistake("codes have a sign, and uint8 has none: int8", "int8", show(codes))
        if isinstance(scale, Tensor):
            scale = scale.squeeze()  # of shape (1,) or (1, 1), it is one number too
        return codes.detach(), number(scale)

    return read


def refuse_other_dtypes(codes: Tensor) -> None:
    """The right codes, but not in the type that the lesson asks for?"""
    if codes.dtype != torch.int8:
        dtype = str(codes.dtype).removeprefix("torch.")
        raise Mistake(
            f"the codes are right, and still {dtype}: int8 takes one byte each, .to(torch.int8)",
            "int8",
            dtype,
        )


HINTS = (
    "which code should the weight of the largest magnitude get, and which weight is one step?",
    "scale = weight.abs().max() / 7; a code is the number of steps, rounded",
    "(weight / scale).round().to(torch.int8), scale",
)


@exercise(hints=HINTS, mistakes=ABSMAX_MISTAKES)
def absmax_int4(answer: Any, numbers: random.Random) -> None:
    """Matrices whose largest magnitude is negative or positive, and a vector."""
    cases = []
    for sign in (-1, 1, -1):
        rows, columns = numbers.randint(3, 6), numbers.randint(5, 9)
        weight = torch.randn(rows, columns) * numbers.uniform(0.02, 3)
        weight[1, 2] = sign * weight.abs().max() * numbers.uniform(1.1, 1.6)
        cases.append((weight,))
    cases.append((cases[0][0][1],))
    for case in cases:
        read = codes_reader(case[0])
        (got,) = compare(answer, [case], right_absmax, ABSMAX_MISTAKES, read, 1e-5)
        refuse_other_dtypes(got[0])
