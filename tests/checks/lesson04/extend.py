"""Answers to ``extend``."""

import torch


def usual(attention_mask, last, length):
    ones = torch.ones(len(attention_mask), length, dtype=attention_mask.dtype)
    return torch.cat([ones, attention_mask], dim=1), last + length


def by_padding(attention_mask, last, length):
    mask = torch.nn.functional.pad(attention_mask, (length, 0), value=1)
    return mask, mask.sum(1) - 1


def by_lengths(attention_mask, last, length):
    width = attention_mask.shape[1] + length
    return [(torch.arange(width) <= (last + length)[:, None]).long(), torch.add(last, length)]


def at_the_end(attention_mask, last, length):
    ones = torch.ones_like(attention_mask[:, :1]).expand(-1, length)
    return torch.cat([attention_mask, ones], dim=1), last + length


def zeros(attention_mask, last, length):
    return torch.nn.functional.pad(attention_mask, (length, 0)), last + length


def last_as_it_was(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], last


def last_one_low(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], last + length - 1


def last_one_high(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], last + length + 1


def last_backwards(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], last - length


def last_column(attention_mask, last, length):
    mask = usual(attention_mask, last, length)[0]
    return mask, torch.full_like(last, mask.shape[1] - 1)


def end_of_the_prompt(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], torch.full_like(last, length - 1)


def floats(attention_mask, last, length):
    ones = torch.ones(len(attention_mask), length)
    return torch.cat([ones, attention_mask], dim=1), last + length


def float_last(attention_mask, last, length):
    return usual(attention_mask, last, length)[0], last + float(length)


def bools(attention_mask, last, length):
    return usual(attention_mask, last, length)[0].bool(), last + length


def in_place(attention_mask, last, length):
    last += length
    return usual(attention_mask, last, length)[0], last


def mask_as_it_was(attention_mask, last, length):
    return attention_mask, last + length


def all_ones(attention_mask, last, length):
    mask = usual(attention_mask, last, length)[0]
    return torch.ones_like(mask), last + length


def prompt_alone(attention_mask, last, length):
    return usual(attention_mask, last, length)[0][:, :length], last + length


def one_missing(attention_mask, last, length):
    return usual(attention_mask, last, length - 1)[0], last + length


def one_too_many(attention_mask, last, length):
    return usual(attention_mask, last, length + 1)[0], last + length


def end_cut_off(attention_mask, last, length):
    mask = usual(attention_mask, last, length)[0]
    return mask[:, : attention_mask.shape[1]], last + length


def mask_alone(attention_mask, last, length):
    return usual(attention_mask, last, length)[0]


def wrong_order(attention_mask, last, length):
    return usual(attention_mask, last, length)[::-1]


RIGHT = [usual, by_padding, by_lengths]
WRONG = [
    (at_the_end, "stand at the end"),
    (zeros, "masked with 0"),
    (last_as_it_was, "last was not shifted"),
    (last_one_low, "one too low"),
    (last_one_high, "one too high"),
    (last_backwards, "shifted backwards"),
    (last_column, "the last column"),
    (end_of_the_prompt, "the prompt's end"),
    (floats, "the mask has the wrong dtype"),
    (float_last, "last has the wrong dtype"),
    (bools, "the mask has the wrong dtype"),
    (in_place, "changes its input in place"),
    (mask_as_it_was, "was not extended"),
    (all_ones, "all ones"),
    (prompt_alone, "ones alone"),
    (one_missing, "one 1 is missing"),
    (one_too_many, "one 1 too many"),
    (end_cut_off, "its end cut off"),
    (mask_alone, "return two tensors"),
    (wrong_order, "return the mask, then last"),
]
