"""What learners get wrong in ``collate``: the ids, the mask, and the last positions."""

from collections.abc import Callable

import torch
from torch.nn.utils.rnn import pad_sequence

from course_utils.checks.core.compare import Mistakes

Sequences = list[list[int]]
WIDTHS = (16, 32, 64, 100, 128, 256, 512, 1024, 2048)


def padded(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """Token ids, padded on the right to the longest."""
    return padded_to(sequences, pad_id, width_of(sequences))


def padded_to(sequences: Sequences, pad_id: int, width: int) -> torch.Tensor:
    """Token ids, padded on the right to a width, as far as they are not longer."""
    return torch.tensor([ids + [pad_id] * (width - len(ids)) for ids in sequences])


def padded_left(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """Token ids, padded on the left."""
    width = width_of(sequences)
    return torch.tensor([[pad_id] * (width - len(ids)) + ids for ids in sequences])


def lengths(sequences: Sequences) -> torch.Tensor:
    """Number of real tokens of each row."""
    return torch.tensor([len(ids) for ids in sequences])


def mask_of(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """1 for real tokens, by length."""
    return (torch.arange(width_of(sequences)) < lengths(sequences)[:, None]).long()


def full_rows_lost(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """The place before the first padding, which full rows do not have."""
    return (1 - mask_of(sequences, pad_id)).argmax(1) - 1


def width_of(sequences: Sequences) -> int:
    """Tokens of the longest sequence."""
    return max(map(len, sequences))


def last_of(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """The definition of ``last``."""
    return lengths(sequences) - 1


def last_other(sequences: Sequences, pad_id: int, none: int) -> torch.Tensor:
    """The last place whose id is not ``pad_id``; ``none`` where there is no such place."""
    rows = padded(sequences, pad_id).tolist()
    return torch.tensor([max([i for i, t in enumerate(r) if t != pad_id] or [none]) for r in rows])


def first_pad(sequences: Sequences, pad_id: int) -> torch.Tensor:
    """The place before the first ``pad_id``."""
    return (padded(sequences, pad_id) == pad_id).int().argmax(1) - 1


def wider(more: Callable[[int], int]) -> Callable:
    """Ids padded to another width."""
    return lambda s, p: padded_to(s, p, more(width_of(s)))


IDS_MISTAKES: Mistakes = {
    "the padding stands on the left: put it after the real tokens": [padded_left],
    (
        "rows of different lengths make no tensor: first pad each to the length of the longest, "
        "ids + [pad_id] * (width - len(ids))"
    ): [
        lambda s, p: torch.tensor(s),
        lambda s, p: torch.stack([torch.tensor(ids) for ids in s]),
        lambda s, p: torch.tensor([ids + [p] for ids in s]),
        lambda s, p: torch.tensor([ids + [p] * width_of(s) for ids in s]),
        lambda s, p: padded_to(s, p, len(s[0])),
        lambda s, p: padded_to(s, p, len(s[-1])),
    ],
    "the rows are filled with 2, whatever pad_id is: fill with pad_id": [lambda s, p: padded(s, 2)],
    "the rows are filled with 0: fill with pad_id": [lambda s, p: padded(s, 0)],
    "the rows are filled with -100: that is for targets, fill with pad_id": [
        lambda s, p: padded(s, -100)
    ],
    "the rows are filled with another number than pad_id": [
        lambda s, p: padded(s, 1),
        lambda s, p: padded(s, -1),
        lambda s, p: torch.tensor([r + r[-1:] * (width_of(s) - len(r)) for r in s]),
    ],
    "the rows were cut to the shortest: pad to the longest": [
        lambda s, p: torch.tensor([ids[: min(map(len, s))] for ids in s])
    ],
    "the rows are wider than the longest: pad to the longest, more is computed in vain": [
        wider(lambda width: -(-width // 8) * 8),
        wider(lambda width: width + 1),
        *[wider(lambda width, other=other: other) for other in WIDTHS],  # type: ignore[misc]
    ],
    "the batch was sorted by length: keep the order of the rows": [
        lambda s, p: padded(sorted(s, key=len, reverse=True), p),
        lambda s, p: padded(sorted(s, key=len), p),
    ],
    "the tensor is transposed: a row for each sequence": [lambda s, p: padded(s, p).T],
    "the mask stands in the place of the ids: return (input_ids, attention_mask, last)": [mask_of],
    "`last` stands in the place of the ids: return (input_ids, attention_mask, last)": [last_of],
    "only one row came back: is a `return` within the loop, or a row overwritten?": [
        lambda s, p: padded(s, p)[:1],
        lambda s, p: padded(s, p)[-1:],
        lambda s, p: padded(s, p)[0],
        lambda s, p: padded(s, p)[-1],
    ],
    "the rows stand one behind another: the shape should be (batch, tokens)": [
        lambda s, p: padded(s, p).flatten(),
        lambda s, p: torch.cat([torch.tensor(ids) for ids in s]),
    ],
    "a dimension of size 1 is lost or added: the shape should be (batch, tokens)": [
        lambda s, p: padded(s, p).squeeze(),
        lambda s, p: padded(s, p)[None],
    ],
    "pad_sequence wants tensors: torch.tensor(ids) of each row first": [
        lambda s, p: pad_sequence(s, batch_first=True, padding_value=p),
        lambda s, p: pad_sequence(s, True, p),
    ],
    "perhaps parentheses are missing: [pad_id] * (width - len(ids))": [
        lambda s, p: torch.tensor([ids + [p] * width_of(s) - len(ids) for ids in s]),
    ],
    "a list takes another list behind it, not a number: [pad_id] * n, in square brackets": [
        lambda s, p: torch.tensor([ids + p * (width_of(s) - len(ids)) for ids in s]),
    ],
}
BY_ID = (
    "the mask comes from the ids (!= pad_id), but pad_id may also be a real token: take the lengths"
)
MASK_MISTAKES: Mistakes = {
    BY_ID: [lambda s, p: (padded(s, p) != p).long()],
    "the mask comes from one id, such as 0 or 2, which may be a real token: take the lengths": [
        lambda s, p: (padded(s, p) != 0).long(),
        lambda s, p: (padded(s, p) != 2).long(),
        lambda s, p: (padded(s, p) > 0).long(),
    ],
    "the mask is all ones: padding counts as text then (are the lengths taken before padding?)": [
        lambda s, p: torch.ones_like(padded(s, p))
    ],
    "the mask is all zeros: 1 for real tokens": [lambda s, p: torch.zeros_like(padded(s, p))],
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
    "the mask is transposed: a row for each sequence": [lambda s, p: mask_of(s, p).T],
    "the mask is 1 at the last real token alone: all real tokens count": [
        lambda s, p: torch.eye(width_of(s), dtype=torch.int64)[last_of(s, p)],
    ],
    "the ids stand in the place of the mask: return (input_ids, attention_mask, last)": [padded],
    "`last` stands in the place of the mask: return (input_ids, attention_mask, last)": [last_of],
    "these are lengths, a number for each row: the mask has a 0 or 1 for each token": [
        lambda s, p: lengths(s)
    ],
    "the mask has the rows of a batch that was sorted: keep the order": [
        lambda s, p: mask_of(sorted(s, key=len, reverse=True), p),
        lambda s, p: mask_of(sorted(s, key=len), p),
    ],
}
LAST_MISTAKES: Mistakes = {
    "this is the number of tokens: the index of the last one is one less": [
        lambda s, p: lengths(s)
    ],
    "this is the last column, which is padding in the shorter rows: take length - 1": [
        lambda s, p: torch.full((len(s),), width_of(s) - 1),
        lambda s, p: torch.full((len(s),), -1),
    ],
    (
        "full rows have no padding, so the search for the first padding finds nothing: take "
        "length - 1"
    ): [full_rows_lost],
    "the last position was searched by id, but pad_id may also be a real token: take length - 1": [
        lambda s, p: (padded(s, p) != p).sum(1) - 1,
        lambda s, p: last_other(s, p, 0),
        lambda s, p: last_other(s, p, -1),
        first_pad,
        lambda s, p: torch.tensor([(r + [p]).index(p) - 1 for r in s]),
    ],
    "this is one before the last real token: take length - 1": [lambda s, p: lengths(s) - 2],
    "these are the last tokens themselves: return their positions": [
        lambda s, p: torch.tensor([ids[-1] for ids in s])
    ],
    "this is the first position of each row: argmax of a mask finds its first 1": [
        lambda s, p: torch.zeros(len(s), dtype=torch.int64)
    ],
    "`last` has a dimension too many: its shape should be (batch,)": [
        lambda s, p: last_of(s, p)[:, None],
        lambda s, p: last_of(s, p)[None],
    ],
    "this is a sum over the rows (dim 0): add up the tokens of each row, dim 1": [
        lambda s, p: mask_of(s, p).sum(0) - 1,
        lambda s, p: mask_of(s, p).sum() - 1,
    ],
    "one number was returned for all rows: `last` has one for each": [
        lambda s, p: torch.tensor(width_of(s) - 1),
        lambda s, p: torch.tensor(len(s[0]) - 1),
        lambda s, p: torch.tensor(len(s[-1]) - 1),
    ],
    "this is the index of the last row: take the length of each row less 1": [
        lambda s, p: torch.full((len(s),), len(s) - 1),
        lambda s, p: torch.tensor(len(s) - 1),
    ],
    "the mask stands in the place of `last`: return (input_ids, attention_mask, last)": [mask_of],
    "the ids stand in the place of `last`: return (input_ids, attention_mask, last)": [padded],
    "`last` has the rows of a batch that was sorted: keep the order": [
        lambda s, p: last_of(sorted(s, key=len, reverse=True), p),
        lambda s, p: last_of(sorted(s, key=len), p),
    ],
}
