"""Checks of lesson 2: the loss at the answer, and perplexity."""

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy, nll_loss

from course_utils.checks.diagnose import Suspect, compare, number
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

Tensor = torch.Tensor


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
LOSS_SUSPECTS: list[Suspect] = [
    (SHIFTED, lambda x, i, a: cross_entropy(picked(x, i - 1), a)),
    ("this is read one position late, behind the last real token",
     lambda x, i, a: cross_entropy(picked(x, i + 1), a)),
    ("this is read in the last column, which is padding in the shorter rows: use `last`",
     lambda x, i, a: cross_entropy(x[:, -1].float(), a)),
    ("this is read in the first column: use `last`",
     lambda x, i, a: cross_entropy(x[:, 0].float(), a)),
    ("the loss runs over all positions: only the one in `last` predicts the answer",
     lambda x, i, a: everywhere(x, a)),
    ("this is the sum over the rows: take the mean, or the step grows with the batch",
     lambda x, i, a: right_loss(x, i, a) * len(x)),
    ("softmax twice: cross_entropy takes logits, it has the softmax in it",
     lambda x, i, a: cross_entropy(picked(x, i).softmax(1), a)),
    ("only the label words compete: the softmax runs over the whole vocabulary",
     label_words_only),
    ("the logarithm has base 10: use the natural one",
     lambda x, i, a: right_loss(x, i, a) / math.log(10)),
    ("the logarithm has base 2: use the natural one",
     lambda x, i, a: right_loss(x, i, a) / math.log(2)),
    ("the sign is the wrong way round: a loss is the negative log-probability",
     lambda x, i, a: -right_loss(x, i, a)),
    ("nll_loss was given logits: it wants log-probabilities, cross_entropy takes logits",
     lambda x, i, a: nll_loss(picked(x, i), a)),
    (PAIRED, lambda x, i, a: every_pair(x, i, a, True)),
    (PAIRED, lambda x, i, a: every_pair(x, i, a, False)),
    ("this is a probability: take its negative logarithm",
     lambda x, i, a: picked(x, i).softmax(1).gather(1, a[:, None]).mean()),
    ("the logarithm was taken after the mean: average the logarithms",
     lambda x, i, a: -picked(x, i).softmax(1).gather(1, a[:, None]).mean().log()),
]  # fmt: skip


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


def answer_loss(answer: Any, numbers: random.Random) -> None:
    """Cross-entropy at the answer position, its gradient, and its precision."""
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 1e-3)):
        cases = [draw_answers(numbers, dtype) for _ in range(2)]
        came = compare(answer, cases, right_loss, LOSS_SUSPECTS, read_loss, tolerance)
        for case, loss in zip(cases, came):
            check_gradient(loss, case)


def check_gradient(loss: Tensor, case: tuple[Tensor, Tensor, Tensor]) -> None:
    """Does the graph lead from the loss to the logits, whole?"""
    if not loss.requires_grad:
        likely = (
            "the graph was cut: no detach(), no torch.no_grad(), no torch.tensor(...) on the way "
            "to the loss"
        )
        raise Mistake(likely, "a loss that backward() can start from", "requires_grad=False")
    came = torch.autograd.grad(loss, case[0], allow_unused=True)[0]
    expected = torch.autograd.grad(right_loss(*case), case[0])[0]
    if came is None or not torch.allclose(came.float(), expected.float(), atol=5e-3):
        likely = "the value is right, but a part of the graph was cut on the way to it"
        raise Mistake(likely, "the gradient of the loss at the logits", show(came))


