"""Gaps of the ladder to full fine-tuning: along a training, and over the models (lesson 6)."""

import dataclasses
from collections.abc import Iterable, Sequence
from statistics import fmean

from course_utils.errors import CourseError
from course_utils.measure.seeds import Difference
from course_utils.methods.names import Method
from course_utils.recorded.ladder import TRAINED, Rung, finals, gap
from course_utils.recorded.model_names import models_of

FEWEST_SEEDS = 3  # for an interval: of two, Student's t would make it dozens of points wide


@dataclasses.dataclass(frozen=True)
class Gap:
    """Full fine-tuning at its end, less another method, on one task.

    Attributes:
        model: its name.
        parameters: of the model.
        steps: after which the other method was read off; None for its end.
        difference: in shares, see ``recorded.ladder.gap``.
        seeds: the fewer of the two methods'; of full fine-tuning alone if the other is a prompt.
        singles: points of each seed of the other method behind the mean of full fine-tuning.
    """

    model: str
    parameters: int
    steps: int | None
    difference: Difference
    seeds: int
    singles: tuple[float, ...] = ()

    @property
    def points(self) -> float:
        """The difference in points."""
        return 100 * self.difference.difference

    @property
    def ends(self) -> tuple[float, float] | None:
        """The 95 % interval in points; None of too few seeds to say anything of others."""
        if self.seeds < FEWEST_SEEDS:
            return None
        return 100 * self.difference.low, 100 * self.difference.high


def gaps_by_size(rungs: Iterable[Rung], task: str, method: str) -> list[Gap]:
    """At the end of both, a gap for each model that has both methods, the smallest first."""
    rungs = list(rungs)
    found = [_gap(rungs, model, task, method, None) for model in models_of(rungs)]
    return [each for each in found if each is not None]


def gaps_by_steps(rungs: Iterable[Rung], model: str, task: str, method: str) -> list[Gap]:
    """A gap for each moment of ``reading_steps``; none if one of the two methods is not there."""
    rungs = list(rungs)
    if _gap(rungs, model, task, method, None) is None:
        return []
    moments = reading_steps(finals(rungs, model, task, method))
    found = [_gap(rungs, model, task, method, steps) for steps in moments]
    return [each for each in found if each is not None]


def reading_steps(seeds: Sequence[Rung]) -> list[int]:
    """When the trainings of several seeds were read, ascending.

    The ends of single seeds are left out, but for the last: there all have ended.
    """
    end = max(rung.steps for rung in seeds)
    before = {steps for rung in seeds for steps, _ in rung.readings[:-1]}
    first = max(rung.readings[0][0] for rung in seeds)
    return [*sorted(steps for steps in before if first <= steps < end), end]


def _gap(rungs: list[Rung], model: str, task: str, method: str, steps: int | None) -> Gap | None:
    """None where something is missing."""
    try:
        difference = gap(rungs, model, task, method, steps)
    except CourseError:
        return None
    full, own = (finals(rungs, model, task, each) for each in (Method.FULL.value, method))
    seeds = min(len(full), len(own)) if method in TRAINED else len(full)
    mean = fmean(rung.accuracy for rung in full)
    read = [rung.correct if steps is None else rung.at_steps(steps) or "" for rung in own]
    singles = tuple(100 * (mean - answers.count("1") / len(answers)) for answers in read)
    return Gap(model, models_of(rungs)[model], steps, difference, seeds, singles)
