"""Means over seeds with Student's interval (lesson 4, *Do soft tokens form clusters?*)."""

import dataclasses
import math
from collections.abc import Iterable

import numpy
from scipy import stats

from course_utils.errors import CourseError


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean over seeds.

    Attributes:
        mean: of the values.
        low, high: 95 % interval by Student's t, with seeds - 1 degrees of freedom.
        n: the number of seeds.
    """

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean_of(values: Iterable[float]) -> Mean:
    """The mean of one value a seed, with its interval.

    Raises:
        CourseError: there are fewer than two values, or one is not finite.
    """
    array = numpy.array([float(value) for value in values])
    if len(array) < 2 or not numpy.isfinite(array).all():
        raise CourseError(
            f"The values {array.tolist()} have no interval over seeds",
            "give a finite value for each of at least two seeds",
        )
    error = float(array.std(ddof=1)) / math.sqrt(len(array))
    half = float(stats.t.ppf(0.975, len(array) - 1)) * error
    mean = float(array.mean())
    return Mean(mean, mean - half, mean + half, len(array))


def mean_difference(first: Iterable[float], second: Iterable[float]) -> Mean:
    """The mean of ``first`` less ``second``, paired by seed, with its interval.

    Raises:
        CourseError: they differ in number, or see ``mean_of``.
    """
    pairs = list(first), list(second)
    if len(pairs[0]) != len(pairs[1]):
        raise CourseError(
            f"{len(pairs[0])} and {len(pairs[1])} seeds cannot be paired",
            "give the same seeds of both, in the same order",
        )
    return mean_of(float(a) - float(b) for a, b in zip(*pairs))
