"""Answers to ``label_init``."""

import itertools
import math

import torch

from course_utils.methods.soft_prompt import SoftPrompt


def by_modulo(table, label_ids, length):
    return table[[label_ids[i % len(label_ids)] for i in range(length)]].float()


def by_repeating(table, label_ids, length):
    rows = table[torch.tensor(label_ids)].to(torch.float32)
    return rows.repeat(math.ceil(length / len(label_ids)), 1)[:length].clone()


def by_cycle(table, label_ids, length):
    chosen = itertools.islice(itertools.cycle(label_ids), length)
    return torch.stack([table[i] for i in chosen]).float()


def in_blocks(table, label_ids, length):
    each = math.ceil(length / len(label_ids))
    return table[label_ids].repeat_interleave(each, dim=0)[:length].float()


def first_alone(table, label_ids, length):
    return table[label_ids[:1]].repeat(length, 1).float()


def last_fills(table, label_ids, length):
    ids = (label_ids + label_ids[-1:] * length)[:length]
    return table[ids].float()


def labels_once(table, label_ids, length):
    return table[label_ids].float()


def not_cut(table, label_ids, length):
    return table[label_ids * math.ceil(length / len(label_ids))].float()


def length_times_each(table, label_ids, length):
    return table[label_ids * length].float()


def whole_rounds_alone(table, label_ids, length):
    return table[label_ids * (length // len(label_ids))].float()


def zeros_behind(table, label_ids, length):
    rows = torch.zeros(length, table.shape[1])
    count = min(length, len(label_ids))
    rows[:count] = table[label_ids[:count]].float()
    return rows


def mean_of_labels(table, label_ids, length):
    return table[label_ids].float().mean(0, keepdim=True).repeat(length, 1)


def reversed_labels(table, label_ids, length):
    return by_modulo(table, label_ids[::-1], length)


def row_numbers(table, label_ids, length):
    return by_modulo(table, range(len(label_ids)), length)


def first_rows(table, label_ids, length):
    return table[:length].float().clone()


def unit_rows(table, label_ids, length):
    return torch.nn.functional.normalize(by_modulo(table, label_ids, length), dim=1)


def dtype_of_the_table(table, label_ids, length):
    return table[[label_ids[i % len(label_ids)] for i in range(length)]]


def shared_rows(table, label_ids, length):
    if len(label_ids) == 1:
        return table[label_ids].float().expand(length, -1)
    return by_modulo(table, label_ids, length)


def view_of_the_table(table, label_ids, length):
    if length == 1:
        return table[label_ids[0] : label_ids[0] + 1].float()
    return by_modulo(table, label_ids, length)


def ids_returned(table, label_ids, length):
    return torch.tensor([label_ids[i % len(label_ids)] for i in range(length)])


def list_of_rows(table, label_ids, length):
    return list(by_modulo(table, label_ids, length))


def changed(name, change):
    """A wrong answer; ``change`` takes the right rows, the table, the ids and the length."""

    def wrong(table, label_ids, length):
        right = by_modulo(table, label_ids, length)
        return change(right, table, label_ids, length).float()

    wrong.__name__ = name
    return wrong


def at_random(table, label_ids, length):
    ids = torch.tensor(label_ids)
    return table[ids[torch.randint(len(ids), (length,))]].float()


def another_order(table, label_ids, length):
    return by_modulo(table, label_ids[:1] + label_ids[:0:-1], length)


def twice(rows):
    return torch.cat([rows, rows[:1]])


def NEXT(answer):
    """A soft prompt starts from it, also by steps that work in place; the table stays."""
    table = torch.randn(30, 6)
    before = table.clone()
    start = answer(table, [9, 4], 20)
    assert torch.equal(SoftPrompt(start).embedding.detach(), start)
    start.add_(1)
    assert torch.equal(table, before)
    assert torch.allclose(start, before[[9, 4]].repeat(10, 1) + 1)


RIGHT = [by_modulo, by_repeating, by_cycle]
WRONG = [
    (in_blocks, "in blocks"),
    (first_alone, "only the first label word"),
    (last_fills, "last label word fills"),
    (labels_once, "once alone"),
    (not_cut, "too many rows"),
    (length_times_each, "too many rows"),
    (whole_rounds_alone, "too few rows"),
    (zeros_behind, "are 0: repeat"),
    (mean_of_labels, "the words' mean"),
    (reversed_labels, "reverse order"),
    (row_numbers, "label_ids are not used"),
    (first_rows, "first rows of the table"),
    (unit_rows, "scaled to length 1"),
    (dtype_of_the_table, "not float32"),
    (shared_rows, "share memory"),
    (view_of_the_table, "share the table's memory"),
    (ids_returned, "the ids themselves"),
    (list_of_rows, "return a tensor"),
    (at_random, "nothing random"),
    (another_order, "but not in turn"),
    (changed("first_row", lambda x, t, i, n: x[0]), "only one row came back"),
    (changed("last_alone", lambda x, t, i, n: t[i[-1:] * n]), "only the last label word"),
    (changed("one_more", lambda x, t, i, n: twice(x) if n % len(i) == 0 else t[
        [i[j % len(i)] for j in range(n + 1)]]), "one row too many"),
    (changed("one_less", lambda x, t, i, n: x[:-1]), "one row is missing"),
    (changed("twenty", lambda x, t, i, n: t[(i * 20)[:20]]), "20 rows here"),
    (changed("from_one", lambda x, t, i, n: t[(i * (n + 1))[1 : n + 1]]), "second label word"),
    (changed("from_the_last", lambda x, t, i, n: t[(i[-1:] + i * n)[:n]]), "with the last label"),
    (changed("rising", lambda x, t, i, n: t[(sorted(i) * n)[:n]]), "sorted by their ids"),
    (changed("sum", lambda x, t, i, n: t[i].sum(0).repeat(n, 1)), "the words' sum"),
    (changed("columns", lambda x, t, i, n: x.T), "came back as columns"),
    (changed("flat", lambda x, t, i, n: x.flatten()), "one behind another"),
    (changed("batch", lambda x, t, i, n: x[None]), "a dimension too many"),
    (changed("zeros", lambda x, t, i, n: 0 * x), "the rows are zeros"),
    (changed("halves", lambda x, t, i, n: x / 2), "none of the usual"),
    (changed("doubled", lambda x, t, i, n: x[:, None, :, None]), "one vector for each"),
    (changed("divided", lambda x, t, i, n: t[[i[j // len(i)] for j in range(n)]]), "// stands"),
    (changed("two", lambda x, t, i, n: t[[i[j % 2] for j in range(n)]]), "two label words"),
    (changed("past_the_end", lambda x, t, i, n: t[[i[j] for j in range(n)]]), "runs past"),
    (changed("of_columns", lambda x, t, i, n: t[:, i]), "choose columns"),
]  # fmt: skip
