"""``perplexity`` (lesson 2, *What was forgotten?*)."""

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise


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
PERPLEXITY_MISTAKES: Mistakes = {
    UNSHIFTED: [
        unshifted,
        unshifted_cut,
    ],
    PADDING: [
        weighted(torch.ones_like, lambda m: m[:, 1:].numel()),
        lambda x, ids, m: math.exp(token_losses(x, ids).mean()),
    ],
    PADDING + " (in the count as well)": [weighted(lambda m: m[:, 1:], lambda m: m[:, 1:].numel())],
    "the exponential is missing: this is the mean loss": [pooled],
    "this is the mean of the rows' perplexities: pool the tokens of all rows": [
        lambda x, ids, m: row_losses(x, ids, m).exp().mean().item()
    ],
    (
        "this is the mean of the rows' means, where a short row weighs as much as a long one: pool "
        "the tokens of all rows"
    ): [lambda x, ids, m: math.exp(row_losses(x, ids, m).mean())],
    "2 was raised to a loss in nats: use the exponential": [
        lambda x, ids, m: 2 ** pooled(x, ids, m)
    ],
    "10 was raised to a loss in nats: use the exponential": [
        lambda x, ids, m: 10 ** pooled(x, ids, m)
    ],
    "the sum of the losses was taken: divide by the number of predicted tokens": [
        weighted(lambda m: m[:, 1:], lambda m: 1)
    ],
    "this is the last token of each row alone: average over all predicted tokens": [last_only],
    "the first tokens are counted, but nothing predicts them: count mask[:, 1:]": [
        weighted(lambda m: m[:, 1:], lambda m: m.sum())
    ],
    "the mask is shifted the wrong way: it belongs to the predicted token, mask[:, 1:]": [
        weighted(lambda m: m[:, :-1], lambda m: m[:, :-1].sum())
    ],
    "the sign is the wrong way round: exp of the negative log-likelihood": [
        lambda x, ids, m: 1 / right_perplexity(x, ids, m)
    ],
    "the mean of the tokens' perplexities was taken: take the mean first, then the exponential": [
        lambda x, ids, m: (
            (token_losses(x, ids).exp() * m[:, 1:]).sum().item() / m[:, 1:].sum().item()
        ),
    ],
}


def draw_texts(numbers: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (batch, tokens, vocabulary), input_ids and attention_mask (batch, tokens)."""
    lengths = torch.tensor([numbers.randint(8, 9), 3, 10, numbers.randint(4, 6)])
    mask = (torch.arange(10) < lengths[:, None]).long()
    input_ids = torch.randint(1, 19, mask.shape)
    input_ids[mask == 0] = 0
    logits = 1.2 * torch.randn(*mask.shape, 19)
    logits[1] *= 2  # the short row is the hard one, so that pooling matters
    return logits, input_ids, mask


HINTS = (
    "the logits at position t predict the token at t + 1: which logits, and which tokens, "
    "have no partner?",
    "compare logits[:, :-1] with input_ids[:, 1:], and weigh by attention_mask[:, 1:]",
    "sum the losses of all rows, divide by the number of predicted tokens, and take exp at the end",
)


@exercise(hints=HINTS, mistakes=PERPLEXITY_MISTAKES)
def perplexity(answer: Any, numbers: random.Random) -> None:
    """Perplexity of a padded batch, in which rows differ in length and in difficulty."""
    cases = [draw_texts(numbers) for _ in range(2)]
    compare(answer, cases, right_perplexity, PERPLEXITY_MISTAKES, number, 1e-3)
