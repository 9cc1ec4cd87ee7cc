"""``collate`` (lesson 2, *Batch and mask*)."""

import random
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

Sequences = list[list[int]]
NAMES = ("input_ids", "attention_mask", "last")


def padded(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """Token ids, padded on the right to the longest."""
    width = max(map(len, sequences))
    return torch.tensor([ids + [pad_id] * (width - len(ids)) for ids in sequences])


def padded_left(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """Token ids, padded on the left."""
    width = max(map(len, sequences))
    return torch.tensor([[pad_id] * (width - len(ids)) + ids for ids in sequences])


def lengths(sequences: Sequences) -> torch.Tensor:
    """Number of real tokens of each row."""
    return torch.tensor([len(ids) for ids in sequences])


def mask_of(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """1 for real tokens, by length."""
    return (torch.arange(max(map(len, sequences))) < lengths(sequences)[:, None]).long()


def full_rows_lost(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """The place before the first padding, which full rows do not have."""
    return (1 - mask_of(sequences, pad_id)).argmax(1) - 1


def width_of(sequences: Sequences) -> int:
    """Tokens of the longest sequence."""
    return max(map(len, sequences))


IDS_MISTAKES: Mistakes = {
    "the padding stands on the left: put it after the real tokens": [padded_left],
    "the rows are filled with 0: fill with pad_id": [lambda s, p: padded(s, 0)],
    "the rows are filled with -100: that is for targets, fill with pad_id": [
        lambda s, p: padded(s, -100)
    ],
    "the rows were cut to the shortest: pad to the longest": [
        lambda s, p: torch.tensor([ids[: min(map(len, s))] for ids in s])
    ],
    "the rows are wider than the longest: pad to the longest, more is computed in vain": [
        lambda s, p: padded([*s, [p] * (-(-width_of(s) // 8) * 8)], p)[:-1]
    ],
    "the batch was sorted by length: keep the order of the rows": [
        lambda s, p: padded(sorted(s, key=len, reverse=True), p)
    ],
    "the tensor is transposed: a row for each sequence": [lambda s, p: padded(s, p).T],
}
BY_ID = (
    "the mask comes from the ids (!= pad_id), but pad_id may also be a real token: take the lengths"
)
MASK_MISTAKES: Mistakes = {
    BY_ID: [lambda s, p: (padded(s, p) != p).long()],
    "the mask is all ones: padding counts as text then": [
        lambda s, p: torch.ones_like(padded(s, p))
    ],
    "the mask is the wrong way round: 1 for real tokens, 0 for padding": [
        lambda s, p: 1 - mask_of(s, p)
    ],
    "the mask misses the last real token": [
        lambda s, p: (torch.arange(width_of(s)) < lengths(s)[:, None] - 1).long()
    ],
    "the mask lets the first padding through": [
        lambda s, p: (torch.arange(width_of(s)) <= lengths(s)[:, None]).long()
    ],
    "the mask is that of padding on the left": [lambda s, p: mask_of(s, p).flip(1)],
}
LAST_MISTAKES: Mistakes = {
    "this is the number of tokens: the index of the last one is one less": [
        lambda s, p: lengths(s)
    ],
    "this is the last column, which is padding in the shorter rows: take length - 1": [
        lambda s, p: torch.full((len(s),), width_of(s) - 1)
    ],
    (
        "full rows have no padding, so the search for the first padding finds nothing: take "
        "length - 1"
    ): [full_rows_lost],
    "the last position was searched by id, but pad_id may also be a real token: take length - 1": [
        lambda s, p: (padded(s, p) != p).sum(1) - 1
    ],
    "this is one before the last real token: take length - 1": [lambda s, p: lengths(s) - 2],
    "these are the last tokens themselves: return their positions": [
        lambda s, p: torch.tensor([ids[-1] for ids in s])
    ],
}


def read_batch(value: Any) -> tuple[torch.Tensor, ...]:
    """Read three int64 tensors."""
    what = "a tuple (input_ids, attention_mask, last) of int64 tensors"
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise Mistake("return three things, in this order", what, show(value))
    for name, tensor in zip(NAMES, value):
        if not isinstance(tensor, torch.Tensor):
            kind = type(tensor).__name__
            raise Mistake(f"{name} should be a tensor, not a {kind}", what, show(tensor))
        if tensor.dtype != torch.int64:
            raise Mistake(f"{name} has the wrong dtype: it should be int64", what, show(tensor))
    return tuple(value)


def draw_sequences(pad_id: int, numbers: random.Random) -> Sequences:
    """Three to five rows: the longest is not the first, two end in ``pad_id`` or contain it."""
    sizes = numbers.sample((3, 4, 5, 6), numbers.randint(2, 4))
    sizes = [min(sizes), *sizes[::-1], 8]
    rows = [[numbers.randint(1, 50) for _ in range(size)] for size in sizes]
    rows[0][-1] = rows[-1][1] = rows[1][-1] = pad_id
    if numbers.random() < 0.5:
        rows.append([numbers.randint(1, 50) for _ in range(5)])
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
    cases = [(draw_sequences(pad_id, numbers), pad_id), ([[7, pad_id], [5, 6, 8]], pad_id)]
    cases.append(([[4, 9, 3], [2, 8, 6]], pad_id))  # nothing to pad
    rights = (padded, mask_of, lambda s, p: lengths(s) - 1)
    for index, mistakes in enumerate((IDS_MISTAKES, MASK_MISTAKES, LAST_MISTAKES)):
        compare(answer, cases, rights[index], mistakes,
                lambda value, index=index: pick(value, index))  # fmt: skip
