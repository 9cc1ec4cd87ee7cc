"""``calibrate`` (lesson 1, *Contextual calibration*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.exercise import exercise


def rows(values: torch.Tensor) -> torch.Tensor:
    """Each row divided by its sum."""
    return values / values.sum(1, keepdim=True)


def right(scores: torch.Tensor, content_free: torch.Tensor) -> torch.Tensor:
    """Zhao et al. 2021, section 5: W = diag(p_cf) ** -1, b = 0, then renormalised."""
    return rows(scores / content_free.mean(0))


def divided_by(prior: Callable) -> Callable:
    """A wrong answer: the right formula with another prior."""
    return lambda scores, free: rows(scores / prior(scores, free))


FIRST = "only the first content-free text is used: average over all of them"
MULTIPLIED = "this multiplies by the content-free probabilities: divide by them"
NO_SUMS = "the rows do not sum to 1: renormalise each row after the division"
COLUMNS = "the columns were renormalised, not the rows: sum over dimension 1"
MISTAKES: Mistakes = {
    NO_SUMS: [lambda s, f: s / f.mean(0)],
    MULTIPLIED: [
        lambda s, f: rows(s * f.mean(0)),
        lambda s, f: s * f.mean(0),
    ],
    "this subtracts the content-free probabilities: divide by them": [
        lambda s, f: s - f.mean(0),
        lambda s, f: rows(s - f.mean(0)),
        lambda s, f: rows((s - f.mean(0)).clamp(min=0)),
        lambda s, f: (s - f.mean(0)).softmax(1),
    ],
    FIRST: [divided_by(lambda s, f: f[0])],
    "only the last content-free text is used: average over all of them": [
        divided_by(lambda s, f: f[-1])
    ],
    "the mean of the scores themselves was divided out: use that of the content-free ones": [
        divided_by(lambda s, f: s.mean(0))
    ],
    (
        "the scores are as before: the content-free mean runs along the labels, or over "
        "everything, where it is always 1 / labels; average over the texts, dimension 0"
    ): [lambda s, f: rows(s)],
    COLUMNS: [lambda s, f: (s / f.mean(0)) / (s / f.mean(0)).sum(0)],
    "a softmax was taken of the ratios: divide each row by its sum": [
        lambda s, f: (s / f.mean(0)).softmax(1)
    ],
    "the content-free largest value was divided out: use the mean": [
        divided_by(lambda s, f: f.amax(0))
    ],
    "the content-free median was divided out: use the mean": [
        divided_by(lambda s, f: f.median(0).values)
    ],
}


def uneven(probes: int, labels: int) -> torch.Tensor:
    """Content-free probabilities with a clear bias, (probes, labels); no two rows alike."""
    return rows(torch.rand(probes, labels) * 0.2 + torch.rand(labels) * 0.2 + torch.arange(
        1, labels + 1) * 0.4 + torch.eye(probes, labels) * 0.5)  # fmt: skip


def read(value: Any, shape: tuple[int, int]) -> torch.Tensor:
    """Read the calibrated scores."""
    return tensor(value, shape, "one row for each item, one column for each label")


HINTS = (
    "which label does the prompt favour when there is no review at all? content_free tells",
    "average content_free over its rows: one number for each label",
    "divide scores by that average, then each row by its own sum (keepdim=True)",
)


@exercise(hints=HINTS, mistakes=MISTAKES)
def calibrate(answer: Any, numbers: random.Random) -> None:
    """Contextual calibration, for as many labels as content-free texts and for fewer."""
    for labels, probes in ((3, 3), (2, 4)):
        items = numbers.randint(5, 7)
        scores = torch.rand(items, labels) + 0.1
        content_free = uneven(probes, labels)
        compare(
            answer, [(rows(scores), content_free)], right, MISTAKES,
            lambda value, shape=(items, labels): read(value, shape), 1e-4,
        )  # fmt: skip
