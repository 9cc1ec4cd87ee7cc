"""What learners get wrong in ``label_scores``."""

from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes

Ids = list[int]


def logits_of(model: Any, input_ids: torch.Tensor) -> torch.Tensor:
    """Logits of the only row: (tokens, vocabulary), float32."""
    with torch.no_grad():
        return model(input_ids=input_ids).logits[0].float()


def right_scores(model: Any, input_ids: torch.Tensor, label_ids: Ids) -> torch.Tensor:
    """The definition: softmax over the label tokens' logits at the last position."""
    return chosen(model, input_ids, label_ids).softmax(0)


def chosen(model: Any, input_ids: torch.Tensor, label_ids: Ids) -> torch.Tensor:
    """Logits of the labels at the last position."""
    return logits_of(model, input_ids)[-1, label_ids]


def shares(model: Any, input_ids: torch.Tensor, label_ids: Ids) -> torch.Tensor:
    """Probabilities of the labels among the whole vocabulary."""
    return logits_of(model, input_ids)[-1].softmax(0)[label_ids]


def over_positions(model: Any, input_ids: torch.Tensor, label_ids: Ids) -> torch.Tensor:
    """A softmax along the tokens of the text, at the last one."""
    return logits_of(model, input_ids)[:, label_ids].softmax(0)[-1]


def at(place: int) -> Callable:
    """A wrong answer: the right formula at another position."""
    return lambda m, x, ids: logits_of(m, x)[place, ids].softmax(0)


def batched(wrong: Callable) -> Callable:
    """The same values with a batch dimension before them."""
    return lambda *case: wrong(*case)[None]


def renormalised(values: torch.Tensor) -> torch.Tensor:
    """Values divided by their sum."""
    return values / values.sum()


def ones(model: Any, input_ids: torch.Tensor, label_ids: Ids) -> torch.Tensor:
    """A softmax over one number each."""
    return torch.ones(len(label_ids))


