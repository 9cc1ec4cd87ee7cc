"""Accuracy with its interval, and two methods compared on the same items.

Lesson 1 writes the interval by hand (*What is an accuracy worth?*); every lesson compares with it.
"""

import dataclasses
import hashlib
import math

import torch
from scipy import stats

from course_utils.errors import CourseError
from course_utils.validate import whole


def wilson_interval(correct: int, n: int) -> tuple[float, float]:
    """95 % Wilson interval of a share (Wilson 1927), by SciPy.

    Args:
        correct: number of successes, 0 to ``n``.
        n: number of trials, at least 1.

    Returns:
        Lower and upper end, in [0, 1].

    Raises:
        CourseError: a count is no whole number, or out of range.
    """
    n = whole("n", n, 1)
    correct = whole("correct", correct, 0, n)
    interval = stats.binomtest(correct, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a method answered on the items of a data set.

    Attributes:
        scores: (items, labels) float32, each row sums to 1.
        labels: (items,) int64, the right answers.
        items: fingerprint of the items.

    Raises:
        CourseError: there is no item, a score is not finite, or a label is none of the columns.
    """

    scores: torch.Tensor
    labels: torch.Tensor
    items: str

    def __post_init__(self) -> None:
        shapes = f"Scores of the shape {tuple(self.scores.shape)} and {len(self.labels)} labels"
        if self.scores.ndim != 2 or 0 in self.scores.shape or len(self.scores) != len(self.labels):
            raise CourseError(
                f"{shapes} give no accuracy", "give (items, labels), and one label for each item"
            )
        if not self.scores.isfinite().all():
            raise CourseError(
                "Some scores are NaN or infinite, so no label is the highest",
                "look at where they come from: torch.isfinite(scores).all(1)",
            )
        if self.labels.min() < 0 or self.labels.max() >= self.scores.shape[1]:
            raise CourseError(
                f"{shapes} from {self.labels.min()} to {self.labels.max()} do not fit",
                f"number the labels from 0 to {self.scores.shape[1] - 1}",
            )

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
    """The difference in accuracy of two methods on the same items; see ``compare``.

    Attributes:
        difference: accuracy of the first less that of the second, in [-1, 1].
        low, high: 95 % interval of the difference; without 0 exactly where ``p`` < 0.05.
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
    """Compare two methods item by item, by an exact test and an interval that agrees with it.

    The items on which both are right, or both wrong, say nothing of the difference. On the m
    others just one is right, and what is unknown is the share of the first among them: 1/2 if the
    two are equally good. Test: two-sided and binomial, against 1/2 (McNemar 1947, exact).

    Interval: the exact one of that share (Clopper and Pearson 1934), as a difference:
    (2 * share - 1) * m / n. It takes m as given, though other items would give another m; so each
    end is moved out to that of an interval which allows for this, Wald's with half an item added to
    each of the four counts (Agresti and Min 2005), if that lies further out. Where p is near 0.05,
    Wald's is the narrower towards 0; so the interval excludes 0 exactly where p < 0.05.

    Args:
        first, second: one character an item, ``1`` where right, else ``0``; the same items in the
            same order.

    Raises:
        ValueError: the two have different lengths or no item, or other characters.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"compare needs the same items: got {len(first)} and {len(second)}")
    refuse_other_characters([first, second])
    n = len(first)
    only_first = sum(a == "1" and b == "0" for a, b in zip(first, second))
    only_second = sum(a == "0" and b == "1" for a, b in zip(first, second))
    differing, difference = only_first + only_second, (only_first - only_second) / n
    p, share = 1.0, (0.5, 0.5)
    if differing:
        test = stats.binomtest(only_first, differing)
        p, share = float(test.pvalue), test.proportion_ci(0.95, method="exact")
    exact_low, exact_high = (float(2 * end - 1) * differing / n for end in share)
    wald_low, wald_high = _wald(only_first, only_second, n)
    low, high = min(exact_low, wald_low), max(exact_high, wald_high)
    return Comparison(difference, low, high, p, only_first, only_second)


def _wald(b: int, c: int, n: int) -> tuple[float, float]:
    """Wald's 95 % interval of (b - c) / n, with half an item more in each of the four counts."""
    difference, differing = (b - c) / (n + 2), (b + c + 1) / (n + 2)
    half = 1.959964 * math.sqrt((differing - difference**2) / (n + 2))
    return max(-1.0, difference - half), min(1.0, difference + half)


def refuse_other_characters(answers: list[str]) -> None:
    """Answers are kept as ``1`` for right and ``0`` for wrong; anything else would count as wrong.

    Raises:
        ValueError: there is another character.
    """
    if others := set().union(*answers) - {"0", "1"}:
        raise ValueError(f"answers are written as 1 and 0, one an item; got {sorted(others)!r}")
