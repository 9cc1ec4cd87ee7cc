"""What learners get wrong in ``answer_loss``."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, nll_loss

from course_utils.checks.core.compare import Mistakes

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


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


def everywhere(logits: Tensor, answer_ids: Tensor, mask: Tensor) -> Tensor:
    """The mean loss at all positions of the mask."""
    targets = answer_ids[:, None].expand(logits.shape[:2])
    return cross_entropy(logits.float()[mask], targets[mask])


def all_of(logits: Tensor) -> Tensor:
    """A mask of all positions."""
    return torch.ones(logits.shape[:2], dtype=torch.bool)


def up_to(logits: Tensor, last: Tensor) -> Tensor:
    """A mask of the positions up to ``last``."""
    return torch.arange(logits.shape[1]) <= last[:, None]


def every_pair(logits: Tensor, last: Tensor, answer_ids: Tensor, by_row: bool) -> Tensor:
    """``logits[:, last]``: every row at every other row's position."""
    crossed = logits[:, last].float()  # (batch, batch, vocabulary)
    targets = answer_ids[:, None] if by_row else answer_ids[None, :]
    return cross_entropy(crossed.flatten(0, 1), targets.expand(crossed.shape[:2]).flatten())


def of_logits(change: Callable[[Tensor, Tensor], Tensor]) -> Loss:
    """Cross-entropy of other logits (batch, vocabulary), made of the float32 ones and ``last``."""
    return lambda x, i, a: cross_entropy(change(x.float(), i), a)


def of_shares(change: Callable[[Tensor], Tensor], dim: int = 1) -> Loss:
    """A number made of the log-probabilities of the answers."""
    return lambda x, i, a: change(
        picked(x, i).log_softmax(dim).gather(1, a[:, None]).squeeze(1)
    )  # fmt: skip


def times(factor: Callable[[Tensor, Tensor], float]) -> Loss:
    """The right loss times a number that depends on the logits and ``last``."""
    return lambda x, i, a: right_loss(x, i, a) * factor(x, i)


def rows(logits: Tensor) -> Tensor:
    """The index of each row."""
    return torch.arange(len(logits))


