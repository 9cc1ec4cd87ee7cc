"""The ladder by training operations: readings, the frontier, and equal compute (lesson 6)."""

import dataclasses
from collections.abc import Iterable, Sequence

from course_utils.measure.pareto import pareto_front
from course_utils.measure.seeds import accuracies, compare_means
from course_utils.methods.names import Method
from course_utils.recorded.gaps import Gap, reading_steps
from course_utils.recorded.ladder import METHODS, TRAINED, Rung, counted
from course_utils.recorded.model_names import models_of


@dataclasses.dataclass(frozen=True)
class Reading:
    """What training has reached with so many operations: the weights best on validation until then.

    Attributes:
        model, method: whose.
        steps: made; 0 of a prompt.
        flops: of these steps.
        accuracy: on the test items, mean over the seeds.
    """

    model: str
    method: str
    steps: int
    flops: float
    accuracy: float


def readings(rungs: Iterable[Rung], task: str) -> list[Reading]:
    """Of all models and methods that are there, each along its training."""
    rungs = list(rungs)
    found = []
    for model in models_of(rungs):
        for method in METHODS:
            found += _along(model, method, counted(rungs, model, task, method))
    return found


def frontier(found: Sequence[Reading]) -> list[Reading]:
    """Those that no other reading dominates, from the fewest operations on."""
    on = pareto_front([each.accuracy for each in found], [(each.flops,) for each in found])
    return sorted((each for each, is_on in zip(found, on) if is_on), key=lambda each: each.flops)


def full_budget(rungs: list[Rung], model: str, task: str) -> float:
    """``mean_flops`` of full fine-tuning."""
    return mean_flops(counted(rungs, model, task, Method.FULL.value))


def mean_flops(seeds: Sequence[Rung]) -> float:
    """Operations until the best weights, mean over the seeds; 0 of none."""
    return sum(r.best_step * r.step_flops for r in seeds) / max(1, len(seeds))


def gap_at_full_budget(rungs: Iterable[Rung], model: str, task: str, method: str) -> Gap | None:
    """Full fine-tuning less a method that may use as many operations as it used until its best.

    Returns:
        None where one of the two is missing, or was not read by then.
    """
    rungs = list(rungs)
    budget = full_budget(rungs, model, task)
    full = [rung.correct for rung in counted(rungs, model, task, Method.FULL.value)]
    own = [rung.at_flops(budget) for rung in counted(rungs, model, task, method)]
    read = [answers for answers in own if answers is not None]
    if not full or not read or len(read) < len(own):
        return None
    seeds = min(len(full), len(read))
    return Gap(model, models_of(rungs)[model], None, compare_means(full, read), seeds)


def _along(model: str, method: str, seeds: list[Rung]) -> list[Reading]:
    if not seeds:
        return []
    if method not in TRAINED:
        return [Reading(model, method, 0, 0.0, seeds[0].accuracy)]
    flops = sum(rung.step_flops for rung in seeds) / len(seeds)
    return [
        Reading(model, method, steps, steps * flops, _mean_at(seeds, steps))
        for steps in reading_steps(seeds)
    ]


def _mean_at(seeds: list[Rung], steps: int) -> float:
    return float(accuracies([rung.at_steps(steps) or "" for rung in seeds]).mean())
