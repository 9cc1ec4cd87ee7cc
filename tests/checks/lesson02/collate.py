"""Answers to ``collate``."""

import torch
from torch.nn.utils.rnn import pad_sequence

from course_utils.model.tiny import tiny_model
from course_utils.training import plain


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


def one_by_one(sequences, pad_id):
    yield from by_list(sequences, pad_id)


def as_dictionary(sequences, pad_id):
    return dict(zip(("input_ids", "attention_mask", "last"), by_list(sequences, pad_id)))


def changed(name, ids=None, mask=None, last=None):
    """A wrong answer: some of the parts replaced by functions of all three."""

    def wrong(sequences, pad_id):
        parts = by_list(sequences, pad_id)
        return tuple(new(*parts) if new else old for new, old in zip((ids, mask, last), parts))

    wrong.__name__ = name
    return wrong


def last_not_pad(sequences, pad_id):
    ids, mask, _ = by_list(sequences, pad_id)
    real = [[i for i, t in enumerate(row) if t != pad_id] or [0] for row in ids]
    return ids, mask, torch.tensor(list(map(max, real)))


def fills_with_2(sequences, pad_id):
    return by_list(sequences, 2)


def repeats_the_last_token(sequences, pad_id):
    longest = max(map(len, sequences))
    ids = [row + [row[-1]] * (longest - len(row)) for row in sequences]
    return torch.tensor(ids), *by_list(sequences, pad_id)[1:]


def mask_and_last_of_sorted_rows(sequences, pad_id):
    _, mask, last = by_list(sorted(sequences, key=len), pad_id)
    return by_list(sequences, pad_id)[0], mask, last


def last_of_sorted_rows(sequences, pad_id):
    *_, last = by_list(sorted(sequences, key=len), pad_id)
    return *by_list(sequences, pad_id)[:2], last


def NEXT(answer):
    """The batch goes through a model, and its answers get a loss."""
    batch = [part.to("cpu") for part in answer([[5, 6, 7, 2], [8, 2], [9]], 2)]
    input_ids, attention_mask, last = batch
    output = tiny_model()(input_ids=input_ids, attention_mask=attention_mask)
    assert plain.answer_loss(output.logits, last, torch.tensor([3, 4, 3])).isfinite()
    assert output.logits.gather(1, last[:, None, None]).shape == (3, 1, 1)


RIGHT = [by_list, by_pad_sequence, by_filling, one_by_one]
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
    (as_dictionary, "return a tuple, not a dict"),
    (fills_with_2, "filled with 2"),
    (repeats_the_last_token, "another number than pad_id"),
    (changed("transposed", ids=lambda ids, mask, last: ids.T), "transposed"),
    (changed("mask_first", ids=lambda ids, mask, last: mask), "mask stands in the place of the i"),
    (changed("last_first", ids=lambda ids, mask, last: last), "the place of the ids"),
    (changed("first_row", ids=lambda ids, mask, last: ids[:1]), "only one row came back"),
    (changed("flat", ids=lambda ids, mask, last: ids.flatten()), "one behind another"),
    (changed("squeezed", ids=lambda ids, mask, last: ids.squeeze()), "lost or added"),
    (changed("not_0", mask=lambda ids, mask, last: (ids != 0).long()), "from one id, such as 0"),
    (changed("zeros", mask=lambda ids, mask, last: 0 * mask), "all zeros"),
    (changed("first_padding", mask=lambda ids, mask, last: (
        torch.arange(ids.shape[1]) <= last[:, None] + 1).long()), "lets the first padding"),
    (changed("mask_flipped", mask=lambda ids, mask, last: mask.flip(1)), "padding on the left"),
    (changed("mask_turned", mask=lambda ids, mask, last: mask.T), "the mask is transposed"),
    (changed("last_token_only", mask=lambda ids, mask, last: torch.nn.functional.one_hot(
        last, ids.shape[1])), "at the last real token alone"),
    (changed("ids_twice", mask=lambda ids, mask, last: ids), "the ids stand in the place of the m"),
    (changed("last_second", mask=lambda ids, mask, last: last),
     "`last` stands in the place of the m"),
    (changed("lengths", mask=lambda ids, mask, last: last + 1), "these are lengths"),
    (mask_and_last_of_sorted_rows, "the mask has the rows of a batch that was sorted"),
    (changed("too_early", last=lambda ids, mask, last: last - 1), "one before the last real"),
    (last_not_pad, "was searched by id"),
    (changed("argmax", last=lambda ids, mask, last: mask.argmax(1)), "the first position"),
    (changed("column", last=lambda ids, mask, last: last[:, None]), "a dimension too many"),
    (changed("down", last=lambda ids, mask, last: mask.sum(0) - 1), "sum over the rows"),
    (changed("one_for_all", last=lambda ids, mask, last: last.max()), "one number was returned"),
    (changed("row_number", last=lambda ids, mask, last: 0 * last + len(ids) - 1), "the last row"),
    (changed("mask_last", last=lambda ids, mask, last: mask), "the mask stands in the place of `l"),
    (changed("ids_last", last=lambda ids, mask, last: ids), "the ids stand in the place of `l"),
    (last_of_sorted_rows, "`last` has the rows of a batch that was sorted"),
]  # fmt: skip
