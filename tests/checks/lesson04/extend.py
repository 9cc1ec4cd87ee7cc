"""Answers to ``extend``."""

import torch
from torch.nn.functional import pad

from course_utils.methods.soft_prompt import SoftPrompt
from course_utils.model.tiny import tiny_model


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


def one_by_one(attention_mask, last, length):
    yield from usual(attention_mask, last, length)


def changed(name, mask=None, last=None):
    """A wrong answer: the mask or last replaced by a function of both right ones and length."""

    def wrong(attention_mask, old, length):
        parts = usual(attention_mask, old, length)
        return tuple(new(*parts, length) if new else p for new, p in zip((mask, last), parts))

    wrong.__name__ = name
    return wrong


def three_things(attention_mask, last, length):
    return *usual(attention_mask, last, length), length


def as_list(attention_mask, last, length):
    return usual(attention_mask, last, length)[0].tolist(), last + length


def NEXT(answer):
    """The model reads words as a soft prompt like words as ids, at each row's last token."""
    model = tiny_model()
    table = model.get_input_embeddings()
    ids, words = torch.tensor([[5, 6, 7], [9, 0, 0]]), [4, 2, 8, 3]
    old, last = torch.tensor([[1, 1, 1], [1, 0, 0]]), torch.tensor([2, 0])
    with torch.no_grad():
        rows = torch.cat([torch.tensor([words] * 2), ids], dim=1)
        by_ids = model(rows, attention_mask=pad(old, (4, 0), value=1)).logits
        mask, last = answer(old, last, 4)
        embeddings = SoftPrompt(table.weight[words])(table(ids))
        logits = model(inputs_embeds=embeddings, attention_mask=mask).logits
    each = torch.arange(2)
    assert torch.allclose(logits[each, last], by_ids[each, [6, 4]], atol=1e-5)


RIGHT = [usual, by_padding, by_lengths, one_by_one]
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
    (three_things, "here there are 3"),
    (as_list, "the mask should be a tensor"),
    (changed("sliced", lambda m, i, n: torch.cat([torch.ones_like(m[:, n:])[:, :n], m[:, n:]], 1)),
     "cut out of the mask"),
    (changed("copies", lambda m, i, n: torch.cat([m[:, n : 2 * n], m[:, n:]], 1)), "are copies"),
    (changed("one_column", lambda m, i, n: m[:, n - 1 :]), "one new column"),
    (changed("as_the_text", lambda m, i, n: pad(m[:, n:], (m.shape[1] - n, 0), value=1)),
     "as many new columns"),
    (changed("twenty", lambda m, i, n: pad(m[:, n:], (20, 0), value=1)), "20 soft tokens here"),
    (changed("twice", lambda m, i, n: pad(m, (n, 0), value=1)), "is added twice"),
    (changed("flipped", lambda m, i, n: m.flip(1)), "padding has moved"),
    (changed("more_rows", lambda m, i, n: pad(m[:, n:], (0, 0, n, 0), value=1)), "rows were added"),
    (changed("one_row", lambda m, i, n: m[:1]), "have a single row"),
    (changed("added", lambda m, i, n: m[:, n:] + n), "numbers of the mask"),
    (changed("transposed", lambda m, i, n: m.T), "is transposed"),
    (changed("last_first", lambda m, i, n: i), "`last` stands in"),
    (changed("old_column", None, lambda m, i, n: 0 * i + m.shape[1] - n - 1), "as it was: add"),
    (changed("by_tokens", None, lambda m, i, n: i + m.shape[1] - 2 * n), "width of the text"),
    (changed("by_width", None, lambda m, i, n: i + m.shape[1] - n), "of the longer rows"),
    (changed("by_rows", None, lambda m, i, n: i - n + len(m)), "number of rows"),
    (changed("by_one", None, lambda m, i, n: i - n + 1), "shifted by 1:"),
    (changed("by_twenty", None, lambda m, i, n: i - n + 20), "shifted by 20"),
    (changed("last_twice", None, lambda m, i, n: i + n), "shifted twice"),
    (changed("multiplied", None, lambda m, i, n: (i - n) * n), "is multiplied"),
    (changed("sum", None, lambda m, i, n: m.sum() - 1), "over the whole mask"),
    (changed("down", None, lambda m, i, n: m.sum(0) - 1), "over the rows"),
    (changed("number", None, lambda m, i, n: i.max()), "one number for all"),
    (changed("argmax", None, lambda m, i, n: m.argmax(1)), "the first place"),
    (changed("argmin", None, lambda m, i, n: m.argmin(1) - 1), "the first 0"),
    (changed("column", None, lambda m, i, n: i[:, None]), "a dimension too many"),
    (changed("longer", None, lambda m, i, n: torch.cat([torch.arange(n), i])), "places before it"),
    (changed("both_ends", lambda m, i, n: pad(m, (0, n), value=1)), "on both sides"),
    (changed("held", None, lambda m, i, n: i.clamp(max=m.shape[1] - n - 1)), "is held within"),
    (changed("mask_last", None, lambda m, i, n: m), "the mask stands in"),
    (changed("one_row_of_ones", lambda m, i, n: torch.cat([m[:1, :n], m[:, n:]], 1)), "single row"),
    (changed("flat_ones", lambda m, i, n: torch.cat([m[0, :n], m[:, n:]], 1)), "no batch dim"),
    (changed("turned_ones", lambda m, i, n: torch.cat([m[:, :n].T, m[:, n:]], 1)), "(length, b"),
    (changed("no_list", lambda m, i, n: torch.cat(m[:, :n], m[:, n:])), "takes a list"),
]  # fmt: skip
