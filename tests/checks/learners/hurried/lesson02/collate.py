"""Answers to exercise 1, collate."""

import itertools
from typing import NamedTuple

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence


class _Batch(NamedTuple):
    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    last: torch.Tensor


def right_list_arithmetic(sequences, pad_id):
    width = max(len(s) for s in sequences)
    ids = torch.tensor([list(s) + [pad_id] * (width - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences])
    return ids, mask, torch.tensor([len(s) - 1 for s in sequences])


def right_fill_rows(sequences, pad_id):
    shape = (len(sequences), max(map(len, sequences)))
    input_ids = torch.full(shape, pad_id, dtype=torch.long)
    attention_mask = torch.zeros(shape, dtype=torch.long)
    for row, tokens in enumerate(sequences):
        input_ids[row, : len(tokens)] = torch.tensor(tokens, dtype=torch.long)
        attention_mask[row, : len(tokens)] = 1
    return input_ids, attention_mask, attention_mask.sum(dim=1) - 1


def right_pad_sequence(sequences, pad_id):
    rows = [torch.tensor(s) for s in sequences]
    ones = [torch.ones_like(r) for r in rows]
    mask = pad_sequence(ones, batch_first=True)
    return pad_sequence(rows, batch_first=True, padding_value=pad_id), mask, mask.sum(-1) - 1


def right_zip_longest(sequences, pad_id):
    columns = itertools.zip_longest(*sequences, fillvalue=pad_id)
    ids = torch.tensor(list(columns)).T
    lengths = torch.tensor([len(s) for s in sequences])
    mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    return ids, mask, lengths - 1


def right_numpy(sequences, pad_id):
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    real = np.arange(lengths.max())[None, :] < lengths[:, None]
    ids = np.full(real.shape, pad_id, dtype=np.int64)
    ids[real] = np.concatenate(sequences)
    return tuple(torch.from_numpy(a) for a in (ids, real.astype(np.int64), lengths - 1))


def right_named_tuple(sequences, pad_id):
    width = max(len(s) for s in sequences)
    ids, mask, last = [], [], []
    for s in sequences:
        gap = width - len(s)
        ids.append([*s, *[pad_id] * gap])
        mask.append([1 for _ in s] + [0 for _ in range(gap)])
        last.append(len(s) - 1)
    return _Batch(torch.LongTensor(ids), torch.LongTensor(mask), torch.LongTensor(last))


def wrong_mask_from_pad_id(sequences, pad_id):
    """Makes the mask from the token ids, so a real token that equals pad_id is hidden."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    return ids, (ids != pad_id).long(), torch.tensor([len(s) - 1 for s in sequences])


def wrong_left_padding(sequences, pad_id):
    """Pads on the left; the lesson asks for padding on the right."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([[pad_id] * (width - len(s)) + list(s) for s in sequences])
    mask = torch.tensor([[0] * (width - len(s)) + [1] * len(s) for s in sequences])
    return ids, mask, torch.full((len(sequences),), width - 1)


def wrong_last_is_length(sequences, pad_id):
    """Gives the length as last, which is one past the index of the last real token."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([list(s) + [pad_id] * (width - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences])
    return ids, mask, mask.sum(dim=1)


def wrong_last_column(sequences, pad_id):
    """Gives the last column as last for every row, which is padding in the short rows."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([list(s) + [pad_id] * (width - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences])
    return ids, mask, torch.tensor([width - 1 for _ in sequences])


def wrong_last_from_padded_ids(sequences, pad_id):
    """Looks for the last token by its id, so a row that ends in a real pad_id stops too early."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in sequences], True)
    last = [max((i for i, t in enumerate(r) if t != pad_id), default=0) for r in ids.tolist()]
    return ids, mask, torch.tensor(last)


def wrong_bool_mask(sequences, pad_id):
    """Leaves the mask boolean instead of int64."""
    lengths = torch.tensor([len(s) for s in sequences])
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    return ids, torch.arange(ids.shape[1]) < lengths[:, None], lengths - 1


def wrong_float_tensors(sequences, pad_id):
    """Fills torch.full and torch.zeros of type float32, so ids and mask are not int64."""
    ids = torch.full((len(sequences), max(map(len, sequences))), float(pad_id))
    mask = torch.zeros(ids.shape)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = torch.tensor(s)
        mask[i, : len(s)] = 1
    return ids, mask, torch.tensor([len(s) - 1 for s in sequences])


def wrong_pads_with_zero(sequences, pad_id):
    """Ignores pad_id and pads the ids with 0."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], batch_first=True)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in sequences], True)
    return ids, mask, mask.sum(1) - 1


def wrong_pads_with_two(sequences, pad_id):
    """Hard-codes 2, this model's padding token, instead of using pad_id."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([list(s) + [2] * (width - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences])
    return ids, mask, mask.sum(1) - 1


def wrong_cut_to_shortest(sequences, pad_id):
    """Zips the rows, which cuts all of them to the shortest instead of padding."""
    ids = torch.tensor(list(zip(*sequences, strict=False))).T
    return ids, torch.ones_like(ids), torch.full((len(ids),), ids.shape[1] - 1)


def wrong_pads_the_callers_lists(sequences, pad_id):
    """Appends the padding to the caller's own lists, which are longer afterwards."""
    last = torch.tensor([len(s) - 1 for s in sequences])
    width = int(last.max()) + 1
    for s in sequences:
        s += [pad_id] * (width - len(s))
    mask = (torch.arange(width) <= last[:, None]).long()
    return torch.tensor(sequences), mask, last


def wrong_lengths_after_padding(sequences, pad_id):
    """Takes the lengths after padding, so that mask and last count the padding as real."""
    width = max(len(s) for s in sequences)
    sequences = [list(s) + [pad_id] * (width - len(s)) for s in sequences]
    mask = torch.tensor([[1] * len(s) for s in sequences])
    return torch.tensor(sequences), mask, torch.tensor([len(s) - 1 for s in sequences])


def wrong_mask_inverted(sequences, pad_id):
    """Marks the padding with 1 and the real tokens with 0."""
    lengths = torch.tensor([len(s) for s in sequences])
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    return ids, (torch.arange(ids.shape[1]) >= lengths[:, None]).long(), lengths - 1


def wrong_mask_reaches_one_too_far(sequences, pad_id):
    """Compares with <= the length, so the mask shows one padding token in each short row."""
    lengths = torch.tensor([len(s) for s in sequences])
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    return ids, (torch.arange(ids.shape[1]) <= lengths[:, None]).long(), lengths - 1


def wrong_last_is_a_token(sequences, pad_id):
    """Returns the last token itself, not its index."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([list(s) + [pad_id] * (width - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences])
    return ids, mask, torch.tensor([s[-1] for s in sequences])


def wrong_plain_lists(sequences, pad_id):
    """Returns nested Python lists, not tensors, so that the lesson's part.to(device) fails."""
    width = max(len(s) for s in sequences)
    ids = [list(s) + [pad_id] * (width - len(s)) for s in sequences]
    mask = [[1] * len(s) + [0] * (width - len(s)) for s in sequences]
    return ids, mask, [len(s) - 1 for s in sequences]


def wrong_last_keeps_a_dimension(sequences, pad_id):
    """Returns last of shape (batch, 1), which picks too much as an index later."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in sequences], True)
    return ids, mask, mask.sum(dim=1, keepdim=True) - 1


def wrong_time_first(sequences, pad_id):
    """Forgets batch_first, so the tensors have the shape (tokens, batch)."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], padding_value=pad_id)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in sequences])
    return ids, mask, mask.sum(0) - 1


def wrong_swapped_order(sequences, pad_id):
    """Returns the mask first and the ids second."""
    ids = pad_sequence([torch.tensor(s) for s in sequences], True, pad_id)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in sequences], True)
    return mask, ids, mask.sum(1) - 1


