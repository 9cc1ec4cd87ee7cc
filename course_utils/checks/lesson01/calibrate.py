"""``calibrate`` (lesson 1, *Take the lean away*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.exercise import exercise


def rows(values: torch.Tensor) -> torch.Tensor:
    """Each row divided by its sum."""
    return values / values.sum(1, keepdim=True)


def ratio(scores: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """The scores divided by the prior, not yet renormalised."""
    return scores / reference.mean(0)


def right(scores: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Zhao et al. 2021, section 5: W = diag(p_cf) ** -1, b = 0, then renormalised.

    With the scores as their own reference, the batch calibration of Zhou et al. 2023.
    """
    return rows(ratio(scores, reference))


def divided_by(prior: Callable) -> list[Callable]:
    """Wrong answers: the formula with another prior, renormalised or not."""
    return [
        lambda scores, free: rows(scores / prior(scores, free)),
        lambda scores, free: scores / prior(scores, free),
    ]


def two_labels(scores: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """The first two labels alone."""
    return right(scores[:, :2], reference[:, :2])


FIRST = "only the first reference text is used: average over all of them"
MULTIPLIED = "this multiplies by the reference probabilities: divide by them"
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
    "this subtracts the reference probabilities: divide by them": [
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
    "only the last reference text is used: average over all of them": divided_by(
        lambda s, f: f[-1]
    ),
    "the mean of the scores themselves was divided out: use that of the reference ones": (
        divided_by(lambda s, f: s.mean(0))
    ),
    (
        "the scores are as before: the reference mean runs along the labels, or over "
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
    "the average was taken of the reciprocals, or of the ratios: average reference first": [
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
    "the reference's largest or smallest value was divided out: use the mean": [
        *divided_by(lambda s, f: f.amax(0)),
        *divided_by(lambda s, f: f.amin(0)),
    ],
    "the reference's median was divided out: use the mean": divided_by(
        lambda s, f: f.median(0).values
    ),
    "the standard deviation of the reference scores was divided out: use the mean": divided_by(
        lambda s, f: f.std(0)
    ),
    "a softmax was taken of the mean: divide by the mean itself": divided_by(
        lambda s, f: f.mean(0).softmax(0)
    ),
    "the division is the wrong way round: scores / p_cf": [
        lambda s, f: rows(f.mean(0) / s),
        lambda s, f: f.mean(0) / s,
    ],
    "the two arguments are swapped: scores are divided by the mean of reference": [
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
    "each item is divided by a text of its own: average reference over the texts first": [
        lambda s, f: s / f,
        lambda s, f: rows(s / f),
    ],
    "some of the reference texts are left out: average over all of them, however many": [
        *divided_by(lambda s, f: f[: len(s)].mean(0)),
        *(lambda s, f, k=k: rows(s / f[:k].mean(0)) for k in range(2, 11)),
    ],
}


def uneven(texts: int, labels: int) -> torch.Tensor:
    """Probabilities with a clear bias, (texts, labels); no two rows alike."""
    return rows(torch.rand(texts, labels) * 0.2 + torch.rand(labels) * 0.2 + torch.arange(
        1, labels + 1) * 0.4 + torch.eye(texts, labels) * 0.5)  # fmt: skip


def read(value: Any, shape: tuple[int, int]) -> torch.Tensor:
    """Read the calibrated scores."""
    return tensor(value, shape, "one row for each item, one column for each label")


HINTS = (
    "which label does the prompt favour, whatever the review says? reference tells",
    "average reference over its rows: one number for each label",
    "divide scores by that average, then each row by its own sum (keepdim=True)",
)


@exercise(hints=HINTS, mistakes=MISTAKES)
def calibrate(answer: Any, numbers: random.Random) -> None:
    """Contextual and batch calibration, for fewer texts than labels or items and for many more."""
    for labels, texts in ((3, 3), (2, 4), (4, 3), (2, 1), (3, 40)):
        items = numbers.randint(5, 7)
        check_case(answer, rows(torch.rand(items, labels) + 0.1), uneven(texts, labels))
    own = uneven(numbers.randint(8, 11), 3)
    check_case(answer, own, own)


def check_case(answer: Any, scores: torch.Tensor, reference: torch.Tensor) -> None:
    """Compare on one pair of tables; the two may be the same."""
    shape = (scores.shape[0], scores.shape[1])
    compare(answer, [(scores, reference)], right, MISTAKES, lambda value: read(value, shape), 1e-4)
