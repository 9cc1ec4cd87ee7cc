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


def ratio(scores: torch.Tensor, content_free: torch.Tensor) -> torch.Tensor:
    """The scores divided by the prior, not yet renormalised."""
    return scores / content_free.mean(0)


def right(scores: torch.Tensor, content_free: torch.Tensor) -> torch.Tensor:
    """Zhao et al. 2021, section 5: W = diag(p_cf) ** -1, b = 0, then renormalised."""
    return rows(ratio(scores, content_free))


def divided_by(prior: Callable) -> list[Callable]:
    """Wrong answers: the formula with another prior, renormalised or not."""
    return [
        lambda scores, free: rows(scores / prior(scores, free)),
        lambda scores, free: scores / prior(scores, free),
    ]


def two_labels(scores: torch.Tensor, content_free: torch.Tensor) -> torch.Tensor:
    """The first two labels alone."""
    return right(scores[:, :2], content_free[:, :2])


FIRST = "only the first content-free text is used: average over all of them"
MULTIPLIED = "this multiplies by the content-free probabilities: divide by them"
NO_SUMS = "the rows do not sum to 1: renormalise each row after the division"
COLUMNS = "the columns were renormalised, not the rows: sum over dimension 1"
MISTAKES: Mistakes = {
    NO_SUMS: [
        ratio,
        lambda s, f: ratio(s, f) / s.shape[1],
        lambda s, f: ratio(s, f) * (f.mean(0).sum() / f.shape[1]),
        lambda s, f: rows(s) / f.sum(0),
    ],
    MULTIPLIED: [
        lambda s, f: rows(s * f.mean(0)),
        lambda s, f: s * f.mean(0),
        lambda s, f: rows(s * f.mean(0).softmax(0)),
    ],
    "this subtracts the content-free probabilities: divide by them": [
        lambda s, f: s - f.mean(0),
        lambda s, f: rows(s - f.mean(0)),
        lambda s, f: rows((s - f.mean(0)).clamp(min=0)),
        lambda s, f: rows((s - f.mean(0)).relu() + 1e-9),
        lambda s, f: rows((s - f.mean(0)).abs()),
        lambda s, f: (s - f.mean(0)).softmax(1),
        lambda s, f: rows(s - f.mean(0) + 1),
        lambda s, f: s - f.mean(0) + 1 / s.shape[1],
    ],
    FIRST: divided_by(lambda s, f: f[0]),
    "only the last content-free text is used: average over all of them": divided_by(
        lambda s, f: f[-1]
    ),
    "the mean of the scores themselves was divided out: use that of the content-free ones": (
        divided_by(lambda s, f: s.mean(0))
    ),
    (
        "the scores are as before: the content-free mean runs along the labels, or over "
        "everything, where it is always 1 / labels; average over the texts, dimension 0"
    ): [lambda s, f: rows(s), lambda s, f: s / f.mean(), lambda s, f: s / f.sum()],
    COLUMNS: [
        lambda s, f: ratio(s, f) / ratio(s, f).sum(0),
        lambda s, f: ratio(s, f) / ratio(s, f).mean(0),
    ],
    "the sum of the whole table was divided out, not that of each row: sum over dimension 1": [
        lambda s, f: ratio(s, f) / ratio(s, f).sum(),
        lambda s, f: ratio(s, f) / ratio(s, f).mean(),
    ],
    "each row was divided by the root of its squares' sum (normalize without p=1): by its sum": [
        lambda s, f: ratio(s, f) / ratio(s, f).norm(dim=1, keepdim=True)
    ],
    "each row was divided by its largest number or its mean: by its sum": [
        lambda s, f: ratio(s, f) / ratio(s, f).amax(1, keepdim=True),
        lambda s, f: ratio(s, f) / ratio(s, f).mean(1, keepdim=True),
    ],
    "a softmax was taken of the ratios: divide each row by its sum": [
        lambda s, f: ratio(s, f).softmax(1),
        lambda s, f: right(s, f).softmax(1),
        lambda s, f: ratio(s, f).softmax(0),
        lambda s, f: (s / f.sum(0)).softmax(1),
    ],
    "these are logarithms: leave the logarithm out, or take the exponential": [
        lambda s, f: right(s, f).log(),
        lambda s, f: ratio(s, f).log(),
    ],
    "the average was taken of the reciprocals, or of the ratios: average content_free first": [
        lambda s, f: rows(s * (1 / f).mean(0)),
        lambda s, f: s * (1 / f).mean(0),
        lambda s, f: torch.stack([rows(s / free) for free in f]).mean(0),
    ],
    "the average was taken of logarithms: take that of the probabilities themselves": (
        divided_by(lambda s, f: f.log().mean(0).exp())
    ),
    "the texts' probabilities were multiplied with each other: average them": divided_by(
        lambda s, f: f.prod(0)
    ),
    "the content-free largest or smallest value was divided out: use the mean": [
        *divided_by(lambda s, f: f.amax(0)),
        *divided_by(lambda s, f: f.amin(0)),
    ],
    "the content-free median was divided out: use the mean": divided_by(
        lambda s, f: f.median(0).values
    ),
    "the standard deviation of the content-free scores was divided out: use the mean": divided_by(
        lambda s, f: f.std(0)
    ),
    "a softmax was taken of the mean: divide by the mean itself": divided_by(
        lambda s, f: f.mean(0).softmax(0)
    ),
    "the division is the wrong way round: scores / p_cf": [
        lambda s, f: rows(f.mean(0) / s),
        lambda s, f: f.mean(0) / s,
    ],
    "the two arguments are swapped: scores are divided by the mean of content_free": [
        lambda s, f: right(f, s),
        lambda s, f: ratio(f, s),
    ],
    "this works for two labels alone: there may be more": [
        two_labels,
        lambda s, f: torch.stack([two_labels(s, f)[:, 0], 1 - two_labels(s, f)[:, 0]], 1),
    ],
    "these are the labels that win: return the calibrated scores": [
        lambda s, f: right(s, f).argmax(1)
    ],
    "these are the winners' scores alone: return those of all labels": [
        lambda s, f: right(s, f).amax(1)
    ],
    "one item alone was calibrated: return a row for each item": [
        lambda s, f: right(s, f)[:1],
        lambda s, f: right(s, f)[0],
        lambda s, f: right(s, f)[-1:],
        lambda s, f: right(s, f)[-1],
    ],
    "this is one label's column alone: return a column for each label": [
        lambda s, f: right(s, f)[:, 0],
        lambda s, f: right(s, f)[:, 1],
    ],
    "labels and items are transposed: return (n, labels)": [lambda s, f: right(s, f).T],
    "the sums of the rows lost their dimension: sum(1, keepdim=True), or [:, None] after it": [
        lambda s, f: ratio(s, f) / ratio(s, f).sum(1)
    ],
    "each item is divided by a text of its own: average content_free over the texts first": [
        lambda s, f: s / f
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
    """Contextual calibration, for as many labels as content-free texts, for fewer and for more."""
    for labels, probes in ((3, 3), (2, 4), (4, 3), (2, 1)):
        items = numbers.randint(5, 7)
        scores = torch.rand(items, labels) + 0.1
        content_free = uneven(probes, labels)
        compare(
            answer, [(rows(scores), content_free)], right, MISTAKES,
            lambda value, shape=(items, labels): read(value, shape), 1e-4,
        )  # fmt: skip
