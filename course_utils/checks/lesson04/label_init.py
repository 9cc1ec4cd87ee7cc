"""``label_init`` (lesson 4, *Where to start?*)."""

import random
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def cyclic(table: Tensor, ids: list[int], length: int) -> Tensor:
    """The definition of ``label_init``."""
    return table[[ids[i % len(ids)] for i in range(length)]].float()


def blocks(ids: list[int], length: int) -> list[int]:
    """Each id several times in a row."""
    each = -(-length // len(ids))
    return [ids[i // each] for i in range(length)]


CUT = "the rows do not add up to `length`: repeat the words, then cut"
INIT_MISTAKES: Mistakes = {
    "the words come in blocks: take them in turn, and begin again after the last": [
        lambda t, i, n: t[blocks(i, n)]
    ],
    "only the first label word is there: take them in turn": [lambda t, i, n: cyclic(t, i[:1], n)],
    "the last label word fills the rest: begin again with the first": [
        lambda t, i, n: t[[i[min(j, len(i) - 1)] for j in range(n)]]
    ],
    CUT: [
        lambda t, i, n: t[i],
        lambda t, i, n: cyclic(t, i, n * len(i)),
        lambda t, i, n: cyclic(t, i, -(-n // len(i)) * len(i)),
        lambda t, i, n: cyclic(t, i, n // len(i) * len(i)),
    ],
    "the rows behind the first label words are 0: repeat the words": [
        lambda t, i, n: cyclic(t, i, n) * (torch.arange(n) < len(i))[:, None]
    ],
    "this is the words' mean, repeated: keep each word's own row": [
        lambda t, i, n: t[i].float().mean(0).repeat(n, 1)
    ],
    "the words are in reverse order": [lambda t, i, n: cyclic(t, i[::-1], n)],
    "label_ids are not used: they are the row numbers in the table": [
        lambda t, i, n: cyclic(t, list(range(len(i))), n)
    ],
    "these are the first rows of the table: label_ids are the row numbers": [lambda t, i, n: t[:n]],
    "the rows are scaled to length 1: keep the words' own lengths": [
        lambda t, i, n: normalize(cyclic(t, i, n), dim=1)
    ],
}


def read_init(value: Any) -> Tensor:
    """Read a float32 matrix whose rows have memory of their own; the table judges its length."""
    what = "a float32 tensor (length, d_model)"
    if not isinstance(value, Tensor):
        raise Mistake(f"return a tensor, not a {type(value).__name__}", what, show(value))
    if value.ndim != 2:
        raise Mistake("return one vector for each soft token", what, show(value))
    if value.dtype != torch.float32:
        raise Mistake("the dtype is not float32: call .float() on the rows", what, show(value))
    if value.untyped_storage().nbytes() < value.numel() * value.element_size():
        likely = "the rows share memory (expand): training one would change all, so clone() them"
        raise Mistake(likely, what, f"strides {value.stride()}")
    return value


HINTS = (
    "with the labels [9, 4] and length 5, the words are 9, 4, 9, 4, 9",
    "label_ids[i % len(label_ids)] begins again after the last label",
    "table[ids] with a list of ids copies these rows; .float() makes them float32",
)


@exercise(hints=HINTS, mistakes=INIT_MISTAKES)
def label_init(answer: Any, numbers: random.Random) -> None:
    """Rows in turn, for lengths above and below the number of labels; a copy of the table's."""
    cases = []
    for labels, length in ((2, numbers.choice((5, 7))), (3, 8), (4, 2), (1, 3), (1, 1)):
        table = torch.randn(30, numbers.randint(4, 8)) * 2
        cases.append((table, numbers.sample(range(6, 30), labels), length))
    cases.append((cases[0][0].bfloat16(), *cases[0][1:]))
    got = compare(answer, cases, cyclic, INIT_MISTAKES, read_init)
    for (table, *_), value in zip(cases, got):
        if value.untyped_storage().data_ptr() == table.untyped_storage().data_ptr():
            likely = "the rows share the table's memory: training would change both, so clone()"
            raise Mistake(likely, "a copy", "a view of the table")
