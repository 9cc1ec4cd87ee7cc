"""``extend`` (lesson 4, *Words are vectors*)."""

import random
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, cause_of_raising, compare, same_value
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake

CAT: Any = torch.cat  # for calls of a form that it does not have


def ones(mask: Tensor, count: int) -> Tensor:
    """(batch, count) ones of the mask's dtype."""
    return mask.new_ones(len(mask), count)


def right_mask(mask: Tensor, last: Tensor, length: int) -> Tensor:
    """The definition."""
    return torch.cat([ones(mask, length), mask], dim=1)


def right_last(mask: Tensor, last: Tensor, length: int) -> Tensor:
    """The definition."""
    return last + length


MASK_MISTAKES: Mistakes = {
    "the ones stand at the end, behind the padding: the prompt comes first": [
        lambda m, i, n: torch.cat([m, ones(m, n)], dim=1)
    ],
    "the soft tokens are masked with 0: no token could look at the prompt, use 1": [
        lambda m, i, n: torch.cat([0 * ones(m, n), m], dim=1)
    ],
    "the mask was not extended: it needs a 1 for each soft token": [lambda m, i, n: m],
    "the mask is all ones: padding counts as text then": [lambda m, i, n: ones(m, n + m.shape[1])],
    "these are the soft tokens' ones alone: the mask of the text belongs behind them": [
        lambda m, i, n: ones(m, n)
    ],
    "one 1 is missing: there are `length` soft tokens": [lambda m, i, n: right_mask(m, i, n - 1)],
    "there is one 1 too many: there are `length` soft tokens": [
        lambda m, i, n: right_mask(m, i, n + 1)
    ],
    "the length of the mask was kept, and its end cut off: it grows by `length`": [
        lambda m, i, n: right_mask(m, i, n)[:, : m.shape[1]]
    ],
    (
        "the ones are cut out of the mask, so there are too few where the text is shorter than "
        "the prompt: make (batch, length) ones"
    ): [lambda m, i, n: right_mask(m, i, min(n, m.shape[1]))],
    (
        "the new columns are copies of the mask's first ones: too few where the text is shorter "
        "than the prompt, and 0 where they are padding"
    ): [lambda m, i, n: torch.cat([m[:, :n], m], dim=1)],
    "there is one new column for the whole prompt: it needs `length`": [
        lambda m, i, n: right_mask(m, i, 1)
    ],
    "there are as many new columns as the text has tokens: it needs `length`": [
        lambda m, i, n: right_mask(m, i, m.shape[1])
    ],
    "there are 20 soft tokens here, whatever `length` is": [lambda m, i, n: right_mask(m, i, 20)],
    "the prompt's length is added twice": [lambda m, i, n: right_mask(m, i, 2 * n)],
    "the padding has moved before the text: each row keeps its padding at its end": [
        lambda m, i, n: right_mask(m, i, n).flip(1),
        lambda m, i, n: right_mask(m, i, n).sort(1).values,
        lambda m, i, n: right_mask(m.flip(1), i, n),
    ],
    "rows were added to the batch: each row grows by columns, dim=1": [
        lambda m, i, n: torch.cat([m.new_ones(n, m.shape[1]), m], dim=0),
        lambda m, i, n: torch.cat([m, m.new_ones(n, m.shape[1])], dim=0),
        lambda m, i, n: torch.cat([ones(m, n), m], dim=0),
        lambda m, i, n: torch.cat([m, ones(m, n)], dim=0),
        lambda m, i, n: torch.cat([ones(m, n), m], dim=-2),
    ],
    "the ones have a single row: the batch has more, ones of (batch, length)": [
        lambda m, i, n: torch.cat([m.new_ones(1, n), m], dim=1),
        lambda m, i, n: torch.cat([m, m.new_ones(1, n)], dim=1),
        lambda m, i, n: right_mask(m, i, n)[:1],
    ],
    "the ones have no batch dimension: make them (batch, length)": [
        lambda m, i, n: torch.cat([m.new_ones(n), m], dim=1),
        lambda m, i, n: torch.cat([m, m.new_ones(n)], dim=1),
        lambda m, i, n: torch.cat([m.new_ones(n), m]),
    ],
    "the ones are (length, batch): make them (batch, length)": [
        lambda m, i, n: torch.cat([m.new_ones(n, len(m)), m], dim=1),
        lambda m, i, n: torch.cat([m, m.new_ones(n, len(m))], dim=1),
    ],
    "there are ones for as many rows as the text has tokens: make them (batch, length)": [
        lambda m, i, n: torch.cat([m.new_ones(m.shape[1], n), m], dim=1)
    ],
    "stack makes a new dimension, and wants parts of one shape: join with torch.cat, dim=1": [
        lambda m, i, n: torch.stack([ones(m, n), m]),
        lambda m, i, n: torch.stack([ones(m, n), m], dim=1),
    ],
    "there are new columns on both sides: the prompt stands before the text alone": [
        lambda m, i, n: torch.cat([right_mask(m, i, n), ones(m, n)], dim=1),
        lambda m, i, n: torch.cat([right_mask(m, i, n), 0 * ones(m, n)], dim=1),
    ],
    "torch.cat takes a list of the parts: torch.cat([ones, attention_mask], dim=1)": [
        lambda m, i, n: CAT(ones(m, n), m),
        lambda m, i, n: CAT(ones(m, n), m, dim=1),
    ],
    "`length` is added to the numbers of the mask: put `length` ones before them": [
        lambda m, i, n: m + n
    ],
    "the mask is transposed: (batch, length + tokens)": [lambda m, i, n: right_mask(m, i, n).T],
    "`last` stands in the place of the mask: return the mask, then last": [right_last],
}
LAST_MISTAKES: Mistakes = {
    "last was not shifted: the prompt moves every token by `length`": [lambda m, i, n: i],
    "last is one too low: `length` soft tokens shift it by `length`": [lambda m, i, n: i + n - 1],
    "last is one too high: `length` soft tokens shift it by `length`": [lambda m, i, n: i + n + 1],
    "last is shifted backwards: the prompt stands before the tokens": [lambda m, i, n: i - n],
    "this is the last column, which is padding in the shorter rows: add `length` to last": [
        lambda m, i, n: torch.full_like(i, n + m.shape[1] - 1)
    ],
    "this is the last column of the text as it was: add `length` to last": [
        lambda m, i, n: torch.full_like(i, m.shape[1] - 1)
    ],
    "this is the same place for all rows, the prompt's end: add `length` to last": [
        lambda m, i, n: torch.full_like(i, n - 1),
        lambda m, i, n: torch.full_like(i, n),
    ],
    "last is shifted by the width of the text: the prompt moves it by `length`": [
        lambda m, i, n: i + m.shape[1],
        lambda m, i, n: i + m.shape[1] - 1,
    ],
    "last is shifted by the width of the longer rows: the prompt moves it by `length`": [
        lambda m, i, n: i + m.shape[1] + n
    ],
    "last is shifted by the number of rows: the prompt moves it by `length`": [
        lambda m, i, n: i + len(m)
    ],
    "last is held within the width of the text as it was: the rows are longer now": [
        lambda m, i, n: (i + n).clamp(max=m.shape[1] - 1)
    ],
    "last is shifted by 1: the prompt has `length` soft tokens": [lambda m, i, n: i + 1],
    "last is shifted by 20, whatever `length` is": [lambda m, i, n: i + 20],
    "last is shifted twice: add `length` once": [lambda m, i, n: i + 2 * n],
    "last is multiplied by `length`: add it": [lambda m, i, n: i * n],
    "this is the sum over the whole mask: each row has a last token of its own, sum(dim=1)": [
        lambda m, i, n: right_mask(m, i, n).sum() - 1,
        lambda m, i, n: right_mask(m, i, n).sum(),
        lambda m, i, n: m.sum() + n - 1,
    ],
    "this is the sum over the rows: each row has a last token of its own, sum(dim=1)": [
        lambda m, i, n: right_mask(m, i, n).sum(0) - 1,
        lambda m, i, n: right_mask(m, i, n).sum(0),
        lambda m, i, n: m.sum(0) + n - 1,
    ],
    "this is one number for all rows: each row has a last token of its own": [
        lambda m, i, n: i.max() + n,
        lambda m, i, n: (i + n)[0],
        lambda m, i, n: torch.tensor(n + m.shape[1] - 1),
        lambda m, i, n: torch.full_like(i, int(i.max()) + n),
    ],
    "this is the first place, of several equal numbers: multiply the mask by the places first": [
        lambda m, i, n: 0 * i
    ],
    "the first 0 is searched, which rows without padding do not have: add `length` to last": [
        lambda m, i, n: right_mask(m, i, n).argmin(1) - 1
    ],
    "last has a dimension too many: (batch,)": [
        lambda m, i, n: (i + n)[:, None],
        lambda m, i, n: (i + n)[None],
    ],
    "last has other places before it: shift its numbers, and leave it (batch,)": [
        lambda m, i, n: torch.cat([i.new_ones(n), i]),
        lambda m, i, n: torch.cat([i.new_zeros(n), i]),
        lambda m, i, n: torch.cat([torch.arange(n), i + n]),
    ],
    "the mask stands in the place of `last`: return the mask, then last": [right_mask],
}
TABLES = (("the mask", right_mask, MASK_MISTAKES), ("last", right_last, LAST_MISTAKES))
PAIR = "(attention_mask, last), int64 tensors"


