"""Checks of lesson 5: absmax rounding to 4 bits, and the NF4 codebook."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.diagnose import Suspect, compare, number, tensor
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

Tensor = torch.Tensor
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


RANGE = "the scale should make the largest magnitude the code 7: absmax / 7"
ABSMAX_SUSPECTS: list[Suspect] = [
    ("this cuts the digits off: round to the nearest code, torch.round",
     by_scale(largest, torch.trunc)),
    ("this rounds down: round to the nearest code, torch.round", by_scale(largest, torch.floor)),
    ("this rounds up: round to the nearest code, torch.round", by_scale(largest, torch.ceil)),
    ("a negative weight can be the largest: take abs() before max()",
     by_scale(lambda w: w.max() / 7)),
    ("the smallest weight is not the largest magnitude: abs().max()",
     by_scale(lambda w: w.min().abs() / 7)),
    (RANGE + ", not absmax / 8: codes run from -7 to 7, the same on both sides",
     by_scale(lambda w: w.abs().max() / 8)),
    (RANGE + ", not absmax / 8: codes run from -7 to 7, the same on both sides",
     by_scale(lambda w: w.abs().max() / 8, lambda x: x.round().clamp(-8, 7))),
    (RANGE + ", not absmax / 8: codes run from -7 to 7, the same on both sides",
     by_scale(lambda w: w.abs().max() / 8, lambda x: x.round().clamp(-7, 7))),
    (RANGE + ", not absmax / 15: that is for codes without a sign",
     by_scale(lambda w: w.abs().max() / 15)),
    (RANGE + "; here it is absmax itself, and only -1, 0 and 1 are used",
     by_scale(lambda w: w.abs().max())),
    (RANGE + ", not absmax / 127: that is for 8 bits", by_scale(lambda w: w.abs().max() / 127)),
    ("(max - min) / 15 is for a codebook that need not hold 0: take absmax / 7",
     by_scale(lambda w: (w.max() - w.min()) / 15)),
    ("the codes start at 0: they have a sign here, from -7 to 7",
     lambda w: (rounded(w, largest(w))[0] + 7, largest(w).item())),
    ("the codes start at 0: they have a sign here, from -7 to 7",
     lambda w: (rounded(w, largest(w))[0] + 8, largest(w).item())),
    ("the codes are right, the scale is upside down: weight = code * scale",
     lambda w: (rounded(w, largest(w))[0], 1 / largest(w).item())),
    ("the codes are right, the scale is absmax itself: weight = code * scale, so absmax / 7",
     lambda w: (rounded(w, largest(w))[0], w.abs().max().item())),
    ("these are the rounded weights: return the codes, whole numbers from -7 to 7",
     lambda w: (rounded(w, largest(w))[0] * largest(w), largest(w).item())),
    ("the standard deviation is no bound: take the largest magnitude",
     by_scale(lambda w: w.std() / 7)),
]  # fmt: skip


def absmax_int4(answer: Any, numbers: random.Random) -> None:
    """Matrices whose largest magnitude is negative or positive, and a vector."""
    cases = []
    for sign in (-1, 1, -1):
        weight = torch.randn(numbers.randint(3, 6), numbers.randint(5, 9)) * numbers.uniform(
            0.02, 3
        )
        weight[1, 2] = sign * weight.abs().max() * numbers.uniform(1.1, 1.6)
        cases.append((weight,))
    cases.append((cases[0][0][1],))
    for case in cases:
        compare(answer, [case], right_absmax, ABSMAX_SUSPECTS, codes_reader(case[0]), 1e-5)


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
        return codes.detach().double(), number(
            scale.squeeze() if isinstance(scale, Tensor) else scale
        )

    return read


def quantile(shares: Tensor) -> Tensor:
    """Where the standard normal has these shares below."""
    return torch.special.ndtri(shares.double())


def ends(offset: float, above: int, below: int) -> Tensor:
    """So many quantiles above zero and below, and an exact 0, not yet divided."""
    up = quantile(torch.linspace(offset, 0.5, above + 1))[:-1]
    down = -quantile(torch.linspace(offset, 0.5, below + 1))[:-1]
    return torch.cat([down, torch.zeros(1, dtype=torch.float64), up.flip(0)])


def joined(offset: float, turn: Callable[[Tensor], Tensor], flip: bool = True) -> Tensor:
    """Sixteen levels; ``turn`` makes them of shares. Those above may stay in falling order."""
    up, down = (turn(torch.linspace(offset, 0.5, n))[:-1].double() for n in (9, 8))
    return torch.cat([-down, torch.zeros(1, dtype=torch.float64), up.flip(0) if flip else up])


def unit(levels: Tensor) -> Tensor:
    """Divided by the largest."""
    return levels / levels.max()


def right_codebook(offset: float) -> Tensor:
    """The definition."""
    return unit(ends(offset, 8, 7))


def evenly(offset: float) -> Tensor:
    """Sixteen shares from 1 - offset to offset: no 0 among their quantiles."""
    return unit(quantile(torch.linspace(1 - offset, offset, 16)))


def middles(offset: float) -> Tensor:
    """The middles of sixteen equal shares."""
    return unit(quantile((torch.arange(16) + 0.5) / 16))


NO_ZERO = "there is no exact 0: a symmetric choice of 16 levels has none, so take 8 above, 7 below"
CODEBOOK_SUSPECTS: list[Suspect] = [
    ("these levels are evenly spaced: take quantiles of the normal, torch.special.ndtri",
     lambda offset: torch.linspace(-1, 1, 16)),
    (NO_ZERO, evenly),
    (NO_ZERO, middles),
    ("divide by the largest level, so that the codebook ends at -1 and 1",
     lambda offset: ends(offset, 8, 7)),
    ("the sides are the wrong way round: 8 levels above zero, 7 below",
     lambda offset: unit(ends(offset, 7, 8))),
    ("the codebook should rise: from -1 to 1", lambda offset: right_codebook(offset).flip(0)),
    ("the levels are not sorted: those above zero come out of linspace from the largest down",
     lambda offset: unit(joined(offset, quantile, flip=False))),
    ("the argument offset is not used", lambda offset: right_codebook(0.9677083)),
    ("these are shares, not quantiles: torch.special.ndtri turns a share into a level",
     lambda offset: unit(joined(offset, lambda shares: shares))),
    ("a share of 1 has an infinite quantile: start at offset, not at 1",
     lambda offset: unit(ends(1 - 1e-7, 8, 7))),
    ("ndtri is the inverse of the normal's share; ndtr is the share itself",
     lambda offset: unit(joined(offset, torch.special.ndtr))),
]  # fmt: skip


def codebook_reader(value: Any) -> Tensor:
    """Read sixteen finite levels."""
    what = "16 levels from -1 to 1"
    if isinstance(value, Tensor) and value.shape == (17,):
        raise Mistake(
            "17 levels do not fit 4 bits: linspace gives its last share, 0.5, too; its quantile is "
            "0, so drop it on both sides and add one 0", what, show(value),
        )  # fmt: skip
    if isinstance(value, Tensor) and value.shape == (15,):
        raise Mistake("15 levels: is the 0 missing, or one level above zero?", what, show(value))
    value = tensor(value, (16,), what)
    if not value.is_floating_point():
        raise Mistake("the levels are fractions: return floats", what, show(value))
    if not value.isfinite().all():
        raise Mistake(
            "some levels are infinite or nan: a share of 1 has an infinite quantile, so the shares "
            "run from offset to 0.5", what, show(value),
        )  # fmt: skip
    return value


def nf4_codebook(answer: Any, numbers: random.Random) -> None:
    """Two offsets at random, then the real one."""
    cases = [(round(numbers.uniform(0.9, 0.99), 4),) for _ in range(2)] + [(0.9677083,)]
    compare(answer, cases, right_codebook, CODEBOOK_SUSPECTS, codebook_reader, 1e-4)
