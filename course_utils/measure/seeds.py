"""Several seeds of a method on the same items: mean, spread, and distance from another's.

Lesson 3, *LoRA against full fine-tuning, over three seeds*; lesson 4, *What did it gain?*.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy
from scipy import stats

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Difference:
    """The difference of two mean accuracies on the same items.

    Attributes:
        difference: mean of the first method less that of the second, in [-1, 1].
        low, high: 95 % interval of the difference.
        p: two-sided p-value of the same normal approximation.
    """

    difference: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        interval = f"[{100 * self.low:+.1f}, {100 * self.high:+.1f}]"
        return f"{100 * self.difference:+.1f} points {interval} (p = {self.p:.2g})"


def accuracies(answers: list[str]) -> numpy.ndarray:
    """(seeds,) float64: the share of ``1`` in each seed's answers."""
    return _right(answers).mean(1)


def compare_means(first: list[str], second: list[str]) -> Difference:
    """The difference of two methods' mean accuracies, over their seeds, on the same items.

    Two things are drawn at random: the items, and the seeds. The variance is the sum of both: that
    of the mean over items of the difference in the share of seeds that are right, and for each
    method that of the mean over its seeds. With three seeds the second is a rough estimate. A
    method with one seed, such as a hand-written prompt, is taken as having no other.

    Args:
        first, second: one string a seed, one character an item, ``1`` where right; the same items
            in the same order. The two may have different numbers of seeds.

    Raises:
        ValueError: the items differ in number, or there are fewer than two.
    """
    if len({len(answers) for answers in first + second}) != 1 or len(first[0]) < 2:
        raise ValueError("compare_means needs the same items, at least two, for every seed")
    change = _right(first).mean(0) - _right(second).mean(0)  # (items,)
    items = change.var(ddof=1) / len(change)
    error = math.sqrt(items + _seed_variance(first) + _seed_variance(second))
    centre = float(change.mean())
    p = float(2 * stats.norm.sf(abs(centre) / error)) if error else float(centre == 0)
    return Difference(centre, centre - 1.96 * error, centre + 1.96 * error, p)


def _seed_variance(answers: list[str]) -> float:
    """Variance of the mean accuracy over seeds; 0 for a single one."""
    return accuracies(answers).var(ddof=1) / len(answers) if len(answers) > 1 else 0.0


def _right(answers: list[str]) -> numpy.ndarray:
    """(seeds, items) float64."""
    return numpy.array([[character == "1" for character in row] for row in answers], float)


@dataclasses.dataclass(frozen=True)
class Spread:
    """A figure measured once a seed.

    Attributes:
        values: one a seed.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return sum(self.values) / len(self.values)

    @property
    def low(self) -> float:
        """The lowest."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The highest."""
        return max(self.values)


def spread(records: Iterable[T], metric: Callable[[T], float]) -> Spread:
    """A metric of each of these records, one a seed."""
    return Spread(tuple(metric(record) for record in records))