SHIFTED = "this is read one position early: the logits at `last` already predict the answer"
PAIRED = (
    "logits[:, last] takes every row at every row's position: pair them, "
    "logits[torch.arange(batch), last]"
)
HALF = (
    "the value is computed in 16 bits and only its result converted: call .float() on the logits "
    "before cross_entropy or softmax"
)
LOSS_MISTAKES: Mistakes = {
    SHIFTED: [
        lambda x, i, a: cross_entropy(picked(x, i - 1), a),
        of_logits(lambda x, i: picked(x, (i - 1).clamp(min=0))),
    ],
    "this is read one position late, behind the last real token": [
        lambda x, i, a: cross_entropy(picked(x, i + 1), a),
        lambda x, i, a: cross_entropy(picked(x[:, 1:], i), a),
        of_logits(lambda x, i: picked(x, (i + 1).clamp(max=x.shape[1] - 1))),
        of_logits(lambda x, i: picked(x, (i + 1) % x.shape[1])),
    ],
    "logits[:, :-1] cuts off the last column, which full rows need: nothing is shifted here": [
        lambda x, i, a: cross_entropy(picked(x[:, :-1], i), a),
        of_logits(lambda x, i: picked(x, i.clamp(max=x.shape[1] - 2))),
    ],
    (
        "cross_entropy wants logits of shape (batch, vocabulary): pick one position of each row, "
        "logits[torch.arange(batch), last]"
    ): [
        lambda x, i, a: cross_entropy(x[:, i].float(), a),
        lambda x, i, a: cross_entropy(x.float(), a),
        lambda x, i, a: cross_entropy(x.float().flatten(0, 1), a),
        lambda x, i, a: cross_entropy(x[:, i].float().flatten(0, 1), a),
        lambda x, i, a: cross_entropy(x.gather(1, i[:, None, None])[:, 0].float(), a),
    ],
    "the first index counts rows, `last` counts positions: logits[torch.arange(batch), last]": [
        lambda x, i, a: cross_entropy(x[i].float(), a),
        lambda x, i, a: cross_entropy(x[i, rows(x)].float(), a),
    ],
    "cross_entropy takes the logits first, then the answer ids": [
        lambda x, i, a: cross_entropy(a, picked(x, i)),
        lambda x, i, a: nll_loss(a, picked(x, i).log_softmax(1)),
    ],
    "gather needs an index with as many dimensions: last[:, None, None], expanded": [
        lambda x, i, a: x.gather(1, i),
        lambda x, i, a: x.gather(1, i[:, None]),
        lambda x, i, a: picked(x, i).gather(1, a),
    ],
    "`last` and the answer ids are swapped": [
        lambda x, i, a: cross_entropy(picked(x, a), i),
    ],
    "this is read in the last column, which is padding in the shorter rows: use `last`": [
        of_logits(lambda x, i: x[:, -1]),
    ],
    "this is read in the first column: use `last`": [of_logits(lambda x, i: x[:, 0])],
    "all rows are read at the position of one of them: each has its own in `last`": [
        of_logits(lambda x, i: x[:, i[0]]),
        of_logits(lambda x, i: x[:, i[-1]]),
        of_logits(lambda x, i: x[:, int(i.max())]),
        of_logits(lambda x, i: x[:, int(i.min())]),
    ],
    "all answers are read in one row of the batch: each row has its own logits": [
        of_logits(lambda x, i: x[0, i]),
        of_logits(lambda x, i: x[-1, i]),
    ],
    "the loss runs over all positions: only the one in `last` predicts the answer": [
        lambda x, i, a: everywhere(x, a, all_of(x)),
    ],
    "the loss runs over the prompt too: only the position in `last` predicts the answer": [
        lambda x, i, a: everywhere(x, a, up_to(x, i)),
    ],
    "the logits are averaged over positions: only those at `last` predict the answer": [
        of_logits(lambda x, i: x.mean(1)),
        of_logits(lambda x, i: (x * up_to(x, i)[..., None]).sum(1) / (i + 1)[:, None]),
    ],
    "this is the sum over the rows: take the mean, or the step grows with the batch": [
        times(lambda x, i: len(x))
    ],
    "divided by the number of rows twice: cross_entropy gives the mean already": [
        times(lambda x, i: 1 / len(x))
    ],
    "only one row counts: is a `return` within the loop, or the sum overwritten?": [
        lambda x, i, a: right_loss(x[:1], i[:1], a[:1]),
        lambda x, i, a: right_loss(x[-1:], i[-1:], a[-1:]),
        lambda x, i, a: right_loss(x[:1], i[:1], a[:1]) / len(x),
        lambda x, i, a: right_loss(x[-1:], i[-1:], a[-1:]) / len(x),
    ],
    "the sum is divided by a fixed number, such as 16: divide by the number of rows": [
        times(lambda x, i, n=n: len(x) / n)  # type: ignore[misc]
        for n in (2, 4, 8, 10, 16, 32, 40, 64, 100)
    ],
    "the sum is divided by a number of tokens: divide by the number of rows": [
        times(lambda x, i: len(x) / x.shape[1]),
        times(lambda x, i: 1 / x.shape[1]),
        times(lambda x, i: len(x) / int((i + 1).sum())),
        times(lambda x, i: len(x) / int(i.sum())),
    ],
    "the sum is divided by the size of the vocabulary: divide by the number of rows": [
        times(lambda x, i: len(x) / x.shape[2]),
        times(lambda x, i: 1 / x.shape[2]),
    ],
    "softmax twice: cross_entropy takes logits, it has the softmax in it": [
        of_logits(lambda x, i: picked(x, i).softmax(1)),
        of_logits(lambda x, i: picked(x.softmax(1), i)),
        of_logits(lambda x, i: picked(x, i).softmax(0)),
    ],
    "the softmax runs over the batch or the tokens: it belongs over the vocabulary, dim=-1": [
        lambda x, i, a: nll_loss(picked(x, i).log_softmax(0), a),
        lambda x, i, a: nll_loss(picked(x.float().log_softmax(1), i), a),
        lambda x, i, a: nll_loss(picked(x.float().log_softmax(0), i), a),
    ],
    "only the label words compete: the softmax runs over the whole vocabulary": [label_words_only],
    "the logarithm has base 10: use the natural one": [times(lambda x, i: 1 / math.log(10))],
    "the logarithm has base 2: use the natural one": [times(lambda x, i: 1 / math.log(2))],
    "the sign is the wrong way round: a loss is the negative log-probability": [
        times(lambda x, i: -1)
    ],
    "nll_loss was given logits: it wants log-probabilities, cross_entropy takes logits": [
        lambda x, i, a: nll_loss(picked(x, i), a)
    ],
    "nll_loss was given probabilities: it wants their logarithms, log_softmax": [
        of_shares(lambda shares: -shares.exp().mean()),
    ],
    PAIRED: [
        lambda x, i, a: every_pair(x, i, a, True),
        lambda x, i, a: every_pair(x, i, a, False),
        of_logits(lambda x, i: x[:, i].mean(1)),
    ],
    "this is a probability: take its negative logarithm": [
        of_shares(lambda shares: shares.exp().mean())
    ],
    "this is 1 less the probability: take the negative logarithm of the probability": [
        of_shares(lambda shares: 1 - shares.exp().mean())
    ],
    "the logarithm was taken after the mean: average the logarithms": [
        of_shares(lambda shares: -shares.exp().mean().log())
    ],
    "these are the logits of the answers: take minus their log-softmax over the vocabulary": [
        lambda x, i, a: -nll_loss(picked(x, i), a)
    ],
    "the answer ids are not used: this is the loss of the model's own best guess": [
        lambda x, i, a: -picked(x, i).log_softmax(1).amax(1).mean()
    ],
    "this is the perplexity: leave out the exponential": [
        lambda x, i, a: right_loss(x, i, a).exp()
    ],
}
HALF_MISTAKES: Mistakes = {  # of logits in bfloat16
    HALF: [lambda x, i, a: cross_entropy(x[rows(x), i], a).float()],
}
