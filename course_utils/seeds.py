"""Recorded runs that differ in the seed alone: their mean, their spread, their differences."""

import dataclasses
import math
from collections.abc import Callable, Iterable

import numpy

from course_utils.experiments.plan import Run
from course_utils.experiments.records import Record, run_of


def by_setting(records: Iterable[Record]) -> dict[Run, list[Record]]:
    """The records of each setting, in the order of their seeds.

    The key is the run with seed 0.
    """
    groups: dict[Run, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.seed):
        groups.setdefault(dataclasses.replace(run_of(record), seed=0), []).append(record)
    return groups


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


def spread(records: Iterable[Record], metric: Callable[[Record], float]) -> Spread:
    """A metric of each of these records."""
    return Spread(tuple(metric(record) for record in records))


@dataclasses.dataclass(frozen=True)
class MeanDifference:
    """A difference in accuracy, each method's accuracy being its mean over seeds.

    Attributes:
        difference: mean accuracy of the first less that of the second, in [-1, 1].
        low, high: 95 % interval for other items, with these seeds.
        seeds: the difference of each pair of seeds.
        items: number of items.
    """

    difference: float
    low: float
    high: float
    seeds: tuple[float, ...]
    items: int

    def __str__(self) -> str:
        return (
            f"{100 * self.difference:+.1f} points [{100 * self.low:+.1f}, {100 * self.high:+.1f}]"
            f", n = {self.items} items, mean of {len(self.seeds)} seeds"
        )


def compare_seeds(first: list[str], second: list[str]) -> MeanDifference:
    """Compare two methods, each run with several seeds, on the same items.

    For each item: the share of the first method's runs that were right, less the second's. The
    interval is the normal one of the mean of these differences over the items (paired, as in Miller
    2024, *Adding Error Bars to Evals*). It says what other items would give, not what other seeds
    would: look at the seeds for that.

    Args:
        first, second: the answers of each run, one character an item, ``1`` where right.

    Raises:
        ValueError: there is nothing to compare, or the runs have different items or numbers.
    """
    lengths = {len(answers) for answers in (*first, *second)}
    if len(first) != len(second) or len(lengths) != 1 or max(lengths) < 2:
        raise ValueError("compare_seeds needs as many runs of each, on the same items")
    ours, theirs = _right(first), _right(second)  # (seeds, items)
    by_item = (ours - theirs).mean(0)
    half = 1.96 * by_item.std(ddof=1) / math.sqrt(by_item.size)
    centre, seeds = float(by_item.mean()), (ours - theirs).mean(1)
    return MeanDifference(centre, centre - half, centre + half, tuple(seeds.tolist()), by_item.size)


def _right(runs: list[str]) -> numpy.ndarray:
    return numpy.array([[answer == "1" for answer in answers] for answers in runs], dtype=float)
