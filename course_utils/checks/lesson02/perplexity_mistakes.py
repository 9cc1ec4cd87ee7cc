"""What learners get wrong in ``perplexity``."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from course_utils.checks.core.compare import Mistakes

Answer = Callable[[Tensor, Tensor, Tensor], float]


def losses_of(logits: Tensor, targets: Tensor) -> Tensor:
    """Negative log-likelihood of each target, of the same shape."""
    return cross_entropy(logits.transpose(1, 2), targets, reduction="none")


def token_losses(logits: Tensor, input_ids: Tensor) -> Tensor:
    """Negative log-likelihood of each token but the first: (batch, tokens - 1)."""
    return losses_of(logits[:, :-1], input_ids[:, 1:])


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


def shifted(logits_from: int, ids_from: int, mask_from: int) -> Answer:
    """Logits, tokens and mask from these places on, as far as the shortest goes."""

    def wrong(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
        length = mask.shape[1] - max(logits_from, ids_from, mask_from)
        parts = [
            part[:, start : start + length]
            for part, start in ((logits, logits_from), (input_ids, ids_from), (mask, mask_from))
        ]
        weights = parts[2]
        return math.exp((losses_of(parts[0], parts[1]) * weights).sum() / weights.sum())

    return wrong


def last_only(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The last real token of each row alone."""
    losses = token_losses(logits, input_ids).gather(1, mask.sum(1, keepdim=True) - 2)
    return math.exp(losses.mean())


