"""Accuracy with its interval, and two methods compared on the same items.

Lesson 1 writes the interval by hand (*What is an accuracy worth?*); every lesson compares with it.
"""

import dataclasses
import hashlib
import math

import torch
from scipy import stats


def wilson_interval(correct: int, n: int) -> tuple[float, float]:
    """95 % Wilson interval of a share (Wilson 1927), by SciPy.

    Args:
        correct: number of successes, 0 to ``n``.
        n: number of trials, at least 1.

    Returns:
        Lower and upper end, in [0, 1].
    """
    interval = stats.binomtest(correct, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a method answered on the items of a data set.

    Attributes:
        scores: (items, labels) float32, each row sums to 1.
        labels: (items,) int64, the right answers.
        items: fingerprint of the items.
    """

    scores: torch.Tensor
    labels: torch.Tensor
    items: str

    @property
    def predictions(self) -> torch.Tensor:
        """(items,) int64: the label with the highest score."""
        return self.scores.argmax(1)

    @property
    def right(self) -> torch.Tensor:
        """(items,) bool: where the prediction is the label."""
        return self.predictions == self.labels

    @property
    def accuracy(self) -> float:
        """Share of right predictions, in [0, 1]."""
        return self.right.float().mean().item()

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy."""
        return wilson_interval(int(self.right.sum()), len(self.labels))

    @property
    def correct(self) -> str:
        """One character an item, as the lab book keeps it: ``1`` where right."""
        return "".join("1" if right else "0" for right in self.right.tolist())

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.accuracy:.3f} [{low:.3f}, {high:.3f}], n = {len(self.labels)}"


def fingerprint(texts: list[str]) -> str:
    """Twelve hex digits that stand for these texts in this order."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:12]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The difference in accuracy of two methods on the same items.

    Attributes:
        difference: accuracy of the first less that of the second, in [-1, 1].
        low, high: 95 % interval of the difference.
        p: two-sided p-value of McNemar's exact test.
        only_first, only_second: number of items that just one of the two gets right.
    """

    difference: float
    low: float
    high: float
    p: float
    only_first: int
    only_second: int

    def __str__(self) -> str:
        return (
            f"{100 * self.difference:+.1f} points [{100 * self.low:+.1f}, {100 * self.high:+.1f}]"
            f" (right alone: {self.only_first} against {self.only_second}, p = {self.p:.2g})"
        )


def compare(first: str, second: str) -> Comparison:
    """Compare two methods item by item.

    The items on which both are right, or both wrong, say nothing of the difference; pairing
    removes them. Interval: Wald with half an item added to each of the four cells (Agresti and
    Min 2005); test: McNemar's, exact.

    Args:
        first, second: one character an item, ``1`` where right; the same items in the same order.

    Raises:
        ValueError: the two have different lengths.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"compare needs the same items: got {len(first)} and {len(second)}")
    only_first = sum(a == "1" and b == "0" for a, b in zip(first, second))
    only_second = sum(a == "0" and b == "1" for a, b in zip(first, second))
    n, b, c = len(first) + 2, only_first + 0.5, only_second + 0.5
    centre = (b - c) / n
    half = 1.96 * math.sqrt(b + c - (b - c) ** 2 / n) / n
    discordant = only_first + only_second
    p = stats.binomtest(only_first, discordant).pvalue if discordant else 1.0
    difference = (only_first - only_second) / len(first)
    return Comparison(difference, centre - half, centre + half, p, only_first, only_second)
