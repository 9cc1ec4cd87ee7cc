"""``extend`` (lesson 4, *Words are vectors*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


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
}
LAST_MISTAKES: Mistakes = {
    "last was not shifted: the prompt moves every token by `length`": [lambda m, i, n: i],
    "last is one too low: `length` soft tokens shift it by `length`": [lambda m, i, n: i + n - 1],
    "last is one too high: `length` soft tokens shift it by `length`": [lambda m, i, n: i + n + 1],
    "last is shifted backwards: the prompt stands before the tokens": [lambda m, i, n: i - n],
    "this is the last column, which is padding in the shorter rows: add `length` to last": [
        lambda m, i, n: torch.full_like(i, n + m.shape[1] - 1)
    ],
    "this is the same place for all rows, the prompt's end: add `length` to last": [
        lambda m, i, n: torch.full_like(i, n - 1)
    ],
}


def read_pair(value: Any, index: int) -> Tensor:
    """Read two int64 tensors; one of them."""
    what = "(attention_mask, last), int64 tensors"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Mistake("return two tensors, the mask and last", what, show(value))
    for name, item, dimensions in zip(("the mask", "last"), value, (2, 1)):
        if not isinstance(item, Tensor):
            raise Mistake(f"{name} should be a tensor, not a {type(item).__name__}", what)
        if item.ndim != dimensions:
            likely = f"{name} should have {dimensions} dimension(s): return the mask, then last"
            raise Mistake(likely, what, show(item))
        if item.dtype != torch.int64:
            likely = f"{name} has the wrong dtype: int64, as it was; torch.ones alone gives floats"
            raise Mistake(likely, what, show(item))
    return value[index]


HINTS = (
    "write down by hand what [[1, 1, 1], [1, 0, 0]] and [2, 0] become with 2 soft tokens",
    "the prompt stands before the tokens, so every token moves to the right by `length`",
    "attention_mask.new_ones(batch, length) has the mask's dtype; concatenate it along dim=1",
)


@exercise(hints=HINTS, mistakes={**MASK_MISTAKES, **LAST_MISTAKES})
def extend(answer: Any, numbers: random.Random) -> None:
    """Ones before the mask of right-padded rows, and ``last`` shifted."""
    cases = []
    for _ in range(2):
        sizes = torch.tensor([*numbers.sample(range(1, 6), numbers.randint(2, 4)), 7])
        mask = (torch.arange(7) < sizes[:, None]).long()
        cases.append((mask, sizes - 1, numbers.randint(2, 5)))
    rights = ((right_mask, MASK_MISTAKES), (right_last, LAST_MISTAKES))
    for index, (right, mistakes) in enumerate(rights):
        compare(answer, cases, right, mistakes, lambda value, i=index: read_pair(value, i))
