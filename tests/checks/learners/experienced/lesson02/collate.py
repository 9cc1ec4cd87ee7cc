"""Answers to exercise 1, collate."""

from itertools import zip_longest

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence


def right_fill_rows(sequences, pad_id):
    lengths = [len(s) for s in sequences]
    input_ids = torch.full((len(sequences), max(lengths)), pad_id, dtype=torch.long)
    attention_mask = torch.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        input_ids[row, : len(sequence)] = torch.tensor(sequence)
        attention_mask[row, : len(sequence)] = 1
    return input_ids, attention_mask, torch.tensor(lengths) - 1


def right_pad_sequence(sequences, pad_id):
    rows = [torch.as_tensor(s, dtype=torch.int64) for s in sequences]
    ones = [torch.ones_like(row) for row in rows]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = pad_sequence(ones, batch_first=True)
    return input_ids, attention_mask, attention_mask.sum(dim=-1) - 1


def right_numpy(sequences, pad_id):
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    mask = (np.arange(lengths.max())[None, :] < lengths[:, None]).astype(np.int64)
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask == 1] = np.concatenate([np.asarray(s) for s in sequences])
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(lengths - 1)


def right_list_of_three(sequences, pad_id):
    width = max(map(len, sequences))
    ids = [[*s, *[pad_id] * (width - len(s))] for s in sequences]
    mask = [[1] * len(s) + [0] * (width - len(s)) for s in sequences]
    return [torch.tensor(part) for part in (ids, mask, [len(s) - 1 for s in sequences])]


def right_zip_longest(sequences, pad_id):
    columns = list(zip_longest(*sequences, fillvalue=pad_id))
    input_ids = torch.tensor(columns).T.contiguous()
    last = torch.tensor([len(s) - 1 for s in sequences])
    attention_mask = (torch.arange(len(columns)) <= last[:, None]).to(torch.int64)
    return input_ids, attention_mask, last


def wrong_mask_from_pad_id(sequences, pad_id):
    """Takes the mask from the ids, so a real <|im_end|> inside a text counts as padding."""
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = (input_ids != pad_id).long()
    last = torch.tensor([len(s) - 1 for s in sequences])
    return input_ids, attention_mask, last


def wrong_last_from_pad_id(sequences, pad_id):
    """Mask from the lengths, but counts the ids that are not pad_id to find the last token."""
    lengths = torch.tensor([len(s) for s in sequences])
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = (torch.arange(input_ids.shape[1]) < lengths[:, None]).long()
    return input_ids, attention_mask, (input_ids != pad_id).sum(1) - 1


def wrong_left_padding(sequences, pad_id):
    """Pads on the left, as one does for generation."""
    width = max(len(s) for s in sequences)
    ids = torch.tensor([[pad_id] * (width - len(s)) + list(s) for s in sequences])
    mask = torch.tensor([[0] * (width - len(s)) + [1] * len(s) for s in sequences])
    return ids, mask, torch.full((len(sequences),), width - 1)


def wrong_last_is_length(sequences, pad_id):
    """Gives the length of each row as its last index: one too far."""
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    last = attention_mask.sum(1)
    return input_ids, attention_mask, last


def wrong_last_column(sequences, pad_id):
    """Gives the last column of the rectangle for every row, also where that is padding."""
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    last = torch.full((len(rows),), input_ids.size(1) - 1)
    return input_ids, attention_mask, last


def wrong_bool_mask(sequences, pad_id):
    """Leaves the mask as a comparison gives it, bool and not int64."""
    lengths = torch.tensor([len(s) for s in sequences])
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    attention_mask = torch.arange(input_ids.shape[1])[None, :] < lengths[:, None]
    return input_ids, attention_mask, lengths - 1


def wrong_float_tensors(sequences, pad_id):
    """Makes ids and mask with torch.zeros and torch.full of the default type, float32."""
    width = max(len(s) for s in sequences)
    input_ids = torch.full((len(sequences), width), float(pad_id))
    attention_mask = torch.zeros(len(sequences), width)
    for i, s in enumerate(sequences):
        input_ids[i, : len(s)] = torch.tensor(s)
        attention_mask[i, : len(s)] = 1
    return input_ids, attention_mask, torch.tensor([len(s) - 1 for s in sequences])


def wrong_changes_the_lists(sequences, pad_id):
    """Pads the caller's own lists in place, so their lengths are lost afterwards."""
    lengths = [len(s) for s in sequences]
    for s in sequences:
        s += [pad_id] * (max(lengths) - len(s))
    mask = torch.tensor([[int(t < n) for t in range(max(lengths))] for n in lengths])
    return torch.tensor(sequences), mask, torch.tensor(lengths) - 1


def wrong_lengths_after_padding(sequences, pad_id):
    """Measures the lengths after padding, so the mask is 1 everywhere and last the same."""
    width = max(len(s) for s in sequences)
    padded = [list(s) + [pad_id] * (width - len(s)) for s in sequences]
    mask = torch.tensor([[1] * len(p) for p in padded])
    return torch.tensor(padded), mask, torch.tensor([len(p) - 1 for p in padded])


def wrong_pads_with_zero(sequences, pad_id):
    """Fills with 0, the default of pad_sequence, and never uses pad_id."""
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True)
    attention_mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    return input_ids, attention_mask, attention_mask.sum(1) - 1


def wrong_returns_a_dict(sequences, pad_id):
    """Returns a dict, as a data collator of Hugging Face does, instead of three tensors."""
    rows = [torch.tensor(s) for s in sequences]
    input_ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    return {"input_ids": input_ids, "attention_mask": mask, "last": mask.sum(1) - 1}


SAYS = {
    "wrong_mask_from_pad_id": "the mask comes from the ids (!=",
    "wrong_last_from_pad_id": "the last position was searched by id",
    "wrong_left_padding": "the padding stands on the left: put",
    "wrong_last_is_length": "this is the number of tokens: the",
    "wrong_last_column": "this is the last column, which is",
    "wrong_bool_mask": "attention_mask has the wrong dtype: it should",
    "wrong_float_tensors": "input_ids has the wrong dtype: it should",
    "wrong_changes_the_lists": "the function changes its input in place",
    "wrong_lengths_after_padding": "the mask is all ones: padding counts",
    "wrong_pads_with_zero": "the rows are filled with 0: fill",
    "wrong_returns_a_dict": "return a tuple, not a dict",
}
