"""``majority_vote`` (lesson 4, *Several prompts, one model*)."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def by_text(choose: Callable[[list[int]], float]) -> Callable[[Tensor], Tensor]:
    """A rule for the votes on one text, applied to every text."""
    return lambda predictions: torch.tensor([choose(votes) for votes in predictions.T.tolist()])


def commonest(votes: list[int]) -> int:
    """The label with the most votes; of equally many, the lowest."""
    return max(sorted(set(votes)), key=votes.count)


right_vote = by_text(commonest)
TIES = "ties go to the lowest label; here "
VOTE_MISTAKES: Mistakes = {
    TIES + "the first prompt's label wins": [
        by_text(lambda votes: Counter(votes).most_common(1)[0][0])
    ],
    TIES + "the highest label wins": [
        by_text(lambda votes: max(sorted(set(votes), reverse=True), key=votes.count))
    ],
    TIES + "the last prompt's label wins": [
        by_text(lambda votes: Counter(votes[::-1]).most_common(1)[0][0])
    ],
    "this is the rarest label: take the commonest": [
        by_text(lambda votes: min(sorted(set(votes)), key=votes.count))
    ],
    "this is the mean of the labels: they are names, count them": [
        by_text(lambda votes: round(sum(votes) / len(votes))),
        by_text(lambda votes: sum(votes) // len(votes)),
    ],
    "this is the median of the labels: they are names, count them": [
        by_text(lambda votes: sorted(votes)[(len(votes) - 1) // 2])
    ],
    "this is the first prompt's answer: let all of them vote": [by_text(lambda votes: votes[0])],
    "this is the last prompt's answer: let all of them vote": [by_text(lambda votes: votes[-1])],
    "this is the highest label that any prompt gave: take the commonest": [by_text(max)],
    "this is the lowest label that any prompt gave: take the commonest": [by_text(min)],
    "this is the number of votes: return the label that got them": [
        by_text(lambda votes: votes.count(commonest(votes)))
    ],
    "one label stands for all texts: count for each text by itself": [
        lambda p: torch.full(p.shape[1:], commonest(p.flatten().tolist()))
    ],
}


def reader(prompts: int, texts: int) -> Callable[[Any], Tensor]:
    """Reads one whole number for each text."""

    def read(value: Any) -> Tensor:
        what = f"a tensor ({texts},) of labels"
        if not isinstance(value, Tensor):
            raise Mistake(f"return a tensor, not a {type(value).__name__}", what, show(value))
        if value.shape == (prompts,):
            likely = "there is a label for each prompt: vote over the prompts, dimension 0"
            raise Mistake(likely, what, show(value))
        if value.shape != (texts,):
            raise Mistake("return one label for each text", what, show(value))
        if value.is_floating_point() or value.dtype == torch.bool:
            raise Mistake(f"labels are whole numbers, not {value.dtype}", what, show(value))
        return value

    return read


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
    return torch.tensor(columns).T.contiguous()


HINTS = (
    "each column holds the votes on one text",
    "torch.nn.functional.one_hot(predictions) is (prompts, texts, labels): sum it over the prompts",
    "argmax gives the first of several equal numbers: that of the lowest label",
)


@exercise(hints=HINTS, mistakes=VOTE_MISTAKES)
def majority_vote(answer: Any, numbers: random.Random) -> None:
    """The commonest label of each text, with ties."""
    for labels in (4, 5):
        predictions = draw_predictions(numbers, labels)
        read = reader(*predictions.shape)
        compare(answer, [(predictions,)], right_vote, VOTE_MISTAKES, read)
