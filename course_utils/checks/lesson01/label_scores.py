"""``label_scores`` (lesson 1, *Label words*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.model.tiny import tiny_model, tiny_tokenizer


def logits_of(model: Any, input_ids: torch.Tensor) -> torch.Tensor:
    """Logits of the only row: (tokens, vocabulary)."""
    with torch.no_grad():
        return model(input_ids=input_ids).logits[0]


def right_scores(model: Any, input_ids: torch.Tensor, label_ids: list[int]) -> torch.Tensor:
    """The definition: softmax over the label tokens' logits at the last position."""
    return logits_of(model, input_ids)[-1, label_ids].softmax(0)


def at(place: int) -> Callable:
    """A wrong answer: the right formula at another position."""
    return lambda m, x, ids: logits_of(m, x)[place, ids].softmax(0)


def renormalised(values: torch.Tensor) -> torch.Tensor:
    """Values divided by their sum."""
    return values / values.sum()


SCORE_MISTAKES: Mistakes = {
    "these are probabilities over the whole vocabulary: divide them by their sum over the labels": [
        lambda m, x, ids: logits_of(m, x)[-1].softmax(0)[ids]
    ],
    "this is read at the first position: the next token is predicted at the last one, -1": [at(0)],
    "this is read one position too early, -2: the last position is -1": [at(-2)],
    "these are logits: a softmax makes them probabilities": [
        lambda m, x, ids: logits_of(m, x)[-1, ids]
    ],
    "these are logarithms of probabilities: take the exponential, or softmax for log_softmax": [
        lambda m, x, ids: logits_of(m, x)[-1, ids].log_softmax(0)
    ],
    "these are logarithms of probabilities over the whole vocabulary": [
        lambda m, x, ids: logits_of(m, x)[-1].log_softmax(0)[ids]
    ],
    "the logits were divided by their sum: softmax takes their exponential first": [
        lambda m, x, ids: renormalised(logits_of(m, x)[-1, ids])
    ],
    "each label went through a sigmoid: the labels compete, which is a softmax": [
        lambda m, x, ids: logits_of(m, x)[-1, ids].sigmoid()
    ],
    "each label went through a sigmoid before the division: use softmax": [
        lambda m, x, ids: renormalised(logits_of(m, x)[-1, ids].sigmoid())
    ],
    "softmax was taken twice": [lambda m, x, ids: right_scores(m, x, ids).softmax(0)],
    "softmax was taken twice: over the vocabulary, then over the labels": [
        lambda m, x, ids: logits_of(m, x)[-1].softmax(0)[ids].softmax(0)
    ],
    "the scores are sorted: they must stay in the order of label_ids": [
        lambda m, x, ids: right_scores(m, x, ids).sort(descending=True).values,
        lambda m, x, ids: right_scores(m, x, ids).sort().values,
    ],
    "this is one for the likeliest label and zero for the rest: keep the probabilities": [
        lambda m, x, ids: torch.nn.functional.one_hot(
            right_scores(m, x, ids).argmax(), len(ids)
        ).float(),
    ],
    "this is an average over all positions: only the last one predicts the next token": [
        lambda m, x, ids: logits_of(m, x)[:, ids].mean(0).softmax(0),
        lambda m, x, ids: logits_of(m, x)[:, ids].softmax(1).mean(0),
        lambda m, x, ids: renormalised(logits_of(m, x).softmax(1)[:, ids].mean(0)),
    ],
}


def read_scores(value: Any, labels: int) -> torch.Tensor:
    """Read the scores: one a label."""
    what = "a tensor with one probability for each label"
    if isinstance(value, torch.Tensor) and value.shape == (1, labels):
        raise Mistake(
            "the batch dimension is still there: take row 0 of the logits", what, show(value)
        )
    return tensor(value, (labels,), what)


def unsorted_labels(
    model: Any, input_ids: torch.Tensor, labels: int, numbers: random.Random
) -> list[int]:
    """Label ids whose scores neither rise nor fall, or fall slowly for two; none near another."""
    while True:
        ids = numbers.sample(range(len(tiny_tokenizer())), labels)
        scores = right_scores(model, input_ids, ids)
        steps = scores.diff()
        if 0.02 < steps.abs().min() and (labels == 2 or (steps.min() < 0 < steps.max())):
            return ids


HINTS = (
    "model(input_ids=input_ids).logits has the shape (1, tokens, vocabulary): which position "
    "predicts the token that comes next?",
    "pick the logits at [0, -1, label_ids]: one number for each label",
    "softmax over just these is the same as softmax over the vocabulary, renormalised; put "
    "the model's call under torch.no_grad()",
)


@exercise(hints=HINTS, mistakes=SCORE_MISTAKES)
def label_scores(answer: Any, numbers: random.Random) -> None:
    """Renormalised next-token probabilities of the labels, without gradients."""
    for labels in (2, numbers.randint(3, 5)):
        model = tiny_model(numbers.choice(("llama", "qwen2")), numbers.randrange(10**6))
        input_ids = torch.randint(len(tiny_tokenizer()), (1, numbers.randint(5, 9)))
        label_ids = unsorted_labels(model, input_ids, labels, numbers)
        passes: list[int] = []
        model.base_model.register_forward_hook(lambda *_, passes=passes: passes.append(1))

        def read(value: Any, labels: int = labels, passes: list = passes) -> torch.Tensor:
            if not passes:
                raise Mistake(
                    "the model in the first argument is never called: does the function use "
                    "another one, from the notebook?"
                )
            return read_scores(value, labels)

        case = (model, input_ids, label_ids)
        (value,) = compare(answer, [case], right_scores, SCORE_MISTAKES, read, 1e-4)
        if value.requires_grad:
            raise Mistake(
                "the model ran with gradients: put the call under torch.no_grad(), it saves "
                "memory and time",
                "scores that carry no graph",
                f"scores with grad_fn {type(value.grad_fn).__name__}",
            )
