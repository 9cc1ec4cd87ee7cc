"""``perplexity`` (lesson 2, *What was forgotten?*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import UNKNOWN, compare, explanation, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson02.perplexity_mistakes import PERPLEXITY_MISTAKES, right_perplexity

Case = tuple[Tensor, Tensor, Tensor]


def draw_texts(numbers: random.Random, pad_id: int) -> Case:
    """Logits (batch, tokens, vocabulary), input_ids and attention_mask (batch, tokens).

    Real tokens may be any, ``pad_id`` among them, which also ends a row and stands within another.
    """
    lengths = torch.tensor([numbers.randint(8, 9), 3, 10, numbers.randint(4, 6)])
    mask = (torch.arange(10) < lengths[:, None]).long()
    input_ids = torch.randint(0, 19, mask.shape)
    input_ids[mask == 0] = pad_id
    input_ids[0, lengths[0] - 1] = input_ids[2, 1] = input_ids[3, 0] = pad_id
    input_ids[2, 4:7] = torch.tensor([0, 2, 1])
    logits = 1.2 * torch.randn(*mask.shape, 19)
    logits[1] *= 2  # the short row is the hard one, so that pooling matters
    return logits, input_ids, mask


def draw_one_text() -> Case:
    """A single row, with one place of padding."""
    mask = torch.tensor([[1, 1, 1, 1, 1, 0]])
    input_ids = torch.randint(0, 19, (1, 6))
    input_ids[mask == 0] = input_ids[0, 2]
    return torch.randn(1, 6, 19), input_ids, mask


def read_float(value: Any) -> float:
    """Read a plain number."""
    if isinstance(value, Tensor) and value.ndim == 0:
        likely = "this is still a tensor: return a float, with .item()"
        raise WrongForm(likely, "a float", show(value))
    return number(value)


HINTS = (
    "the logits at position t predict the token at t + 1: which logits, and which tokens, "
    "have no partner?",
    "compare logits[:, :-1] with input_ids[:, 1:], and weigh by attention_mask[:, 1:]",
    "sum the losses of all rows, divide by the number of predicted tokens, and take exp at the end",
)


@exercise(hints=HINTS, mistakes=PERPLEXITY_MISTAKES)
def perplexity(answer: Any, numbers: random.Random) -> None:
    """Perplexity of padded batches, in which rows differ in length and in difficulty."""
    cases = [draw_texts(numbers, pad_id) for pad_id in (numbers.randint(3, 18), 2, 0)]
    cases.append(draw_one_text())
    got: list[float] = []

    def read(value: Any) -> float:
        got.append(read_float(value))
        return got[-1]

    try:
        compare(answer, cases, right_perplexity, PERPLEXITY_MISTAKES, read, 2e-5)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:  # the exponential of a sum is not exact to so many digits
            mistake.likely = explanation(cases, got, PERPLEXITY_MISTAKES, 1e-3)
        raise