def draw_answers(numbers: random.Random, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (batch, tokens, vocabulary) that ask for a gradient, last and answer_ids (batch,)."""
    batch, tokens, vocabulary = numbers.randint(3, 5), numbers.randint(8, 10), 23
    last = torch.tensor(numbers.sample(range(2, tokens - 1), batch))
    words = numbers.sample(range(vocabulary), 2)
    answer_ids = torch.tensor([words[0], words[1], *numbers.choices(words, k=batch - 2)])
    logits = 2 * torch.randn(batch, tokens, vocabulary)
    return logits.to(dtype).requires_grad_(), last, answer_ids


def token_losses(logits: Tensor, input_ids: Tensor) -> Tensor:
    """Negative log-likelihood of each token but the first: (batch, tokens - 1)."""
    return cross_entropy(logits[:, :-1].transpose(1, 2), input_ids[:, 1:], reduction="none")


def pooled(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The mean loss of the real predicted tokens, in nats."""
    weights = mask[:, 1:]
    return ((token_losses(logits, input_ids) * weights).sum() / weights.sum()).item()


def right_perplexity(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The definition."""
    return math.exp(pooled(logits, input_ids, mask))


def row_losses(logits: Tensor, input_ids: Tensor, mask: Tensor) -> Tensor:
    """The mean loss of each row."""
    weights = mask[:, 1:]
    return (token_losses(logits, input_ids) * weights).sum(1) / weights.sum(1)


def unshifted(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """Each position judged by its own token instead of the next."""
    losses = cross_entropy(logits.transpose(1, 2), input_ids, reduction="none")
    return math.exp((losses * mask).sum() / mask.sum())


def unshifted_cut(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The same without the first token."""
    return unshifted(logits[:, 1:], input_ids[:, 1:], mask[:, 1:])


def last_only(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The last real token of each row alone."""
    losses = token_losses(logits, input_ids).gather(1, mask.sum(1, keepdim=True) - 2)
    return math.exp(losses.mean())


def weighted(weights: Callable, count: Callable) -> Callable:
    """A wrong answer: other weights, or another count."""
    return lambda x, ids, m: math.exp(
        (token_losses(x, ids) * weights(m)).sum() / count(m)
    )  # fmt: skip


UNSHIFTED = "each position is judged by its own token: the logits at t predict the token at t + 1"
PADDING = "padding counts as text: leave out where the mask is 0"
PERPLEXITY_SUSPECTS: list[Suspect] = [
    (UNSHIFTED, unshifted),
    (UNSHIFTED, unshifted_cut),
    (PADDING, weighted(torch.ones_like, lambda m: m[:, 1:].numel())),
    (PADDING, lambda x, ids, m: math.exp(token_losses(x, ids).mean())),
    (PADDING + " (in the count as well)", weighted(lambda m: m[:, 1:], lambda m: m[:, 1:].numel())),
    ("the exponential is missing: this is the mean loss", pooled),
    ("this is the mean of the rows' perplexities: pool the tokens of all rows",
     lambda x, ids, m: row_losses(x, ids, m).exp().mean().item()),
    ("this is the mean of the rows' means, where a short row weighs as much as a long one: pool "
     "the tokens of all rows", lambda x, ids, m: math.exp(row_losses(x, ids, m).mean())),
    ("2 was raised to a loss in nats: use the exponential",
     lambda x, ids, m: 2 ** pooled(x, ids, m)),
    ("10 was raised to a loss in nats: use the exponential",
     lambda x, ids, m: 10 ** pooled(x, ids, m)),
    ("the sum of the losses was taken: divide by the number of predicted tokens",
     weighted(lambda m: m[:, 1:], lambda m: 1)),
    ("this is the last token of each row alone: average over all predicted tokens", last_only),
    ("the first tokens are counted, but nothing predicts them: count mask[:, 1:]",
     weighted(lambda m: m[:, 1:], lambda m: m.sum())),
    ("the mask is shifted the wrong way: it belongs to the predicted token, mask[:, 1:]",
     weighted(lambda m: m[:, :-1], lambda m: m[:, :-1].sum())),
    ("the sign is the wrong way round: exp of the negative log-likelihood",
     lambda x, ids, m: 1 / right_perplexity(x, ids, m)),
    ("the mean of the tokens' perplexities was taken: take the mean first, then the exponential",
     lambda x, ids, m: (token_losses(x, ids).exp() * m[:, 1:]).sum().item()
     / m[:, 1:].sum().item()),
]  # fmt: skip


def perplexity(answer: Any, numbers: random.Random) -> None:
    """Perplexity of a padded batch, in which rows differ in length and in difficulty."""
    cases = [draw_texts(numbers) for _ in range(2)]
    compare(answer, cases, right_perplexity, PERPLEXITY_SUSPECTS, number, 1e-3)


def draw_texts(numbers: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (batch, tokens, vocabulary), input_ids and attention_mask (batch, tokens)."""
    lengths = torch.tensor([numbers.randint(8, 9), 3, 10, numbers.randint(4, 6)])
    mask = (torch.arange(10) < lengths[:, None]).long()
    input_ids = torch.randint(1, 19, mask.shape)
    input_ids[mask == 0] = 0
    logits = 1.2 * torch.randn(*mask.shape, 19)
    logits[1] *= 2  # the short row is the hard one, so that pooling matters
    return logits, input_ids, mask
