"""``collate`` (lesson 2, *Batch and mask*)."""

import random
from collections.abc import Iterator
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import WrongForm
from course_utils.checks.lesson02.collate_mistakes import (
    IDS_MISTAKES,
    LAST_MISTAKES,
    MASK_MISTAKES,
    Sequences,
    last_of,
    mask_of,
    padded,
)

NAMES = ("input_ids", "attention_mask", "last")
VOCABULARY = 49_152


def read_batch(value: Any) -> tuple[torch.Tensor, ...]:
    """Read three int64 tensors."""
    what = "a tuple (input_ids, attention_mask, last) of int64 tensors"
    if isinstance(value, Iterator):
        value = tuple(value)
    if not isinstance(value, (tuple, list)):
        raise WrongForm(f"return a tuple, not a {type(value).__name__}", what, show(value))
    if len(value) != 3:
        raise WrongForm("return three things, in this order", what, show(value))
    for name, tensor in zip(NAMES, value):
        if not isinstance(tensor, torch.Tensor):
            kind = type(tensor).__name__
            raise WrongForm(f"{name} should be a tensor, not a {kind}", what, show(tensor))
        if tensor.dtype != torch.int64:
            raise WrongForm(f"{name} has the wrong dtype: it should be int64", what, show(tensor))
    return tuple(value)


def draw_sequences(pad_id: int, numbers: random.Random) -> Sequences:
    """Three to six rows: the longest is not the first, three end in ``pad_id`` or contain it.

    0 and 2 are real tokens too.
    """
    sizes = numbers.sample((3, 4, 5, 6), numbers.randint(2, 4))
    sizes = [min(sizes), *sizes[::-1], 8]
    rows = [[numbers.randrange(3, VOCABULARY) for _ in range(size)] for size in sizes]
    rows[0][-1] = rows[-1][1] = rows[1][-1] = pad_id
    rows[-1][2:4] = rows[1][:2] = (0, 2)
    if numbers.random() < 0.5:
        rows.append([numbers.randrange(3, VOCABULARY) for _ in range(5)])
    return rows


def pick(value: Any, index: int) -> torch.Tensor:
    """One of the three tensors, after all three were read."""
    return read_batch(value)[index]


HINTS = (
    "write down by hand what [[5, 6, 7], [8]] with pad_id 9 should become, all three parts",
    "the lengths alone give the mask and the last positions; the ids cannot, since pad_id may "
    "also be a real token",
    "start from torch.full((batch, width), pad_id) and torch.zeros(batch, width, "
    "dtype=torch.int64), and fill each row up to its length; last is length - 1",
)


@exercise(hints=HINTS, mistakes={**IDS_MISTAKES, **MASK_MISTAKES, **LAST_MISTAKES})
def collate(answer: Any, numbers: random.Random) -> None:
    """Right padding, a mask by length, and the last real position."""
    pad_id = numbers.randint(51, 99)
    cases = [(draw_sequences(p, numbers), p) for p in (pad_id, 2, 0)]
    cases += [([[7, pad_id], [5, 6, 8]], pad_id), ([[9], [pad_id], [8, 3]], pad_id)]
    cases.append(([[4, 9, 3], [2, 8, 6]], pad_id))  # nothing to pad
    cases.append(([[5, numbers.randrange(VOCABULARY), pad_id]], pad_id))  # a single row
    tables: tuple[Mistakes, ...] = (IDS_MISTAKES, MASK_MISTAKES, LAST_MISTAKES)
    for index, (right, mistakes) in enumerate(zip((padded, mask_of, last_of), tables)):
        compare(answer, cases, right, mistakes,
                lambda value, index=index: pick(value, index))  # fmt: skip