def read_pair(value: Any) -> tuple:
    """Read two things; a generator gives them as well."""
    if isinstance(value, Iterator):
        value = tuple(value)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        kind = f"not a {type(value).__name__}"
        if isinstance(value, (tuple, list)):
            kind = f"here there are {len(value)}"
        raise Mistake(f"return two tensors, the mask and last, {kind}", PAIR, show(value))
    return tuple(value)


def check_form(name: str, item: Any, dimensions: int, likely: str) -> None:
    """An int64 tensor of so many dimensions; ``likely`` is a mistake that is known already."""
    if not isinstance(item, Tensor):
        raise Mistake(f"{name} should be a tensor, not a {type(item).__name__}", PAIR, show(item))
    if item.ndim != dimensions:
        general = f"{name} should have {dimensions} dimension(s): return the mask, then last"
        raise Mistake(likely or general, PAIR, show(item))
    if item.dtype != torch.int64:
        general = f"{name} has the wrong dtype: int64, as it was; torch.ones alone gives floats"
        raise Mistake(general, PAIR, f"{show(item)}, {item.dtype}")


HINTS = (
    "write down by hand what [[1, 1, 1], [1, 0, 0]] and [2, 0] become with 2 soft tokens",
    "the prompt stands before the tokens, so every token moves to the right by `length`",
    "attention_mask.new_ones(batch, length) has the mask's dtype; concatenate it along dim=1",
)