def wrong_no_padding_at_all(sequences, pad_id):
    """Makes a tensor of rows of unequal length, which raises an error."""
    ids = torch.tensor(sequences)
    return ids, torch.ones_like(ids), torch.tensor([len(s) - 1 for s in sequences])


SAYS = {
    "wrong_mask_from_pad_id": "mask comes from the ids",
    "wrong_left_padding": "padding stands on the left",
    "wrong_last_is_length": "this is the number of tokens",
    "wrong_last_column": "this is the last column",
    "wrong_last_from_padded_ids": "last position was searched by id",
    "wrong_bool_mask": "attention_mask has the wrong dtype",
    "wrong_float_tensors": "input_ids has the wrong dtype",
    "wrong_pads_with_zero": "filled with 0",
    "wrong_pads_with_two": "filled with 2",
    "wrong_cut_to_shortest": "cut to the shortest",
    "wrong_pads_the_callers_lists": "changes its input in place",
    "wrong_lengths_after_padding": "lengths taken before padding",
    "wrong_mask_inverted": "mask is the wrong way round",
    "wrong_mask_reaches_one_too_far": "lets the first padding through",
    "wrong_last_is_a_token": "the last tokens themselves",
    "wrong_plain_lists": "should be a tensor, not a list",
    "wrong_last_keeps_a_dimension": "has a dimension too many",
    "wrong_time_first": "the tensor is transposed",
    "wrong_swapped_order": "the mask stands in the place of the ids",
    "wrong_no_padding_at_all": "rows of different lengths make no tensor",
}
