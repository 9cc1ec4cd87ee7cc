import random
from itertools import cycle, islice

import numpy as np
import torch
import torch.nn.functional as F


def right_stack(table, label_ids, length):
    rows = [table[label_ids[i % len(label_ids)]] for i in range(length)]
    return torch.stack(rows).float()


def right_index(table, label_ids, length):
    ids = torch.as_tensor(label_ids)[torch.arange(length) % len(label_ids)]
    return table[ids.to(table.device)].detach().to(torch.float32)


def right_repeat(table, label_ids, length):
    times = -(-length // len(label_ids))
    return table[list(label_ids)].repeat(times, 1)[:length].float()


def right_cycle(table, label_ids, length):
    ids = list(islice(cycle(label_ids), length))
    return F.embedding(torch.tensor(ids, device=table.device), table).float().detach().clone()


def right_numpy(table, label_ids, length):
    ids = np.resize(np.array(label_ids), length)
    return torch.from_numpy(table.detach().float().cpu().numpy()[ids].copy()).to(table.device)


def right_strided(table, label_ids, length):
    out = torch.zeros(length, table.shape[1], dtype=torch.float32, device=table.device)
    for j, label in enumerate(label_ids):
        out[j :: len(label_ids)] = table[label].detach()
    return out


def right_index_select(table, label_ids, length):
    ids = (list(label_ids) * length)[:length]
    return torch.index_select(input=table.float(), dim=0, index=torch.tensor(ids))


def wrong_blocks(table, label_ids, length):
    """Repeats each label word in a block instead of taking them in turn."""
    times = -(-length // len(label_ids))
    return table[label_ids].repeat_interleave(times, dim=0)[:length].float()


def wrong_rounded_down(table, label_ids, length):
    """Rounds the repeats down: too few rows if length is no multiple of the number of labels."""
    return table[label_ids].repeat(length // len(label_ids), 1).float()


def wrong_too_long(table, label_ids, length):
    """Repeats the label words length times each, and so returns too many rows."""
    return table[label_ids].repeat(length, 1).float()


def wrong_into_the_table(table, label_ids, length):
    """Fills a slice of the table, which is a view, and so overwrites the table's first rows."""
    out = table[:length]
    for i in range(length):
        out[i] = table[label_ids[i % len(label_ids)]]
    return out.float().clone()


def wrong_dtype_kept(table, label_ids, length):
    """Keeps the dtype of the table, so a bfloat16 table gives a bfloat16 start."""
    return torch.stack([table[label_ids[i % len(label_ids)]] for i in range(length)])


def wrong_double(table, label_ids, length):
    """Returns float64, where float32 is asked for."""
    return torch.stack([table[label_ids[i % len(label_ids)]] for i in range(length)]).double()


def wrong_mean(table, label_ids, length):
    """Repeats the mean of the label words, so every row is the same."""
    return table[label_ids].float().mean(dim=0).repeat(length, 1)


def wrong_two_labels(table, label_ids, length):
    """Takes i % 2, so a third label word is never used."""
    return torch.stack([table[label_ids[i % 2]] for i in range(length)]).float()


def wrong_first_rows(table, label_ids, length):
    """Looks up the label's number in the table, not its token id."""
    return torch.stack([table[i % len(label_ids)] for i in range(length)]).float()


def wrong_integer_division(table, label_ids, length):
    """Writes // for %, and so runs past the end of label_ids (IndexError)."""
    return torch.stack([table[label_ids[i // len(label_ids)]] for i in range(length)]).float()


def wrong_ids(table, label_ids, length):
    """Returns the token ids in turn, without looking up their rows."""
    return torch.tensor([label_ids[i % len(label_ids)] for i in range(length)]).float()


def wrong_once(table, label_ids, length):
    """Takes each label word once and never begins again."""
    return table[label_ids][:length].float()


def wrong_from_one(table, label_ids, length):
    """Counts from 1, so the turn begins with the second label word."""
    rows = [table[label_ids[i % len(label_ids)]] for i in range(1, length + 1)]
    return torch.stack(rows).float()


def wrong_sorted(table, label_ids, length):
    """Sorts the token ids, so the words no longer come in the order of the labels."""
    ids = sorted(label_ids)
    return torch.stack([table[ids[i % len(ids)]] for i in range(length)]).float()


def wrong_random(table, label_ids, length):
    """Draws label words at random instead of taking them in turn."""
    return torch.stack([table[random.choice(label_ids)] for _ in range(length)]).float()


def wrong_twenty(table, label_ids, length):
    """Always makes the lesson's 20 rows."""
    return torch.stack([table[label_ids[i % len(label_ids)]] for i in range(20)]).float()


def wrong_list(table, label_ids, length):
    """Returns a list of rows, which are views into the table, instead of one matrix."""
    return [table[label_ids[i % len(label_ids)]] for i in range(length)]


def wrong_unit_length(table, label_ids, length):
    """Scales every row to length 1, so the rows are no longer those of the table."""
    rows = [table[label_ids[i % len(label_ids)]] for i in range(length)]
    return F.normalize(torch.stack(rows).float(), dim=1)


def wrong_transposed(table, label_ids, length):
    """Stacks the rows as columns: (d_model, length)."""
    rows = [table[label_ids[i % len(label_ids)]] for i in range(length)]
    return torch.stack(rows, dim=1).float()


def wrong_first_word(table, label_ids, length):
    """Expands the first label word alone: one word only, and a view into the table."""
    return table[label_ids[0]].float().expand(length, -1)


SAYS = {
    "wrong_blocks": "come in blocks",
    "wrong_rounded_down": "rounds is rounded down",
    "wrong_too_long": "too many rows",
    "wrong_into_the_table": "changes its input in place",
    "wrong_dtype_kept": "the dtype is not float32",
    "wrong_double": "the dtype is not float32",
    "wrong_mean": "this is the words' mean",
    "wrong_two_labels": "two label words are assumed",
    "wrong_first_rows": "label_ids are not used",
    "wrong_integer_division": "// stands for %",
    "wrong_ids": "the ids themselves were taken",
    "wrong_once": "there once alone",
    "wrong_from_one": "begins with the second label word",
    "wrong_sorted": "sorted by their ids",
    "wrong_random": "nothing random belongs here",
    "wrong_twenty": "there are 20 rows here",
    "wrong_list": "return a tensor, not a list",
    "wrong_unit_length": "rows are scaled to length 1",
    "wrong_transposed": "came back as columns",
    "wrong_first_word": "only the first label word",
}
