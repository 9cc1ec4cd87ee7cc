"""The recorded soft prompts from start to end, as the explorer of lesson 4 shows them.

``experiments explorer`` looks up the words nearest to every soft token at every recorded moment, so
that lesson 4 (*The soft tokens, seen*) needs no computation for it.
"""

import dataclasses
from typing import Any

from course_utils.recorded.reports import read_report

HUNDREDTHS = 100  # the report holds cosines and lengths as whole numbers of these


@dataclasses.dataclass(frozen=True)
class Journey:
    """What became of one soft prompt; pairs are of the first and of the last moment.

    Attributes:
        start: ``labels`` or ``random``.
        seed: of the start and of the order of the examples.
        shuffled: trained on labels in random order?
        steps: done at each moment.
        accuracies, losses: on the validation items.
        kept: soft tokens whose nearest word at the end is that of the start.
        tokens: how many there are.
        cosines: with the nearest word, mean over the tokens.
        lengths: mean over the tokens.
        turned: cosine of a token at the end with its start, mean over the tokens.
    """

    start: str
    seed: int
    shuffled: bool
    steps: tuple[int, ...]
    accuracies: tuple[float, float]
    losses: tuple[float, float]
    kept: int
    tokens: int
    cosines: tuple[float, float]
    lengths: tuple[float, float]
    turned: float


def recorded_explorer() -> dict[str, Any]:
    """What ``experiments explorer`` wrote; ``experiments/explorer_data.py`` says what it holds.

    Raises:
        CourseError: it was never recorded.
    """
    return read_report("explorer", "explorer")


def summary(report: dict[str, Any]) -> list[Journey]:
    """One row for each soft prompt of the report, in its order."""
    return [_journey(prompt) for prompt in report["prompts"]]


def _journey(prompt: dict[str, Any]) -> Journey:
    words = [[five[0] for five in moment] for moment in (prompt["words"][0], prompt["words"][-1])]
    nearest = [[five[0] for five in moment] for moment in prompt["cosines"]]
    return Journey(
        prompt["start"],
        prompt["seed"],
        prompt["shuffled"],
        tuple(prompt["steps"]),
        (prompt["accuracies"][0], prompt["accuracies"][-1]),
        (prompt["losses"][0], prompt["losses"][-1]),
        sum(before == after for before, after in zip(*words)),
        len(words[0]),
        (_mean(nearest[0]), _mean(nearest[-1])),
        (_mean(prompt["lengths"][0]), _mean(prompt["lengths"][-1])),
        _mean(prompt["turned"][-1]),
    )


def _mean(hundredths: list[int]) -> float:
    return sum(hundredths) / len(hundredths) / HUNDREDTHS