def without_last(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """All but the last real token of each row."""
    places = torch.arange(1, mask.shape[1])
    kept = places < mask.sum(1, keepdim=True) - 1
    return math.exp(token_losses(logits, input_ids)[kept].mean())


def weighted(weights: Callable, count: Callable) -> Answer:
    """Other weights, or another count."""
    return lambda x, ids, m: exp((token_losses(x, ids) * weights(m)).sum() / count(m))


def exp(number: Tensor | float) -> float:
    """e to a power; infinite where that is too large."""
    return torch.as_tensor(number, dtype=torch.float64).exp().item()


def of_shares(change: Callable[[Tensor], Tensor | float]) -> Answer:
    """A number made of the log-probabilities of the real predicted tokens."""
    return lambda x, ids, m: float(change(-token_losses(x, ids)[m[:, 1:] == 1]))


def normalised(dim: int, early: bool = False) -> Answer:
    """The softmax over another dimension, before or after the last position is cut off."""

    def wrong(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
        logits = logits if early else logits[:, :-1]
        shares = logits.log_softmax(dim)[:, : mask.shape[1] - 1].gather(2, input_ids[:, 1:, None])
        return math.exp(-shares[..., 0][mask[:, 1:] == 1].mean())

    return wrong


def over_all_tokens(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
    """The softmax over the tokens of all rows together."""
    real = mask[:, 1:] == 1
    shares = logits[:, :-1][real].log_softmax(0).gather(1, input_ids[:, 1:][real][:, None])
    return math.exp(-shares.mean())


def ignoring(token: Callable[[Tensor, Tensor], int]) -> Answer:
    """All tokens with one id left out, whether they are padding or real; the mask not used."""

    def wrong(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
        kept = input_ids[:, 1:] != token(input_ids, mask)
        return math.exp(token_losses(logits, input_ids)[kept].mean())

    return wrong


def padding_of(input_ids: Tensor, mask: Tensor) -> int:
    """The padding token of a batch; -1 where there is no padding."""
    return int(input_ids[mask == 0][0]) if (mask == 0).any() else -1


def rows_alone(row: int) -> Answer:
    """One row, as if the others did not exist."""

    def wrong(logits: Tensor, input_ids: Tensor, mask: Tensor) -> float:
        return math.exp(row_losses(logits, input_ids, mask)[row])

    return wrong


UNSHIFTED = "each position is judged by its own token: the logits at t predict the token at t + 1"
PADDING = "padding counts as text: leave out where the mask is 0"
PERPLEXITY_MISTAKES: Mistakes = {
    UNSHIFTED: [
        shifted(0, 0, 0),
        shifted(1, 1, 1),
        lambda x, ids, m: shifted(0, 0, 0)(x[:, :-1], ids[:, :-1], m[:, :-1]),
        lambda x, ids, m: math.exp(losses_of(x, ids).mean()),
        lambda x, ids, m: math.exp(losses_of(x, ids)[:, :-1][m[:, 1:] == 1].mean()),
    ],
    "logits and tokens are shifted the wrong way: logits[:, :-1] belong to input_ids[:, 1:]": [
        shifted(1, 0, 0),
        shifted(1, 0, 1),
        lambda x, ids, m: math.exp(losses_of(x[:, 1:], ids[:, :-1]).mean()),
    ],
    "logits and tokens are two places apart: the logits at t predict the token at t + 1": [
        shifted(0, 2, 2),
        shifted(0, 2, 1),
        shifted(0, 2, 0),
    ],
    PADDING: [
        weighted(torch.ones_like, lambda m: m[:, 1:].numel()),
        lambda x, ids, m: math.exp(token_losses(x, ids).mean()),
        weighted(lambda m: torch.ones_like(m[:, 1:]), lambda m: m[:, 1:].numel()),
    ],
    PADDING + " (in the count as well)": [
        weighted(lambda m: m[:, 1:], lambda m: m[:, 1:].numel()),
        weighted(lambda m: m[:, 1:], lambda m: m.numel()),
    ],
    PADDING + " (in the sum as well)": [
        weighted(lambda m: torch.ones_like(m[:, 1:]), lambda m: m[:, 1:].sum()),
        weighted(lambda m: torch.ones_like(m[:, 1:]), lambda m: m.sum()),
    ],
    "tokens with one id (such as 2) are left out, but it may be a real token: take the mask": [
        ignoring(padding_of),
        ignoring(lambda ids, m: 2),
        ignoring(lambda ids, m: 0),
    ],
    "the padding was changed before the loss, but still counts: leave it out of the mean": [
        lambda x, ids, m: math.exp(token_losses(x * m[..., None], ids).mean()),
        lambda x, ids, m: math.exp(token_losses(x, ids * m).mean()),
        lambda x, ids, m: math.exp(losses_of(x[:, :-1] * m[:, 1:, None], ids[:, 1:]).mean()),
    ],
    "the mask is the wrong way round: 1 is a real token, 0 is padding": [
        weighted(lambda m: 1 - m[:, 1:], lambda m: (1 - m[:, 1:]).sum()),
    ],
    "the exponential is missing: this is the mean loss": [pooled],
    "these are bits a token: return e to the mean loss in nats": [
        lambda x, ids, m: pooled(x, ids, m) / math.log(2)
    ],
    "this is the mean of the rows' perplexities: pool the tokens of all rows": [
        lambda x, ids, m: row_losses(x, ids, m).exp().mean().item()
    ],
    (
        "this is the mean of the rows' means, where a short row weighs as much as a long one: pool "
        "the tokens of all rows"
    ): [lambda x, ids, m: math.exp(row_losses(x, ids, m).mean())],
    "only one row counts: is a `return` within the loop, or a sum overwritten?": [
        rows_alone(0),
        rows_alone(-1),
    ],
    "2 was raised to a loss in nats: use the exponential": [
        lambda x, ids, m: 2 ** pooled(x, ids, m)
    ],
    "10 was raised to a loss in nats: use the exponential": [
        lambda x, ids, m: 10 ** pooled(x, ids, m)
    ],
    "the sum of the losses was taken: divide by the number of predicted tokens": [
        weighted(lambda m: m[:, 1:], lambda m: 1),
        lambda x, ids, m: (token_losses(x, ids) * m[:, 1:]).sum().exp().item(),  # may be infinite
    ],
    "the sum was divided by the number of rows: divide by the number of predicted tokens": [
        weighted(lambda m: m[:, 1:], lambda m: len(m)),
    ],
    "this is the last token of each row alone: average over all predicted tokens": [last_only],
    "the last real token of each row is left out: it is predicted too": [without_last],
    "the second token of each row is left out: the first alone is given": [
        weighted(lambda m: (m[:, 1:].cumsum(1) > 1) * m[:, 1:], lambda m: (m[:, 2:]).sum()),
    ],
    "the first tokens are counted, but nothing predicts them: count mask[:, 1:]": [
        weighted(lambda m: m[:, 1:], lambda m: m.sum())
    ],
    "the mask is shifted the wrong way: it belongs to the predicted token, mask[:, 1:]": [
        weighted(lambda m: m[:, :-1], lambda m: m[:, :-1].sum())
    ],
    "the mask of the sum is not that of the count: both belong to the predicted token": [
        weighted(lambda m: m[:, :-1], lambda m: m[:, 1:].sum()),
        weighted(lambda m: m[:, 1:], lambda m: m[:, :-1].sum()),
        weighted(lambda m: m[:, :-1], lambda m: m.sum()),
    ],
    "the sign is the wrong way round: exp of the negative log-likelihood": [
        lambda x, ids, m: 1 / right_perplexity(x, ids, m)
    ],
    "the mean of the tokens' perplexities was taken: take the mean first, then the exponential": [
        of_shares(lambda shares: (-shares).exp().mean()),
    ],
    "this is made of the mean probability: average the logarithms, then take the exponential": [
        of_shares(lambda shares: 1 / shares.exp().mean()),
        of_shares(lambda shares: shares.exp().mean()),
        of_shares(lambda shares: -shares.exp().mean().log()),
        of_shares(lambda shares: (-shares.exp().mean()).exp()),
    ],
    "the exponential was taken twice": [lambda x, ids, m: exp(right_perplexity(x, ids, m))],
    "softmax twice: cross_entropy takes logits, it has the softmax in it": [
        lambda x, ids, m: right_perplexity(x.softmax(-1), ids, m),
    ],
    "the softmax runs over the tokens or the batch: it belongs over the vocabulary, dim=-1": [
        normalised(1),
        normalised(1, early=True),
        normalised(0),
        over_all_tokens,
    ],
    "nll_loss was given logits: it wants log-probabilities, cross_entropy takes logits": [
        lambda x, ids, m: exp(-x[:, :-1].gather(2, ids[:, 1:, None])[..., 0][m[:, 1:] == 1].mean()),
    ],
    "the tokens are not used: this is the loss of the model's own best guess": [
        lambda x, ids, m: exp(-x[:, :-1].log_softmax(-1).amax(-1)[m[:, 1:] == 1].mean()),
    ],
    "the tokens are not used: this is the entropy of the predictions": [
        lambda x, ids, m: exp(
            -(x.softmax(-1) * x.log_softmax(-1)).sum(-1)[:, :-1][m[:, 1:] == 1].mean()
        ),
    ],
    (
        "cross_entropy wants the vocabulary in dimension 1: flatten rows and tokens, "
        "logits[:, :-1].flatten(0, 1) and targets.flatten()"
    ): [
        lambda x, ids, m: float(cross_entropy(x[:, :-1], ids[:, 1:])),
        lambda x, ids, m: float(cross_entropy(x, ids)),
        lambda x, ids, m: float(cross_entropy(x[:, :-1].flatten(0, 1), ids[:, 1:])),
        lambda x, ids, m: float(cross_entropy(x[:, :-1], ids[:, 1:].flatten())),
        lambda x, ids, m: float(cross_entropy(x.flatten(0, 1), ids)),
    ],
    "only one of the two is cut: logits[:, :-1] belong to input_ids[:, 1:]": [
        lambda x, ids, m: float(cross_entropy(x.flatten(0, 1), ids[:, 1:].flatten())),
        lambda x, ids, m: float(cross_entropy(x[:, :-1].flatten(0, 1), ids.flatten())),
        lambda x, ids, m: float(cross_entropy(x.transpose(1, 2), ids[:, 1:])),
        lambda x, ids, m: float(cross_entropy(x[:, :-1].transpose(1, 2), ids)),
        lambda x, ids, m: float((token_losses(x, ids) * m).sum()),
    ],
    "a slice cannot be viewed in another shape: use flatten or reshape": [
        lambda x, ids, m: float(x[:, :-1].view(-1, x.shape[-1]).sum()),
        lambda x, ids, m: float(ids[:, 1:].view(-1).sum()),
    ],
    "the result is rounded: return all its digits": [
        lambda x, ids, m, digits=digits: round(right_perplexity(x, ids, m), digits)
        for digits in range(4)
    ],
}
