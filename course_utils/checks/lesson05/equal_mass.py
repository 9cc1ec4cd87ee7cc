"""``equal_mass`` (lesson 5, *Which sixteen numbers?*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm


def quantile(shares: Tensor) -> Tensor:
    """Where the standard normal has these shares below."""
    return torch.special.ndtri(shares.double())


def unit(levels: Tensor) -> Tensor:
    """Divided by the largest."""
    return levels / levels.max()


def middles(count: int) -> Tensor:
    """The share below the middle of each slice."""
    return (torch.arange(count) + 0.5).double() / count


def right_levels(count: int) -> Tensor:
    """The definition."""
    return unit(quantile(middles(count)))


def centroids(count: int) -> Tensor:
    """The mean of each slice: the density at its lower edge less that at its upper one."""
    edges = quantile(torch.linspace(0, 1, count + 1))
    density = torch.exp(-edges.square() / 2)
    return unit(density[:-1] - density[1:])


def edges_between(count: int) -> Tensor:
    """As many levels, all of them edges: of one slice more."""
    return unit(quantile(torch.linspace(0, 1, count + 2)[1:-1]))


def as_levels(turn: Callable[[int], Tensor]) -> Callable[[int], Tensor]:
    """Levels of shares, divided by the largest."""
    return lambda count: unit(quantile(turn(count)))


MASS_MISTAKES: Mistakes = {
    "these levels are evenly spaced: it is their shares that are, torch.special.ndtri": [
        lambda count: torch.linspace(-1, 1, count),
        lambda count: unit((torch.arange(count) + 0.5) / count * 2 - 1),
    ],
    "these are shares, from 0 to 1: torch.special.ndtri turns a share into a level": [
        middles,
        lambda count: unit(middles(count)),
        lambda count: torch.linspace(0, 1, count),
    ],
    "divide by the largest level, so that they run from -1 to 1": [
        lambda count: quantile(middles(count)),
        lambda count: quantile(middles(count)) / quantile(middles(count)).std(),
        lambda count: quantile(middles(count)) / count,
    ],
    "these fall from 1 to -1: the codebook should rise, and is divided by the largest level": [
        lambda count: -right_levels(count)
    ],
    "these cut the normal into one slice more, at its edges: the level of a slice lies in its "
    "middle, at the shares (i + 1/2) / count": [
        edges_between,
        lambda count: unit(quantile(torch.linspace(1 / (count + 1), 1 - 1 / (count + 1), count))),
    ],
    "these are the means of the slices: the level asked for has half of the slice's probability "
    "on either side": [centroids, lambda count: centroids(count) * 1.0],
    "the slices have equal probability, not equal width: first shares, then ndtri": [
        lambda count: unit(torch.linspace(-1, 1, count + 1)[:-1].double() + 1 / count),
    ],
    "ndtri is the inverse of the normal's share; ndtr is the share itself": [
        lambda count: torch.special.ndtr(middles(count)),
        lambda count: unit(torch.special.ndtr(middles(count))),
    ],
    "the argument count is not used": [lambda count: right_levels(16)],
    "the levels are rounded: return them as they are": [
        lambda count, n=n: right_levels(count).round(decimals=n) for n in (1, 2, 3, 4)
    ],
    "the first slice begins at share 0 and its middle lies at 1/2 of its width: add 1/2 to i": [
        as_levels(lambda count: torch.arange(count) / count),
        as_levels(lambda count: torch.arange(1, count + 1) / count),
        as_levels(lambda count: torch.linspace(0, 1, count)),
        lambda count: quantile(torch.linspace(0, 1, count)),
    ],
}
INFINITE = (
    "some levels are infinite or nan: the shares 0 and 1 have infinite quantiles, and the middle "
    "of a slice is neither"
)


def levels_reader(count: int) -> Callable[[Any], Tensor]:
    """Read so many finite levels."""
    what = f"{count} levels from -1 to 1"

    def read(value: Any) -> Tensor:
        if isinstance(value, Tensor) and value.shape in ((count + 1,), (count - 1,)):
            likely = f"there are {len(value)} levels for {count} slices: one for each, its middle"
            raise WrongForm(likely, what, show(value))
        value = tensor(value, (count,), what)
        if value.dtype in (torch.float16, torch.bfloat16):
            raise Mistake("half precision moves the levels: float32", "float32", show(value))
        if not value.is_floating_point():
            raise Mistake("the levels are fractions: return floats", what, show(value))
        if not value.isfinite().all():
            raise Mistake(INFINITE, what, show(value))
        return value

    return read


HINTS = (
    "in which share of the whole probability does the middle of the first slice lie? Of the last?",
    "the middle of slice i, counted from 0, has the share (i + 1/2) / count below it; "
    "torch.special.ndtri(share) is the level that has this share below it",
    "levels = torch.special.ndtri((torch.arange(count) + 0.5) / count), then levels / levels.max()",
)


@exercise(hints=HINTS, mistakes=MASS_MISTAKES)
def equal_mass(answer: Any, numbers: random.Random) -> None:
    """Two counts at random, odd and even, and 16."""
    odd, even = numbers.choice((5, 7, 9, 11)), numbers.choice((4, 6, 8, 10, 12))
    for count in (odd, even, 16):
        read = levels_reader(count)
        compare(answer, [(count,)], right_levels, MASS_MISTAKES, read, 2e-5)