ALONE = "the softmax runs over one number alone, which gives 1: over the labels, dimension -1"
POSITIONS = "the softmax runs along the tokens of the text: over the labels, at the last position"
VOCABULARY = (
    "these are probabilities over the whole vocabulary: divide them by their sum over the labels"
)
FIRST = "this is read at the first position: the next token is predicted at the last one, -1"
EARLY = (
    "this is read one position too early: take position -1, of a model that saw all of input_ids"
)
LOGITS = "these are logits: a softmax makes them probabilities"
NO_LOGITS = ".logits is missing: model(...) gives an object that holds several results"
NO_BATCH = "the model wants input_ids as they are, with their batch dimension: (1, tokens)"
ONE_SCORE = "this is the score of one label alone: return one for each label"
SCORE_MISTAKES: Mistakes = {
    VOCABULARY: [shares, batched(shares)],
    FIRST: [at(0), batched(at(0))],
    EARLY: [at(-2), batched(at(-2))],
    LOGITS: [chosen, batched(chosen)],
    "these are exponentials of logits: divide them by their sum over the labels": [
        lambda m, x, ids: chosen(m, x, ids).exp()
    ],
    "these are logarithms of probabilities: take the exponential, or softmax for log_softmax": [
        lambda m, x, ids: chosen(m, x, ids).log_softmax(0)
    ],
    "these are logarithms of probabilities over the whole vocabulary": [
        lambda m, x, ids: logits_of(m, x)[-1].log_softmax(0)[ids]
    ],
    "the logits were divided by their sum: softmax takes their exponential first": [
        lambda m, x, ids: renormalised(chosen(m, x, ids))
    ],
    "logarithms of probabilities were divided by their sum: leave the logarithm out": [
        lambda m, x, ids: renormalised(logits_of(m, x)[-1].log_softmax(0)[ids]),
        lambda m, x, ids: renormalised(chosen(m, x, ids).log_softmax(0)),
    ],
    "each label went through a sigmoid: the labels compete, which is a softmax": [
        lambda m, x, ids: chosen(m, x, ids).sigmoid()
    ],
    "each label went through a sigmoid before the division: use softmax": [
        lambda m, x, ids: renormalised(chosen(m, x, ids).sigmoid())
    ],
    "softmax was taken twice": [lambda m, x, ids: right_scores(m, x, ids).softmax(0)],
    "softmax was taken twice: over the vocabulary, then over the labels": [
        lambda m, x, ids: shares(m, x, ids).softmax(0)
    ],
    POSITIONS: [
        over_positions,
        lambda *case: renormalised(over_positions(*case)),
        lambda *case: over_positions(*case).softmax(0),
        batched(over_positions),
    ],
    ALONE: [ones, batched(ones), lambda m, x, ids: torch.ones(len(ids)) / len(ids)],
    "the probabilities were divided by the largest: divide them by their sum": [
        lambda m, x, ids: right_scores(m, x, ids) / right_scores(m, x, ids).max()
    ],
    "the probabilities were divided by their mean or number: divide them by their sum": [
        lambda m, x, ids: right_scores(m, x, ids) * len(ids),
        lambda m, x, ids: shares(m, x, ids) / len(ids),
    ],
    "the probabilities were divided by the root of the sum of their squares: by their sum": [
        lambda m, x, ids: right_scores(m, x, ids) / right_scores(m, x, ids).norm()
    ],
    "the scores are sorted: they must stay in the order of label_ids": [
        lambda m, x, ids: right_scores(m, x, ids).sort(descending=True).values,
        lambda m, x, ids: right_scores(m, x, ids).sort().values,
    ],
    "the scores are in the reverse order: keep the order of label_ids": [
        lambda m, x, ids: right_scores(m, x, ids).flip(0)
    ],
    "these are the scores of not being each label: leave out the subtraction from 1": [
        lambda m, x, ids: 1 - right_scores(m, x, ids)
    ],
    "the sign is turned: the largest logit is the likeliest": [
        lambda m, x, ids: (-chosen(m, x, ids)).softmax(0)
    ],
    "this is one for the likeliest label and zero for the rest: keep the probabilities": [
        lambda m, x, ids: torch.nn.functional.one_hot(
            right_scores(m, x, ids).argmax(), len(ids)
        ).float(),
        lambda m, x, ids: torch.nn.functional.one_hot(right_scores(m, x, ids).argmax(), len(ids)),
    ],
    "this is the place of the likeliest label: return the scores": [
        lambda m, x, ids: right_scores(m, x, ids).argmax()
    ],
    "this is an average over all positions: only the last one predicts the next token": [
        lambda m, x, ids: logits_of(m, x)[:, ids].mean(0).softmax(0),
        lambda m, x, ids: logits_of(m, x)[:, ids].softmax(1).mean(0),
        lambda m, x, ids: renormalised(logits_of(m, x).softmax(1)[:, ids].mean(0)),
    ],
    "the scores of all positions are there: take those of the last one": [
        lambda m, x, ids: logits_of(m, x)[:, ids].softmax(1),
        lambda m, x, ids: logits_of(m, x)[None, :, ids].softmax(2),
    ],
    "the model was shown the last token alone: give it all of input_ids": [
        lambda m, x, ids: right_scores(m, x[:, -1:], ids)
    ],
    "the first two labels alone are compared: there may be more": [
        lambda m, x, ids: right_scores(m, x, ids[:2]),
        lambda m, x, ids: right_scores(m, x, ids[:2]).tolist(),
    ],
    ONE_SCORE: [
        lambda m, x, ids: right_scores(m, x, ids)[0],
        lambda m, x, ids: right_scores(m, x, ids)[1],
        lambda m, x, ids: right_scores(m, x, ids)[-1],
        lambda m, x, ids: right_scores(m, x, ids).max(),
        lambda m, x, ids: right_scores(m, x, ids)[0].item(),
        lambda m, x, ids: right_scores(m, x, ids)[1].item(),
        lambda m, x, ids: right_scores(m, x, ids).max().item(),
    ],
    "all next tokens are there: pick those of label_ids": [
        lambda m, x, ids: logits_of(m, x)[-1].softmax(0),
        lambda m, x, ids: logits_of(m, x)[-1],
    ],
    NO_LOGITS: [
        lambda m, x, ids: m(x)[0, -1],
        lambda m, x, ids: m(x)[0, -1, ids],
        lambda m, x, ids: m(x).softmax(-1),
        lambda m, x, ids: torch.softmax(m(x), -1),
        lambda m, x, ids: m(x).squeeze(0),
        lambda m, x, ids: m(x).float(),
        lambda m, x, ids: m(x).shape,
    ],
    NO_BATCH: [
        lambda m, x, ids: m(x[0]).logits,
        lambda m, x, ids: m(x.squeeze(0)).logits,
    ],
    "label_ids are places in the vocabulary, the last dimension: the tokens were indexed": [
        lambda m, x, ids: logits_of(m, x)[ids],
        lambda m, x, ids: m(x).logits[0, ids],
        lambda m, x, ids: m(x).logits[ids],
    ],
    "NumPy has no bfloat16: write .float() before .numpy()": [
        lambda m, x, ids: m(x).logits.detach().numpy()
    ],
}
