"""Answers to ``label_init``."""

import itertools
import math

import torch


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


RIGHT = [by_modulo, by_repeating, by_cycle]
WRONG = [
    (in_blocks, "in blocks"),
    (first_alone, "only the first label word"),
    (last_fills, "last label word fills"),
    (labels_once, "do not add up"),
    (not_cut, "do not add up"),
    (length_times_each, "do not add up"),
    (whole_rounds_alone, "do not add up"),
    (zeros_behind, "are 0"),
    (mean_of_labels, "the words' mean"),
    (reversed_labels, "reverse order"),
    (row_numbers, "label_ids are not used"),
    (first_rows, "first rows of the table"),
    (unit_rows, "scaled to length 1"),
    (dtype_of_the_table, "not float32"),
    (shared_rows, "share memory"),
    (view_of_the_table, "share the table's memory"),
    (ids_returned, "one vector for each"),
    (list_of_rows, "return a tensor"),
]
