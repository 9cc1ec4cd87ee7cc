"""``answer_loss`` (lesson 2, *The loss at the answer*)."""

import math
import random
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, nll_loss

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def picked(logits: Tensor, places: Tensor) -> Tensor:
    """Logits of one position of each row: (batch, vocabulary) float32."""
    return logits[torch.arange(len(logits)), places].float()


def right_loss(logits: Tensor, last: Tensor, answer_ids: Tensor) -> Tensor:
    """The definition."""
    return cross_entropy(picked(logits, last), answer_ids)


def label_words_only(logits: Tensor, last: Tensor, answer_ids: Tensor) -> Tensor:
    """Cross-entropy over the answers that occur, instead of the vocabulary."""
    words, targets = answer_ids.unique(return_inverse=True)
    return cross_entropy(picked(logits, last)[:, words], targets)


def everywhere(logits: Tensor, answer_ids: Tensor) -> Tensor:
    """The loss at every position of each row."""
    targets = answer_ids[:, None].expand(logits.shape[:2])
    return cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def every_pair(logits: Tensor, last: Tensor, answer_ids: Tensor, by_row: bool) -> Tensor:
    """``logits[:, last]``: every row at every other row's position."""
    crossed = logits[:, last].float()  # (batch, batch, vocabulary)
    targets = answer_ids[:, None] if by_row else answer_ids[None, :]
    return cross_entropy(crossed.flatten(0, 1), targets.expand(crossed.shape[:2]).flatten())


SHIFTED = "this is read one position early: the logits at `last` already predict the answer"
PAIRED = (
    "logits[:, last] takes every row at every row's position: pair them, "
    "logits[torch.arange(batch), last]"
)
LOSS_MISTAKES: Mistakes = {
    SHIFTED: [lambda x, i, a: cross_entropy(picked(x, i - 1), a)],
    "this is read one position late, behind the last real token": [
        lambda x, i, a: cross_entropy(picked(x, i + 1), a)
    ],
    "this is read in the last column, which is padding in the shorter rows: use `last`": [
        lambda x, i, a: cross_entropy(x[:, -1].float(), a)
    ],
    "this is read in the first column: use `last`": [
        lambda x, i, a: cross_entropy(x[:, 0].float(), a)
    ],
    "the loss runs over all positions: only the one in `last` predicts the answer": [
        lambda x, i, a: everywhere(x, a)
    ],
    "this is the sum over the rows: take the mean, or the step grows with the batch": [
        lambda x, i, a: right_loss(x, i, a) * len(x)
    ],
    "softmax twice: cross_entropy takes logits, it has the softmax in it": [
        lambda x, i, a: cross_entropy(picked(x, i).softmax(1), a)
    ],
    "only the label words compete: the softmax runs over the whole vocabulary": [label_words_only],
    "the logarithm has base 10: use the natural one": [
        lambda x, i, a: right_loss(x, i, a) / math.log(10)
    ],
    "the logarithm has base 2: use the natural one": [
        lambda x, i, a: right_loss(x, i, a) / math.log(2)
    ],
    "the sign is the wrong way round: a loss is the negative log-probability": [
        lambda x, i, a: -right_loss(x, i, a)
    ],
    "nll_loss was given logits: it wants log-probabilities, cross_entropy takes logits": [
        lambda x, i, a: nll_loss(picked(x, i), a)
    ],
    PAIRED: [
        lambda x, i, a: every_pair(x, i, a, True),
        lambda x, i, a: every_pair(x, i, a, False),
    ],
    "this is a probability: take its negative logarithm": [
        lambda x, i, a: picked(x, i).softmax(1).gather(1, a[:, None]).mean()
    ],
    "the logarithm was taken after the mean: average the logarithms": [
        lambda x, i, a: -picked(x, i).softmax(1).gather(1, a[:, None]).mean().log()
    ],
}


def read_loss(value: Any) -> Tensor:
    """Read a scalar tensor with a graph, in float32."""
    what = "a scalar float32 tensor with a gradient"
    if not isinstance(value, torch.Tensor):
        likely = "return the tensor, without .item(): a plain number has no gradient"
        raise Mistake(likely, what, show(value))
    if value.ndim:
        raise Mistake("there is one loss for each row: return their mean", what, show(value))
    if value.dtype not in (torch.float32, torch.float64):
        likely = (
            "the loss was computed in 16 bits, two to three digits: call .float() on the logits"
        )
        raise Mistake(likely, what, show(value))
    return value


def check_gradient(loss: Tensor, case: tuple[Tensor, Tensor, Tensor]) -> None:
    """Does the graph lead from the loss to the logits, whole?"""
    if not loss.requires_grad:
        likely = (
            "the graph was cut: no detach(), no torch.no_grad(), no torch.tensor(...) on the way "
            "to the loss"
        )
        raise Mistake(likely, "a loss that backward() can start from", "requires_grad=False")
    got = torch.autograd.grad(loss, case[0], allow_unused=True)[0]
    expected = torch.autograd.grad(right_loss(*case), case[0])[0]
    if got is None or not torch.allclose(got.float(), expected.float(), atol=5e-3):
        likely = "the value is right, but a part of the graph was cut on the way to it"
        raise Mistake(likely, "the gradient of the loss at the logits", show(got))


def draw_answers(numbers: random.Random, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (batch, tokens, vocabulary) that ask for a gradient, last and answer_ids (batch,)."""
    batch, tokens, vocabulary = numbers.randint(3, 5), numbers.randint(8, 10), 23
    last = torch.tensor(numbers.sample(range(2, tokens - 1), batch))
    words = numbers.sample(range(vocabulary), 2)
    answer_ids = torch.tensor([words[0], words[1], *numbers.choices(words, k=batch - 2)])
    logits = 2 * torch.randn(batch, tokens, vocabulary)
    return logits.to(dtype).requires_grad_(), last, answer_ids


HINTS = (
    "which of the (batch, tokens, vocabulary) logits predict the answer?",
    "logits[torch.arange(len(last)), last] has the shape (batch, vocabulary)",
    "torch.nn.functional.cross_entropy(picked.float(), answer_ids) takes logits, and gives "
    "the mean",
)


@exercise(hints=HINTS, mistakes=LOSS_MISTAKES)
def answer_loss(answer: Any, numbers: random.Random) -> None:
    """Cross-entropy at the answer position, its gradient, and its precision."""
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 1e-3)):
        cases = [draw_answers(numbers, dtype) for _ in range(2)]
        got = compare(answer, cases, right_loss, LOSS_MISTAKES, read_loss, tolerance)
        for case, loss in zip(cases, got):
            check_gradient(loss, case)
