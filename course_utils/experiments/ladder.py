"""``python -m course_utils experiments ladder``: methods, sizes and steps (lesson 6).

One process a GPU (``--workers``); what the folder already holds is not done again, so a study that
was cut off goes on with the same command, on another machine too. Each model has a file of its own
there, so that studies of several models may run at the same time. Where no hub can be reached:
``experiments/ladder_models.md``.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments.jobs import perform_next
from course_utils.experiments.ladder_jobs import perform
from course_utils.experiments.ladder_plan import TASKS, Job, LadderSchedule, cells
from course_utils.experiments.run_study import Failed
from course_utils.recorded.ladder import FOLDER, Rung, read_rungs, write_rungs


def study_ladder(
    folder: Path,
    workers: int,
    models: Sequence[str] = (),
    chosen: Sequence[str] = (),
    apart: bool = False,
) -> None:
    """Run all cells that are not done; write ``ladder/MODEL.jsonl``.

    Args:
        workers: processes that work at the same time, spread over the GPUs.
        models: hub ids or folders, the most important first; the course's own if none is named.
        chosen: tasks, likewise; ``ladder_plan.TASKS`` if none is named.
        apart: is each training a job of its own? Otherwise those of a search go on together.

    Raises:
        CourseError: there is no such task.
    """
    named = [(model, name_of(model)) for model in models or [""]]
    for task in chosen:
        if task not in TASKS:
            raise CourseError(
                f"The ladder has no task '{task}'", f"choose some of: {', '.join(TASKS)}"
            )
    book = Book(folder, FOLDER, [name for _, name in named])
    schedule = LadderSchedule(list(cells(named, chosen or TASKS, apart)), book.rungs)
    run_jobs(schedule, book, perform_or_say, workers)


class Book:
    """The rungs of some models in a folder, one file a model.

    Args:
        folder: of all studies.
        name: of this one's own folder there; a quick study has another.
        models: their names.
    """

    def __init__(self, folder: Path, name: str, models: Sequence[str]):
        own = folder / (f"{name}-quick" if settings.quick() else name)
        own.mkdir(parents=True, exist_ok=True)
        self._paths = {model: own / f"{model}.jsonl" for model in models}
        self._rungs = {model: read_rungs(path) for model, path in self._paths.items()}

    @property
    def rungs(self) -> list[Rung]:
        """All of them."""
        return [rung for own in self._rungs.values() for rung in own]

    def add(self, rungs: list[Rung]) -> None:
        """Keep what came of a job."""
        model = rungs[0].model
        self._rungs[model] += rungs
        write_rungs(self._rungs[model], self._paths[model])


def run_jobs(
    schedule: LadderSchedule,
    book: Book,
    perform_job: Callable[[Job], list[Rung] | Failed],
    workers: int,
) -> None:
    """Perform every job of a schedule; one that fails is said and left out."""
    begin = time.perf_counter()
    for done in perform_next(perform_job, schedule.next_job, workers):
        passed = f"{time.perf_counter() - begin:.0f} s "
        if isinstance(done, Failed):
            print(f"{passed} FAILED {done.run}: {done.why}", flush=True)
            continue
        schedule.settle(done)
        book.add(done)
        for rung in done:
            print(f"{passed} {_line(rung)}", flush=True)


def name_of(model: str) -> str:
    """The last part of a hub id or folder."""
    return model.rstrip("/").rpartition("/")[2] or settings.COURSE_MODEL


def perform_or_say(job: Job) -> list[Rung] | Failed:
    """A training for which memory ran out does not end the others."""
    try:
        return perform(job)
    except (CourseError, torch.OutOfMemoryError) as error:
        return Failed(job, str(error).splitlines()[0])


def _line(rung: Rung) -> str:
    what = f"{rung.model} {rung.task} {rung.method}"
    if rung.chosen:
        return f"{what}: test {rung.accuracy:.3f} ({rung.chosen})"
    return (
        f"{what} rate {rung.learning_rate:g} seed {rung.seed}: test {rung.accuracy:.3f}, "
        f"best at {rung.best_step} of {rung.steps} ({rung.ended}), {rung.seconds:.0f} s with "
        f"{rung.together}"
    )
