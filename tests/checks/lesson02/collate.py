"""Answers to ``collate``."""

import torch
from torch.nn.utils.rnn import pad_sequence


def by_list(sequences, pad_id):
    longest = max(len(ids) for ids in sequences)
    input_ids = [list(ids) + [pad_id] * (longest - len(ids)) for ids in sequences]
    mask = [[1] * len(ids) + [0] * (longest - len(ids)) for ids in sequences]
    last = [len(ids) - 1 for ids in sequences]
    return torch.tensor(input_ids), torch.tensor(mask), torch.tensor(last)


def by_pad_sequence(sequences, pad_id):
    rows = [torch.tensor(ids) for ids in sequences]
    ones = [torch.ones_like(row) for row in rows]
    mask = pad_sequence(ones, batch_first=True)
    padded = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    return padded, mask, mask.sum(1) - 1


def by_filling(sequences, pad_id):
    lengths = torch.tensor(list(map(len, sequences)))
    input_ids = torch.full((len(sequences), int(lengths.max())), pad_id, dtype=torch.long)
    mask = torch.zeros_like(input_ids)
    for i, ids in enumerate(sequences):
        input_ids[i, : len(ids)] = torch.as_tensor(ids)
        mask[i, : len(ids)] = 1
    return [input_ids, mask, lengths - 1]


def left_padding(sequences, pad_id):
    width = max(map(len, sequences))
    ids = torch.tensor([[pad_id] * (width - len(s)) + s for s in sequences])
    mask = torch.tensor([[0] * (width - len(s)) + [1] * len(s) for s in sequences])
    return ids, mask, torch.full((len(sequences),), width - 1)


def mask_from_ids(sequences, pad_id):
    ids, _, last = by_list(sequences, pad_id)
    return ids, (ids != pad_id).long(), last


def last_is_length(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask, mask.sum(1)


def last_is_width(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask, torch.full_like(last, ids.shape[1] - 1)


def last_from_ids(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask, (ids != pad_id).sum(dim=1) - 1


def last_lost_in_full_rows(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask, (mask == 0).int().argmax(dim=1) - 1


def last_tokens(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask, ids[torch.arange(len(ids)), last]


def float_mask(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask.float(), last


def bool_mask(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, mask.bool(), last


def mask_of_ones(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, torch.ones_like(ids), last


def inverted_mask(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, 1 - mask, last


def mask_misses_last(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    return ids, (torch.arange(ids.shape[1]) < last[:, None]).long(), last


def truncation(sequences, pad_id):
    shortest = min(map(len, sequences))
    return by_list([ids[:shortest] for ids in sequences], pad_id)


def fills_with_0(sequences, pad_id):
    return by_list(sequences, 0)


def fills_with_ignore_index(sequences, pad_id):
    return by_list(sequences, -100)


def width_rounded_to_8(sequences, pad_id):
    ids, mask, last = by_list(sequences, pad_id)
    more = -ids.shape[1] % 8
    pad = torch.nn.functional.pad
    return pad(ids, (0, more), value=pad_id), pad(mask, (0, more)), last


def sorted_by_length(sequences, pad_id):
    return by_list(sorted(sequences, key=lambda ids: -len(ids)), pad_id)


def appends_to_the_input(sequences, pad_id):
    longest, lengths = max(map(len, sequences)), list(map(len, sequences))
    for ids in sequences:
        ids.extend([pad_id] * (longest - len(ids)))
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    return torch.tensor(sequences), mask.long(), torch.tensor(lengths) - 1


def no_last(sequences, pad_id):
    return by_list(sequences, pad_id)[:2]


def lists_returned(sequences, pad_id):
    return tuple(tensor.tolist() for tensor in by_list(sequences, pad_id))


RIGHT = [by_list, by_pad_sequence, by_filling]
WRONG = [
    (left_padding, "padding stands on the left"),
    (mask_from_ids, "the mask comes from the ids"),
    (last_is_length, "this is the number of tokens"),
    (last_is_width, "the last column"),
    (last_from_ids, "was searched by id"),
    (last_lost_in_full_rows, "full rows have no padding"),
    (last_tokens, "the last tokens themselves"),
    (float_mask, "attention_mask has the wrong dtype"),
    (bool_mask, "attention_mask has the wrong dtype"),
    (mask_of_ones, "all ones"),
    (inverted_mask, "the wrong way round"),
    (mask_misses_last, "misses the last real token"),
    (truncation, "cut to the shortest"),
    (fills_with_0, "filled with 0"),
    (fills_with_ignore_index, "filled with -100"),
    (width_rounded_to_8, "wider than the longest"),
    (sorted_by_length, "sorted by length"),
    (appends_to_the_input, "changes its input in place"),
    (no_last, "three things"),
    (lists_returned, "should be a tensor"),
]
