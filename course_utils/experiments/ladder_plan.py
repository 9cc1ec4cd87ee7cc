"""What the ladder runs, and in which order (lesson 6).

A *cell* is a model, a task and a method. Its search tries three learning rates, a factor of about 3
apart, with seed 0, each until validation stops improving; while the best stands at the edge, the
next rate beyond it is tried too, three times at most. Then two more seeds train at the best rate;
and two more where validation says that one of the three got stuck. The rule is one for every
method. A test item is never asked anything that decides.

The order is that of the tasks, and within a task of the models as they were named: a study that is
cut off has whole cells with all their seeds, of the most important tasks.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

from course_utils.errors import CourseError
from course_utils.methods.names import Method
from course_utils.recorded.ladder import FEW_SHOT, TRAINED, ZERO_SHOT, Rung, chosen_rate, of

TASKS = ("pair", "strength", "rating", "movies", "same")
RATES = {
    Method.PROMPT_TUNING.value: (0.03, 0.1, 0.3),  # of the embeddings' mean length
    Method.LORA.value: (1e-4, 3e-4, 1e-3),
    Method.FULL.value: (3e-6, 1e-5, 3e-5),
}
GRID = [float(f"{digit}e{power}") for power in range(-8, 3) for digit in (1, 3)]
MOST_BEYOND = 3  # rates tried beyond the first three
MORE_SEEDS = (1, 2)
STUCK = 0.1  # of the validation items: a seed so far behind the best one
SEEDS_IF_STUCK = (3, 4)  # of three such seeds a mean says next to nothing
PROMPTS = "prompts"  # the job that makes ZERO_SHOT and FEW_SHOT


@dataclasses.dataclass(frozen=True)
class Job:
    """What one process does at a time.

    Attributes:
        model: hub id or folder; empty for the course's own.
        name: of the model in the records.
        method: one of ``TRAINED``, or ``PROMPTS``.
        labels: training examples, drawn anew with each seed; 0 for all of them.
        validation: items that choose rates, prompts and weights.
        apart: is each training a job of its own? Where GPUs would wait, a cell is done sooner so.
        trials: learning rate and seed of each training; they go on together. A cell has none.
    """

    model: str
    name: str
    task: str
    method: str
    labels: int = 0
    validation: int = 500
    apart: bool = False
    trials: tuple[tuple[float, int], ...] = ()


def ready(cell: Job, rungs: Iterable[Rung], seeds: Sequence[int] = MORE_SEEDS) -> list[Job]:
    """What can be done next in a cell, given what there is.

    Trainings of soft prompts and of LoRA go on together, unless the cell keeps them apart; of full
    fine-tuning each is a job.

    Args:
        seeds: that train at the chosen rate, beside seed 0.
    """
    rungs = [rung for rung in rungs if cell.labels in (0, rung.labels)]
    if cell.method == PROMPTS:
        kinds = (ZERO_SHOT, FEW_SHOT)
        return [] if all(of(rungs, cell.name, cell.task, kind) for kind in kinds) else [cell]
    own = of(rungs, cell.name, cell.task, cell.method)
    trials = missing(own, RATES[cell.method], seeds)
    alone = cell.apart or cell.method == Method.FULL.value
    parts = [(trial,) for trial in trials] if alone else [tuple(trials)]
    return [dataclasses.replace(cell, trials=part) for part in parts if part]


def missing(
    rungs: Sequence[Rung], rates: Sequence[float], seeds: Sequence[int] = MORE_SEEDS
) -> list[tuple[float, int]]:
    """The trials of a cell that come next: the search, the rates beyond it, the other seeds, and
    further ones where one is ``STUCK``.
    """
    tried = {rung.learning_rate for rung in rungs if rung.seed == 0}
    if len(tried) < len(rates):
        return [(rate, 0) for rate in rates if rate not in tried]
    try:
        best = chosen_rate(rungs)
    except CourseError:  # all diverged
        return []
    if len(tried) < len(rates) + MOST_BEYOND and best in (min(tried), max(tried)):
        place = GRID.index(best) + (1 if best == max(tried) else -1)
        return [(GRID[place], 0)]
    done = [rung for rung in rungs if rung.learning_rate == best]
    there = {rung.seed for rung in done}
    if there.issuperset(seeds) and _stuck(done):
        seeds = SEEDS_IF_STUCK
    return [(best, seed) for seed in seeds if seed not in there]


def _stuck(rungs: Sequence[Rung]) -> bool:
    shares = [max(accuracy for _, _, accuracy in rung.validations) for rung in rungs]
    return max(shares) - min(shares) > STUCK


WhatNext = Callable[[Job, Iterable[Rung]], list[Job]]


class LadderSchedule:
    """What is left to do.

    Args:
        cells: the most important first.
        rungs: what there is already.
        what_next: like ``ready``.
    """

    def __init__(self, cells: Sequence[Job], rungs: Iterable[Rung], what_next: WhatNext = ready):
        self._cells, self._what_next = cells, what_next
        self._rungs, self._begun = list(rungs), set[Job]()

    def next_job(self) -> Job | None:
        """The most important job that can be begun; None while there is none.

        What a cell does after its search depends on the search: until that is done, the next cells
        have their turn.
        """
        for cell in self._cells:
            jobs = [job for job in self._what_next(cell, self._rungs) if job not in self._begun]
            if jobs:
                self._begun.add(jobs[0])
                return jobs[0]
        return None

    def settle(self, rungs: Iterable[Rung]) -> None:
        """Note what came of a job; nothing if it failed, which is not tried again."""
        self._rungs += rungs


def cells(
    models: Sequence[tuple[str, str]], tasks: Sequence[str], apart: bool = False
) -> Iterator[Job]:
    """All cells of the ladder, the most important first.

    Args:
        models: hub id or folder, and name, of each model.
        tasks: their names.
        apart: is each training a job of its own?
    """
    for task in tasks:
        for model, name in models:
            for method in (PROMPTS, *TRAINED):
                yield Job(model, name, task, method, apart=apart)
