import itertools
import math

import numpy as np
import torch
from torch.nn import functional as F


def right_comprehension(table, label_ids, length):
    rows = [int(label_ids[i % len(label_ids)]) for i in range(length)]
    return table.detach()[rows].float()


def right_fill_loop(table, label_ids, length):
    out = torch.zeros(length, table.shape[1], dtype=torch.float32, device=table.device)
    with torch.no_grad():
        for i in range(length):
            out[i] = table[label_ids[i % len(label_ids)]]
    return out


def right_tiled(table, label_ids, length):
    rounds = math.ceil(length / len(label_ids))
    return table[label_ids].detach().to(torch.float32).repeat(rounds, 1)[:length].clone()


def right_cycle(table, label_ids, length):
    ids = itertools.islice(itertools.cycle(label_ids), length)
    return torch.stack([table[i].detach().float() for i in ids])


def right_numpy_resize(table, label_ids, length):
    ids = torch.from_numpy(np.resize(np.array(label_ids), length)).long()
    return F.embedding(ids.to(table.device), table.detach()).float()


def wrong_blocks(table, label_ids, length):
    """Gives each word one block (a a b b) instead of taking the words in turn (a b a b)."""
    times = math.ceil(length / len(label_ids))
    return table[label_ids].float().repeat_interleave(times, dim=0)[:length]


def wrong_two_labels(table, label_ids, length):
    """Writes i % 2, so that a third label word is never used."""
    return torch.stack([table[label_ids[i % 2]] for i in range(length)]).float()


def wrong_whole_rounds(table, label_ids, length):
    """Repeats whole rounds only: too few rows if length is not a multiple of the words."""
    return table[label_ids].float().repeat(length // len(label_ids), 1)


def wrong_length_rounds(table, label_ids, length):
    """Repeats all words `length` times, so there are length x words rows."""
    return table[label_ids].float().repeat(length, 1)


def wrong_row_numbers(table, label_ids, length):
    """Takes i % len(label_ids) itself as row number and never looks up the label word's id."""
    return table[[i % len(label_ids) for i in range(length)]].float()


def wrong_keeps_dtype(table, label_ids, length):
    """Keeps the table's dtype: rows of a bfloat16 table are not float32."""
    return table[[label_ids[i % len(label_ids)] for i in range(length)]].clone()


def wrong_starts_at_second(table, label_ids, length):
    """Counts from 1, so row 0 is the second label word."""
    ids = [label_ids[i % len(label_ids)] for i in range(1, length + 1)]
    return table[ids].float()


def wrong_mean(table, label_ids, length):
    """Starts every soft token from the mean of the label words."""
    return table[label_ids].float().mean(dim=0).repeat(length, 1)


def wrong_rest_is_zero(table, label_ids, length):
    """Writes every label word once and leaves the other rows at zero."""
    out = torch.zeros(length, table.shape[1])
    for row, label_id in zip(out, label_ids):
        row.copy_(table[label_id])
    return out


def wrong_random_choice(table, label_ids, length):
    """Draws label words at random, as PEFT's sampled start does, instead of taking turns."""
    drawn = torch.randint(len(label_ids), (length,))
    return table[torch.as_tensor(label_ids)[drawn]].float()


def wrong_numpy_array(table, label_ids, length):
    """Returns a NumPy array, on which SoftPrompt's .clone() or .float() fails."""
    ids = np.resize(label_ids, length)
    return table.detach().float().cpu().numpy()[ids]


SAYS = {
    "wrong_blocks": "the words come in blocks: take them",
    "wrong_two_labels": "two label words are assumed, i %",
    "wrong_whole_rounds": "there are too few rows: the number",
    "wrong_length_rounds": "there are too many rows: cut after",
    "wrong_row_numbers": "label_ids are not used: they are the",
    "wrong_keeps_dtype": "the dtype is not float32: call .float()",
    "wrong_starts_at_second": "the turn begins with the second label",
    "wrong_mean": "this is the words' mean, repeated: keep",
    "wrong_rest_is_zero": "a part of a tensor is written",
    "wrong_random_choice": "the same call gives another value the",
    "wrong_numpy_array": "return a tensor, not a ndarray",
}
