"""``nf4_codebook`` (lesson 5, *Which sixteen numbers?*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


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


def by_sides(up: Tensor, down: Tensor, zeros: int = 1) -> Tensor:
    """Levels of two sides, sorted and divided."""
    return unit(torch.cat([down, torch.zeros(zeros, dtype=torch.float64), up]).sort().values)


def side(offset: float, levels: int, first: int = 0, last: int = 0) -> Tensor:
    """Quantiles of one side; so many are dropped at each end."""
    made = quantile(torch.linspace(offset, 0.5, levels))
    return made[first : levels - last]


def spread(offset: float, levels: int) -> Tensor:
    """Levels of one side, evenly spaced from the outermost to 0, which is dropped."""
    return torch.linspace(quantile(torch.tensor(offset)).item(), 0, levels)[:-1].double()


def unsorted_pair(offset: float) -> Tensor:
    """What ``sort`` returns, divided."""
    both: Any = right_codebook(offset).float().sort()
    return both / both.values.max()


def undivided(offset: float) -> Tensor:
    """The levels before they are divided."""
    return ends(offset, 8, 7)


NO_ZERO = "there is no exact 0: a symmetric choice of 16 levels has none, so take 8 above, 7 below"
CODEBOOK_MISTAKES: Mistakes = {
    "these levels are evenly spaced: take quantiles of the normal, torch.special.ndtri": [
        lambda offset: torch.linspace(-1, 1, 16)
    ],
    NO_ZERO: [
        evenly,
        middles,
        lambda offset: by_sides(side(offset, 9, last=1), -side(offset, 9, last=1), zeros=0),
        lambda offset: by_sides(side(offset, 8), -side(offset, 8), zeros=0),
    ],
    "drop the last share of each side, 0.5, whose quantile is 0: [:-1] after linspace": [
        lambda offset: by_sides(side(offset, 9), -side(offset, 8)),
        lambda offset: by_sides(side(offset, 9), -side(offset, 8), zeros=0),
        lambda offset: torch.cat([-side(offset, 8), torch.zeros(1), side(offset, 9)]),
        lambda offset: by_sides(side(offset, 8), -side(offset, 7)),
    ],
    "drop the last share of each side, 0.5, and not the first, which is the outermost level": [
        lambda offset: by_sides(side(offset, 9, 1), -side(offset, 8, 1)),
        lambda offset: by_sides(side(offset, 9, 1), -side(offset, 8, 1), zeros=0),
    ],
    "linspace counts both of its ends: take 9 and 8 shares, then drop the last of each": [
        lambda offset: by_sides(side(offset, 8, last=1), -side(offset, 7, last=1)),
    ],
    "the levels below zero are negative: put a minus before their quantiles, once": [
        lambda offset: by_sides(side(offset, 9, last=1), side(offset, 8, last=1)),
        lambda offset: by_sides(side(offset, 9, last=1), -side(1 - offset, 8, last=1)),
        lambda offset: unit(
            torch.cat([side(offset, 8, last=1), torch.zeros(1), side(offset, 9, last=1).flip(0)])
        ),
    ],
    "the shares are evenly spaced, not the levels: linspace first, then ndtri": [
        lambda offset: by_sides(spread(offset, 9), -spread(offset, 8)),
        lambda offset: unit(torch.linspace(-1, 1, 16).double() * quantile(torch.tensor(offset))),
    ],
    "torch.cat takes tensors with a dimension: torch.zeros(1), not torch.tensor(0.0)": [
        lambda offset: torch.cat([side(offset, 8, last=1), torch.tensor(0.0)]),
        lambda offset: torch.cat([torch.tensor(0.0), side(offset, 8, last=1)]),
    ],
    "sort returns two things, the values and their places: take .values": [unsorted_pair],
    "divide by the largest level, so that the codebook ends at -1 and 1": [
        undivided,
        lambda offset: undivided(offset) / undivided(offset).sum(),
        lambda offset: undivided(offset) / undivided(offset).abs().sum(),
        lambda offset: undivided(offset) / undivided(offset).std(),
        lambda offset: undivided(offset) / undivided(offset).norm(),
        lambda offset: undivided(offset) / undivided(offset).mean(),
        lambda offset: undivided(offset) / offset,
    ],
    "divided by the smallest level, which is negative: divide by the largest": [
        lambda offset: undivided(offset) / undivided(offset).min()
    ],
    "the levels are rounded: return them as they are": [
        lambda offset, n=n: right_codebook(offset).round(decimals=n) for n in (1, 2, 3, 4, 5)
    ],
    "drop the last share of each side, 0.5: on the side below zero the first was dropped": [
        lambda offset: by_sides(side(offset, 9, last=1), -side(offset, 8, first=1))
    ],
    "drop the last share of each side, 0.5: on the side above zero the first was dropped": [
        lambda offset: by_sides(side(offset, 9, first=1), -side(offset, 8, last=1))
    ],
    "offset belongs to both sides: one of them starts at the lesson's 0.9677083": [
        lambda offset: by_sides(side(0.9677083, 9, last=1), -side(offset, 8, last=1)),
        lambda offset: by_sides(side(offset, 9, last=1), -side(0.9677083, 8, last=1)),
    ],
    "the sides are the wrong way round: 8 levels above zero, 7 below": [
        lambda offset: unit(ends(offset, 7, 8))
    ],
    "the codebook should rise: from -1 to 1": [lambda offset: right_codebook(offset).flip(0)],
    "the levels are not sorted: those above zero come out of linspace from the largest down": [
        lambda offset: unit(joined(offset, quantile, flip=False)),
        lambda offset: unit(-joined(offset, quantile, flip=False).flip(0)),
        lambda offset: unit(
            torch.cat([side(offset, 9, last=1), torch.zeros(1), -side(offset, 8, last=1)])
        ),
        lambda offset: unit(
            torch.cat([side(offset, 9, last=1), -side(offset, 8, last=1), torch.zeros(1)])
        ),
        lambda offset: unit(
            torch.cat([-side(offset, 8, last=1), side(offset, 9, last=1), torch.zeros(1)])
        ),
        lambda offset: unit(
            torch.cat([torch.zeros(1), side(offset, 9, last=1), -side(offset, 8, last=1)])
        ),
    ],
    "the argument offset is not used": [lambda offset: right_codebook(0.9677083)],
    "these are shares, not quantiles: torch.special.ndtri turns a share into a level": [
        lambda offset: unit(joined(offset, lambda shares: shares))
    ],
    "a share of 1 has an infinite quantile: start at offset, not at 1": [
        lambda offset: unit(ends(1 - 1e-7, 8, 7))
    ],
    "ndtri is the inverse of the normal's share; ndtr is the share itself": [
        lambda offset: unit(joined(offset, torch.special.ndtr))
    ],
}


def codebook_reader(value: Any) -> Tensor:
    """Read sixteen finite levels."""
    what = "16 levels from -1 to 1"
    if isinstance(value, Tensor) and value.dtype in (torch.float16, torch.bfloat16):
        raise Mistake(
            "half precision moves the levels in the fourth digit: return float32",
            "float32",
            str(value.dtype).removeprefix("torch."),
        )
    if isinstance(value, Tensor) and value.shape == (17,):
        raise Mistake(
            "17 levels do not fit 4 bits: linspace gives its last share, 0.5, too; its quantile is "
            "0, so drop it on both sides and add one 0",
            what,
            show(value),
        )
    if isinstance(value, Tensor) and value.shape == (15,):
        raise Mistake("15 levels: is the 0 missing, or one level above zero?", what, show(value))
    value = tensor(value, (16,), what)
    if not value.is_floating_point():
        raise Mistake("the levels are fractions: return floats", what, show(value))
    if not value.isfinite().all():
        raise Mistake(
            "some levels are infinite or nan: a share of 1 has an infinite quantile, so the shares "
            "run from offset to 0.5",
            what,
            show(value),
        )
    return value


HINTS = (
    "torch.special.ndtri(share) is the level that has this share of the normal below it",
    "eight above zero: ndtri(torch.linspace(offset, 0.5, 9)[:-1]), the largest first; seven "
    "below in the same way, with a minus",
    "torch.cat([below, torch.zeros(1), above.flip(0)]), divided by its largest",
)


@exercise(hints=HINTS, mistakes=CODEBOOK_MISTAKES)
def nf4_codebook(answer: Any, numbers: random.Random) -> None:
    """Two offsets at random, then the real one."""
    cases = [(round(numbers.uniform(0.9, 0.99), 4),) for _ in range(2)] + [(0.9677083,)]
    compare(answer, cases, right_codebook, CODEBOOK_MISTAKES, codebook_reader, 2e-6)
