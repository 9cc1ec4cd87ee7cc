"""``answer_loss`` (lesson 2, *The loss at the answer*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import UNKNOWN, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson02.answer_loss_mistakes import (
    HALF,
    HALF_MISTAKES,
    LOSS_MISTAKES,
    right_loss,
)

Case = tuple[Tensor, Tensor, Tensor]


def read_loss(value: Any) -> Tensor:
    """Read a tensor of one number, in float32."""
    what = "a scalar float32 tensor with a gradient"
    if not isinstance(value, torch.Tensor):
        likely = "return the tensor, without .item(): a plain number has no gradient"
        raise WrongForm(likely, what, show(value))
    if value.numel() != 1:
        several = f"one number is asked for, shape (), and not several of shape {shape_of(value)}"
        one_a_row = "there is one loss for each row: return their mean"
        raise WrongForm(one_a_row if value.ndim == 1 else several, what, show(value))
    if value.dtype not in (torch.float32, torch.float64):
        likely = (
            "the loss was computed in 16 bits, two to three digits: call .float() on the logits"
        )
        raise Mistake(likely, what, show(value))
    return value.reshape(())


def shape_of(value: Tensor) -> str:
    """The shape, as text."""
    return str(tuple(value.shape))


def check_gradient(loss: Tensor, case: Case) -> None:
    """Does the graph lead from the loss to the logits, whole?"""
    if not loss.requires_grad:
        likely = (
            "the graph was cut: no detach(), no torch.no_grad(), no torch.tensor(...) on the way "
            "to the loss"
        )
        raise Mistake(likely, "a loss that backward() can start from", "requires_grad=False")
    got = torch.autograd.grad(loss, case[0], allow_unused=True)[0]
    expected = torch.autograd.grad(right_loss(*case), case[0])[0]
    if got is None or not torch.allclose(got.float(), expected.float(), rtol=1e-2, atol=1e-4):
        likely = "the value is right, but a part of the graph was cut on the way to it"
        raise Mistake(likely, "the gradient of the loss at the logits", show(got))


def draw_answers(numbers: random.Random, dtype: torch.dtype, batch: int, full: bool) -> Case:
    """Logits (batch, tokens, vocabulary) that ask for a gradient, last and answer_ids (batch,).

    With ``full`` one row has no padding and one has a single token; else each has something
    before and behind its last token. Answers 0 and 2 occur, and others.
    """
    tokens, vocabulary = numbers.randint(9, 11), 23
    inner = numbers.sample(range(2, tokens - 1), batch)
    last = torch.tensor([inner[0], tokens - 1, 0, *inner[3:]][:batch] if full else inner)
    words = [*numbers.sample(range(3, vocabulary), 2), 0, 2]
    answer_ids = torch.tensor([*words[:2], *numbers.choices(words, k=batch)][:batch])
    if full:
        answer_ids[1:3] = torch.tensor([2, 0])
    logits = 2 * torch.randn(batch, tokens, vocabulary)
    return logits.to(dtype).requires_grad_(), last, answer_ids


HINTS = (
    "which of the (batch, tokens, vocabulary) logits predict the answer?",
    "logits[torch.arange(len(last)), last] has the shape (batch, vocabulary)",
    "torch.nn.functional.cross_entropy(picked.float(), answer_ids) takes logits, and gives "
    "the mean",
)


@exercise(hints=HINTS, mistakes={**LOSS_MISTAKES, **HALF_MISTAKES})
def answer_loss(answer: Any, numbers: random.Random) -> None:
    """Cross-entropy at the answer position, its gradient, and its precision."""
    sizes = numbers.sample((3, 4, 5, 6), 2)
    plain = [draw_answers(numbers, torch.float32, size, full=False) for size in sizes]
    plain.append(draw_answers(numbers, torch.float32, sizes[0], full=True))
    for case, loss in zip(plain, compare(answer, plain, right_loss, LOSS_MISTAKES, read_loss)):
        check_gradient(loss, case)
    short = [draw_answers(numbers, torch.bfloat16, size, full=True) for size in (3, 4, 5)]
    try:
        losses = compare(answer, short, right_loss, HALF_MISTAKES, read_loss)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:  # the same logits in float32 went well
            mistake.likely = HALF
        raise
    for case, loss in zip(short, losses):
        check_gradient(loss, case)