def call_all(answer: Any, cases: list[tuple]) -> list[tuple]:
    """The pair that the answer gives for each case."""
    pairs = []
    for case in cases:
        try:
            pairs.append(read_pair(call(answer, *case)))
        except AnswerRaised as raised:
            raised.likely = cause_of_raising(raised.error, case, MASK_MISTAKES)
            raised.likely = raised.likely or cause_of_raising(raised.error, case, LAST_MISTAKES)
            raise
    return pairs


def draw(numbers: random.Random, tokens: int, length: int) -> tuple[Tensor, Tensor, int]:
    """A right-padded batch: the longest row is not the first, and one row has a single token."""
    sizes = [*numbers.sample(range(2, tokens), numbers.randint(1, 2)), tokens, 1]
    last = torch.tensor(sizes) - 1
    return (torch.arange(tokens) <= last[:, None]).long(), last, length


@exercise(hints=HINTS, mistakes={**MASK_MISTAKES, **LAST_MISTAKES})
def extend(answer: Any, numbers: random.Random) -> None:
    """Ones before the mask of right-padded rows, and ``last`` shifted."""
    cases = [draw(numbers, 7, 5), draw(numbers, 8, 2), draw(numbers, 5, numbers.randint(7, 11))]
    cases.append((torch.tensor([[1, 1, 1]]), torch.tensor([2]), 4))  # a single row
    cases.append((torch.tensor([[1], [1]]), torch.tensor([0, 0]), 1))
    pairs = call_all(answer, cases)
    for case, pair in zip(cases, pairs):
        for (name, _, mistakes), item, dimensions in zip(TABLES, pair, (2, 1)):
            check_form(name, item, dimensions, same_value(item, case, mistakes))
    for index, (_, right, mistakes) in enumerate(TABLES):
        replies = iter(pairs)

        def part(*case: Any, index: int = index, replies: Iterator = replies) -> Tensor:
            again = next(replies, None) or read_pair(call(answer, *case))
            return again[index]

        part.__name__ = getattr(answer, "__name__", "extend")
        compare(part, cases, right, mistakes, lambda value: value)
