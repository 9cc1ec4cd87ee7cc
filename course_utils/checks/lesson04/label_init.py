"""``label_init`` (lesson 4, *Where to start?*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson04.label_init_mistakes import INIT_MISTAKES, cyclic

WHAT = "a float32 tensor (length, d_model)"


def read_init(value: Any) -> Tensor:
    """Read a float32 matrix; the table judges its length."""
    if not isinstance(value, Tensor):
        raise WrongForm(f"return a tensor, not a {type(value).__name__}", WHAT, show(value))
    if value.ndim != 2:
        raise WrongForm("return one vector for each soft token", WHAT, show(value))
    if value.dtype != torch.float32:
        got = f"{show(value)}, {value.dtype}"
        raise Mistake("the dtype is not float32: call .float() on the rows", WHAT, got)
    return value


def why_unknown(answer: Any, cases: list[tuple]) -> str:
    """What can be said of rows that no usual mistake gives."""
    table, ids, length = cases[0]
    found = call(answer, table, ids, length).detach()
    known = [any(torch.allclose(row, table[i]) for i in ids) for row in found]
    if len(found) == length and all(known):
        return "each row is a label word's, but not in turn: row i is that of i % len(label_ids)"
    return UNKNOWN


def check_memory(value: Tensor, table: Tensor) -> None:
    """The rows are a copy, each with memory of its own."""
    sizes = zip(value.shape, value.stride())
    if any(size > 1 and not stride for size, stride in sizes):
        likely = "the rows share memory (expand): training one would change all, so clone() them"
        raise Mistake(likely, WHAT, f"strides {value.stride()}")
    if value.untyped_storage().data_ptr() == table.untyped_storage().data_ptr():
        likely = "the rows share the table's memory: training would change both, so clone()"
        raise Mistake(likely, "a copy", "a view of the table")


def draw(numbers: random.Random, labels: int, length: int) -> tuple[Tensor, list[int], int]:
    """A table, ids (of four, no turn is in rising or in falling order), and a length."""
    table = torch.randn(30, numbers.randint(4, 8)) * 2
    ids = numbers.sample(range(8, 30), labels)
    if labels == 4:
        order = numbers.choice(((2, 0, 3, 1), (1, 3, 0, 2)))
        ids = [sorted(ids)[place] for place in order]
    return table, ids, length


HINTS = (
    "with the labels [9, 4] and length 5, the words are 9, 4, 9, 4, 9",
    "label_ids[i % len(label_ids)] begins again after the last label",
    "table[ids] with a list of ids copies these rows; .float() makes them float32",
)


@exercise(hints=HINTS, mistakes=INIT_MISTAKES)
def label_init(answer: Any, numbers: random.Random) -> None:
    """Rows in turn, for lengths above and below the number of labels; a copy of the table's."""
    # Each usual index that runs past the end does so in another of these, see ``PAST_THE_END``.
    cases = [draw(numbers, 4, numbers.choice((5, 6, 7))), draw(numbers, 2, numbers.choice((7, 9)))]
    cases += [draw(numbers, *sizes) for sizes in ((3, 8), (4, 2), (1, 3), (1, 1), (2, 6))]
    table, ids, length = cases[0]
    cases += [(table.bfloat16(), ids, length), (table.clone().requires_grad_(), ids, length)]
    try:
        got = compare(answer, cases, cyclic, INIT_MISTAKES, read_init)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:
            mistake.likely = why_unknown(answer, cases)
        raise
    for (table, *_), value in zip(cases, got):
        check_memory(value, table)
