"""What learners get wrong in ``label_init``."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes


def cyclic(table: Tensor, ids: list[int], length: int) -> Tensor:
    """The definition of ``label_init``."""
    return table[[ids[i % len(ids)] for i in range(length)]].float()


def blocks(ids: list[int], length: int) -> list[int]:
    """Each id several times in a row."""
    each = -(-length // len(ids))
    return [ids[i // each] for i in range(length)]


def rounded_down(table: Tensor, ids: list[int], length: int) -> Tensor:
    """Whole rounds alone."""
    return cyclic(table, ids, length // len(ids) * len(ids))


def ids_in_turn(ids: list[int], length: int) -> Tensor:
    """The row numbers, without the rows."""
    return torch.tensor([ids[i % len(ids)] for i in range(length)])


# Each raises in other cases: the first one of a table that raises where the answer did explains it.
PAST_THE_END: Mistakes = {
    "two label words are assumed, i % 2: there are len(label_ids)": [
        lambda t, i, n: t[[i[j % 2] for j in range(n)]].float()
    ],
    "// stands for %: row i is that of label word i % len(label_ids)": [
        lambda t, i, n: t[[i[j // len(i)] for j in range(n)]].float()
    ],
    "the index runs past the last label word: i % len(label_ids) begins again with the first": [
        lambda t, i, n: t[[i[j] for j in range(n)]].float(),
        lambda t, i, n: t[[i[j % n] for j in range(n)]].float(),
    ],
}
INIT_MISTAKES: Mistakes = {
    "the words come in blocks: take them in turn, and begin again after the last": [
        lambda t, i, n: t[blocks(i, n)],
        lambda t, i, n: t[i].float().repeat_interleave(n // len(i), 0),
        lambda t, i, n: t[i].float().repeat_interleave(-(-n // len(i)), 0),
        lambda t, i, n: t[i].float().repeat_interleave(n, 0),
    ],
    "only one row came back: perhaps a `return` within the loop": [
        lambda t, i, n: cyclic(t, i, 1),
        lambda t, i, n: cyclic(t, i, 1)[0],
    ],
    "only the first label word is there: take them in turn": [lambda t, i, n: cyclic(t, i[:1], n)],
    "only the last label word is there: take them in turn": [lambda t, i, n: cyclic(t, i[-1:], n)],
    "the last label word fills the rest: begin again with the first": [
        lambda t, i, n: t[[i[min(j, len(i) - 1)] for j in range(n)]]
    ],
    "each label word is there once alone: begin again after the last, up to `length` rows": [
        lambda t, i, n: t[i],
        lambda t, i, n: t[i][:n],
    ],
    "there are too few rows: the number of rounds is rounded down, so round up, then cut": [
        rounded_down,
        lambda t, i, n: cyclic(t, i, max(1, n // len(i)) * len(i)),
    ],
    "there are too many rows: cut after `length`": [
        lambda t, i, n: cyclic(t, i, n * len(i)),
        lambda t, i, n: cyclic(t, i, -(-n // len(i)) * len(i)),
        lambda t, i, n: cyclic(t, i, (n // len(i) + 1) * len(i)),
    ],
    "there is one row too many: `length` rows": [lambda t, i, n: cyclic(t, i, n + 1)],
    "one row is missing: `length` rows": [lambda t, i, n: cyclic(t, i, n - 1)],
    "there are 20 rows here, whatever `length` is": [lambda t, i, n: cyclic(t, i, 20)],
    "the rows behind the first label words are 0: repeat the words": [
        lambda t, i, n: cyclic(t, i, n) * (torch.arange(n) < len(i))[:, None],
        lambda t, i, n: torch.cat([t[i][:n].float(), torch.zeros(max(0, n - len(i)), t.shape[1])]),
    ],
    "the turn begins with the second label word: row 0 is that of the first": [
        lambda t, i, n: cyclic(t, i[1:] + i[:1], n)
    ],
    "the turn begins with the last label word: row 0 is that of the first": [
        lambda t, i, n: cyclic(t, i[-1:] + i[:-1], n)
    ],
    "the words are in reverse order": [
        lambda t, i, n: cyclic(t, i[::-1], n),
        lambda t, i, n: cyclic(t, i, n).flip(0),
    ],
    "the words are sorted by their ids: keep the order of label_ids": [
        lambda t, i, n: cyclic(t, sorted(i), n),
        lambda t, i, n: cyclic(t, sorted(i, reverse=True), n),
        lambda t, i, n: cyclic(t, list(set(i)), n),
    ],
    "this is the words' mean, repeated: keep each word's own row": [
        lambda t, i, n: t[i].float().mean(0).repeat(n, 1),
        lambda t, i, n: t[i].mean(0).repeat(n, 1),
        lambda t, i, n: cyclic(t, i, n).mean(0).repeat(n, 1),
    ],
    "this is the words' sum, repeated: keep each word's own row": [
        lambda t, i, n: t[i].float().sum(0).repeat(n, 1),
        lambda t, i, n: t[i].sum(0).repeat(n, 1),
    ],
    "label_ids are not used: they are the row numbers in the table": [
        lambda t, i, n: cyclic(t, list(range(len(i))), n)
    ],
    "the ids themselves were taken in turn: the row of an id is table[id]": [
        lambda t, i, n: ids_in_turn(i, n),
        lambda t, i, n: ids_in_turn(i, n).float(),
        lambda t, i, n: ids_in_turn(i, n).float()[:, None],
        lambda t, i, n: ids_in_turn(i, n).float()[:, None].expand(n, t.shape[1]),
        lambda t, i, n: ids_in_turn(i, n).tolist(),
    ],
    "these are the first rows of the table: label_ids are the row numbers": [lambda t, i, n: t[:n]],
    "the ids choose columns of the table: they are row numbers, table[ids]": [
        lambda t, i, n: t[:, ids_in_turn(i, n).tolist()],
        lambda t, i, n: t.T[ids_in_turn(i, n).tolist()],
        lambda t, i, n: t[:, i],
    ],
    "the rows are scaled to length 1: keep the words' own lengths": [
        lambda t, i, n: normalize(cyclic(t, i, n), dim=1),
        lambda t, i, n: normalize(t[ids_in_turn(i, n)], dim=1),
        lambda t, i, n: cyclic(normalize(t, dim=1), i, n),
    ],
    "the rows came back as columns: the shape is (length, d_model)": [
        lambda t, i, n: cyclic(t, i, n).T
    ],
    "the rows stand one behind another in one dimension: torch.stack them, (length, d_model)": [
        lambda t, i, n: cyclic(t, i, n).flatten()
    ],
    "there is a dimension too many: (length, d_model)": [
        lambda t, i, n: cyclic(t, i, n)[None],
        lambda t, i, n: cyclic(t, i, n)[:, None],
    ],
    "the rows are zeros: look them up, table[id]": [lambda t, i, n: 0 * cyclic(t, i, n)],
    **PAST_THE_END,
}
