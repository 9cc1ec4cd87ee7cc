"""Every two methods of the ladder, on each model and task (lesson 6, *Which are real?*)."""

import dataclasses
import itertools
from collections.abc import Iterable

from course_utils.measure.seeds import Difference, compare_means
from course_utils.recorded.gaps import FEWEST_SEEDS
from course_utils.recorded.ladder import METHODS, TRAINED, Rung, counted
from course_utils.recorded.model_names import models_of, tasks_of


@dataclasses.dataclass(frozen=True)
class Compared:
    """Two methods on one model and task, each at its end.

    Attributes:
        model, task: where.
        first, second: the methods; the second is the one that trains more.
        difference: accuracy of the second less that of the first, in shares.
        answers: of the first's seeds, and of the second's.
    """

    model: str
    task: str
    first: str
    second: str
    difference: Difference
    answers: tuple[list[str], list[str]]


def comparisons(rungs: Iterable[Rung]) -> list[Compared]:
    """All that the records allow: a method that is missing on a model and task is left out.

    So is one that was trained with fewer seeds than ``gaps.FEWEST_SEEDS``.
    """
    rungs = list(rungs)
    found = []
    for model, task in itertools.product(models_of(rungs), tasks_of(rungs)):
        answers = {method: _answers(rungs, model, task, method) for method in METHODS}
        answers = {method: own for method, own in answers.items() if own}
        for first, second in itertools.combinations(answers, 2):
            both = answers[first], answers[second]
            found.append(Compared(model, task, first, second, compare_means(*both[::-1]), both))
    return found


def _answers(rungs: list[Rung], model: str, task: str, method: str) -> list[str]:
    """Of each seed; none where there are too few, or none that came to an end."""
    answers = [rung.correct for rung in counted(rungs, model, task, method)]
    return [] if method in TRAINED and len(answers) < FEWEST_SEEDS else answers
