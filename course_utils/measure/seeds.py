"""Several seeds of a method on the same items: mean, spread, and distance from another's.

Lesson 3, *LoRA against full fine-tuning, over five seeds*; lesson 4, *What did it gain?*.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy
from scipy import stats

from course_utils.errors import CourseError
from course_utils.measure.evaluation import refuse_other_characters

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Difference:
    """The difference of two mean accuracies on the same items.

    Attributes:
        difference: mean of the first method less that of the second, in [-1, 1].
        low, high: 95 % interval of the difference.
        p: two-sided p-value; see ``compare_means``.
    """

    difference: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        interval = f"[{100 * self.low:+.1f}, {100 * self.high:+.1f}]"
        return f"{100 * self.difference:+.1f} points {interval} (p = {self.p:.2g})"


def accuracies(answers: list[str]) -> numpy.ndarray:
    """(seeds,) float64: the share of ``1`` in each seed's answers.

    Raises:
        ValueError: there is no seed or no item, seeds differ in their number of items, or answers
            are not written as ``1`` and ``0``.
    """
    return _right(answers).mean(1)


def compare_means(first: list[str], second: list[str]) -> Difference:
    """The difference of two methods' mean accuracies, over their seeds, on the same items.

    Two things are drawn at random: the items, and the seeds. The variance is the sum of both. What
    a seed's answer to a single item owes to chance is in either, so the sum is too large rather
    than too small.

    *Items*: the variance of the mean over items of the difference in the share of seeds that are
    right, with half an item added to each of the four cells (first alone right, second alone,
    both, none), as Agresti and Min (2005) do. With one seed each, ``compare`` is exact instead.

    *Seeds*: for each method the variance of the mean over its seeds. Three seeds say little of
    their own variance, so the quantile is Student's, with the degrees of freedom of Welch and
    Satterthwaite: seeds - 1 for each method, and infinitely many for the items, whose number is
    large and whose formula is made for the normal quantile. So it is 1.96 where the items decide,
    and Welch's t test where the seeds do: 4.30 with three seeds against one, 2.78 with three
    against three of equal variance. The normal quantile would hold the truth in 81 and 88 of 100
    cases there. A method with one seed, such as a hand-written prompt, is taken as having no other.

    *p* comes from the same quantity. Of few items it is not below what a sign test gives at best:
    of m items that differ, all in one direction, 2 ** (1 - m).

    Args:
        first, second: one string a seed, one character an item, ``1`` where right, else ``0``; the
            same items in the same order. The two may have different numbers of seeds.

    Returns:
        The difference with its interval, cut at -1 and 1. It holds the observed difference, but is
        not centred on it.

    Raises:
        ValueError: there is no seed, the items differ in number or there are fewer than two, or
            answers are not written as ``1`` and ``0``.
    """
    return _difference([first], [second])


def compare_differences(
    one: tuple[list[str], list[str]], other: tuple[list[str], list[str]]
) -> Difference:
    """By how much one difference of two mean accuracies is larger than another, on the same items.

    (mean of ``one[0]`` - mean of ``one[1]``) - (mean of ``other[0]`` - mean of ``other[1]``), such
    as two models' gaps between the same two methods. As ``compare_means``, with the seeds of all
    four as sources of variance.

    Raises:
        ValueError: see ``compare_means``.
    """
    return _difference([one[0], other[1]], [one[1], other[0]])


def _difference(plus: list[list[str]], minus: list[list[str]]) -> Difference:
    change, centre, error, freedom = _estimate(plus, minus)
    half = error * (1.96 if math.isinf(freedom) else float(stats.t.ppf(0.975, freedom)))
    differing = int((abs(change) > 1e-9).sum())
    p = max(2 * float(stats.t.sf(abs(centre) / error, freedom)), 2.0 ** (1 - differing))
    most = float(len(plus))
    low, high = max(-most, centre - half), min(most, centre + half)
    return Difference(float(change.mean()), low, high, min(1.0, p))


def p_within(first: list[str], second: list[str], margin: float) -> float:
    """One-sided p-value of the claim that two mean accuracies are less than ``margin`` apart.

    The larger of two one-sided tests (Schuirmann 1987), of the quantity that ``compare_means``
    tests: at most 0.025 where the interval of 95 % lies within the margin on both sides.

    Args:
        first, second: as of ``compare_means``.
        margin: in shares, above 0.

    Raises:
        ValueError: see ``compare_means``.
    """
    _, centre, error, freedom = _estimate([first], [second])
    return float(stats.t.sf((margin - abs(centre)) / error, freedom))


def _estimate(
    plus: list[list[str]], minus: list[list[str]]
) -> tuple[numpy.ndarray, float, float, float]:
    """Difference by item (items,); its mean, drawn to 0, with standard error and freedom.

    Args:
        plus, minus: the seeds of methods whose means are added and subtracted.
    """
    methods = plus + minus
    items = {len(row) for answers in methods for row in answers}
    if not all(methods) or len(items) != 1 or items <= {0, 1}:
        raise ValueError("the same items are needed, at least two, for every seed of each method")
    change = sum(_right(a).mean(0) for a in plus) - sum(
        _right(a).mean(0) for a in minus
    )  # (items,)
    n = len(change) + 2
    centre = float(change.sum()) / n
    of_items = (float(change @ change) + 1 - n * centre**2) / n**2
    seeds = [(_seed_variance(answers), len(answers) - 1) for answers in methods]
    variance = of_items + sum(part for part, _ in seeds)
    unsure = sum(part**2 / free for part, free in seeds if free)
    freedom = variance**2 / unsure if unsure else math.inf
    return change, centre, math.sqrt(variance), freedom


def mean_accuracy(answers: list[str]) -> Difference:
    """The mean accuracy over seeds, with an interval over items and seeds as in ``compare_means``.

    Taken as the distance from a method that is never right, and whose seeds all agree on that.

    Args:
        answers: one string a seed, as in ``compare_means``.

    Raises:
        ValueError: see ``compare_means``.
    """
    return compare_means(answers, ["0" * len(answers[0] if answers else "")])


def _seed_variance(answers: list[str]) -> float:
    """Variance of the mean accuracy over seeds; 0 for a single one."""
    return float(accuracies(answers).var(ddof=1)) / len(answers) if len(answers) > 1 else 0.0


def _right(answers: list[str]) -> numpy.ndarray:
    """(seeds, items) float64."""
    if len({len(row) for row in answers}) != 1 or not answers[0]:
        raise ValueError("every seed needs answers to the same items, at least one")
    refuse_other_characters(answers)
    return numpy.array([[character == "1" for character in row] for row in answers], float)


@dataclasses.dataclass(frozen=True)
class Spread:
    """A figure measured once a seed.

    Attributes:
        values: one a seed.

    Raises:
        CourseError: there is none, or one is NaN.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values or any(math.isnan(value) for value in self.values):
            raise CourseError(
                f"The values {self.values} have no mean over seeds",
                "choose settings of which there are records, and a metric that they have",
            )

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
