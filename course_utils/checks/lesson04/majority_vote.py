"""``majority_vote`` (lesson 4, *Several prompts, one model*)."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson04.majority_vote_mistakes import (
    TIES,
    VOTE_MISTAKES,
    right_vote,
)

WHAT = "a tensor (texts,) of labels, int64"


def read_labels(value: Any) -> Tensor:
    """Read a tensor; the table judges its shape."""
    if isinstance(value, tuple) and hasattr(value, "indices"):
        likely = "mode, max and sort give values and indices: return one of them, a tensor"
        raise WrongForm(likely, WHAT, type(value).__name__)
    if not isinstance(value, Tensor):
        raise WrongForm(f"return a tensor, not a {type(value).__name__}", WHAT, show(value))
    return value


def draw_predictions(numbers: random.Random, labels: int) -> Tensor:
    """Five prompts' votes on eight texts or more: ties, and clear wins of every label."""
    columns = []
    for winner in range(labels):
        rest = [label for label in range(labels) if label != winner]
        columns.append([winner] * 3 + [numbers.choice(rest) for _ in range(2)])
    for _ in range(numbers.randint(5, 7)):
        low, high, third = sorted(numbers.sample(range(labels), 3))
        columns.append([low, low, high, high, numbers.choice((third, high + 1))])
    low, middle, high = sorted(numbers.sample(range(labels), 3))
    for column in columns:
        numbers.shuffle(column)
    columns += [[high, high, low, low, middle], [low, high, high, middle, low]]
    columns += [[low, low, middle, high, high]]  # with these three, each wrong rule for ties shows
    columns += [[1, 3, 3, 3, 2], [3, 3, 3, 2, 1], [0, 1, 1, 1, 2]]
    columns += [[3, 3, 0, 1, 2], [2, 0, 3, 1, 2], [0, 1, 2, 3, 1]]  # two votes win
    return torch.tensor(columns).T.contiguous()


def draw_cases(numbers: random.Random) -> list[Tensor]:
    """Votes of four and of five labels; with labels missing; of two; of one prompt; on one text."""
    high = numbers.choice((16, 24))  # a set has it before 1 and 3
    few = [1, 3, high]  # no 0, and gaps
    gaps = [[numbers.choice(few) for _ in range(9)] for _ in range(6)]
    gaps.append([1, 3, high, high, 1, 3, 1, high, 3])
    numbers.shuffle(gaps)
    two = [[0, 1, 0, 1], [1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 0], [1, 1, 1, 1], [0, 1, 1, 0]]
    return [
        draw_predictions(numbers, 4),
        draw_predictions(numbers, 5),
        torch.tensor([*gaps, [high] * 9]).T.contiguous(),
        torch.tensor(two).T.contiguous(),
        torch.tensor([[numbers.choice(few) for _ in range(5)] + [3]]),
        torch.tensor([[2], [0], [2], [high]]),
        torch.ones(3, 4, dtype=torch.int64),
    ]


def why_unknown(answer: Any, cases: list[Tensor]) -> str:
    """What can be said of labels that no usual mistake gives."""
    for predictions in cases:
        prompts, texts = predictions.shape
        found = call(answer, predictions)
        if found.shape == (prompts,) != (texts,):
            return "there is a label for each prompt: vote over the prompts, dimension 0"
        if found.shape != (texts,):
            return f"return one label for each text: the shape should be ({texts},)"
        votes = (predictions == found).sum(0)
        if not torch.equal(votes, (predictions == right_vote(predictions)).sum(0)):
            return UNKNOWN
    return TIES + "another of the commonest labels wins"


HINTS = (
    "each column holds the votes on one text",
    "torch.nn.functional.one_hot(predictions) is (prompts, texts, labels): sum it over the prompts",
    "argmax gives the first of several equal numbers: that of the lowest label",
)


@exercise(hints=HINTS, mistakes=VOTE_MISTAKES)
def majority_vote(answer: Any, numbers: random.Random) -> None:
    """The commonest label of each text, with ties, and with labels that nobody gave."""
    cases = draw_cases(numbers)
    try:
        got = compare(answer, [(case,) for case in cases], right_vote, VOTE_MISTAKES, read_labels)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:
            mistake.likely = why_unknown(answer, cases)
        raise
    for value in got:
        if value.is_floating_point() or value.dtype == torch.bool:
            raise Mistake(f"labels are whole numbers, not {value.dtype}", WHAT, show(value))
