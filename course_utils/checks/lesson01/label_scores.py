"""``label_scores`` (lesson 1, *Label words*)."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson01.label_scores_mistakes import SCORE_MISTAKES, right_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer

ROUNDED = 0.02  # bfloat16 keeps eight bits: three roundings and a division


def read_scores(value: Any, labels: int) -> torch.Tensor:
    """Read the scores: one a label."""
    what = "a tensor with one probability for each label"
    if isinstance(value, torch.Tensor) and value.shape == (1, labels):
        raise WrongForm(
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
        apart = 0.02 < steps.abs().min() and 0.02 < (scores[0] - scores[-1]).abs()
        if apart and (labels == 2 or (steps.min() < 0 < steps.max())):
            return ids


def reader(model: Any, labels: int) -> Callable[[Any], torch.Tensor]:
    """Reads scores, and refuses those that another model than this one gave."""
    passes: list[int] = []
    model.base_model.register_forward_hook(lambda *_: passes.append(1))

    def read(value: Any) -> torch.Tensor:
        if not passes:
            raise Mistake(
                "the model in the first argument is never called: does the function use "
                "another one, from the notebook?"
            )
        return read_scores(value, labels)

    return read


HINTS = (
    "model(input_ids=input_ids).logits has the shape (1, tokens, vocabulary): which position "
    "predicts the token that comes next?",
    "pick the logits at [0, -1, label_ids]: one number for each label",
    "softmax over just these is the same as softmax over the vocabulary, renormalised; put "
    "the model's call under torch.no_grad()",
)


@exercise(hints=HINTS, mistakes=SCORE_MISTAKES)
def label_scores(answer: Any, numbers: random.Random) -> None:
    """Renormalised next-token probabilities of the labels, of models in two precisions."""
    kinds = [("llama", torch.float32), ("qwen2", torch.float32), ("llama", torch.bfloat16)]
    for labels, (kind, dtype) in zip((numbers.randint(3, 5), 2, 4), kinds):
        model = tiny_model(kind, numbers.randrange(10**6)).to(dtype)
        input_ids = torch.randint(len(tiny_tokenizer()), (1, numbers.randint(5, 9)))
        label_ids = unsorted_labels(model, input_ids, labels, numbers)
        tolerance = ROUNDED if dtype == torch.bfloat16 else 1e-4
        case, read = (model, input_ids, label_ids), reader(model, labels)
        compare(answer, [case], right_scores, SCORE_MISTAKES, read, tolerance)
