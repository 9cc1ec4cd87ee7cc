"""Recorded runs that differ in the seed alone: grouped, with their mean and their spread."""

import dataclasses
from collections.abc import Callable, Iterable

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
