"""All solved lessons without a browser, then the scoreboard: ``run``, ``scoreboard`` and ``ship``.

What a learner gets from it is in the results folder; ``ship`` is for the course's authors.
"""

import os
import time
from pathlib import Path

from course_utils import settings
from course_utils.data import tasks
from course_utils.errors import CourseError
from course_utils.lab import labbook, scoreboard
from course_utils.settings import COURSE_MODEL, model_name


def run_lessons() -> None:
    """Execute every notebook in ``solutions/`` and show what the lab book then holds.

    The executed copies, ``scoreboard.json`` and ``scoreboard.png`` go to the results folder.

    Raises:
        CourseError: a cell of a lesson failed, or its kernel died.
    """
    folder = settings.results_folder()
    (folder / "run").mkdir(parents=True, exist_ok=True)
    for path in sorted((settings.lessons_folder() / "solutions").glob("*.ipynb")):
        _run(path, folder / "run" / path.name)
    show_scoreboard()


def _run(source: Path, target: Path) -> None:
    import nbformat
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    from course_utils.lab.kernel import client_for

    print(f"{source.stem} ...", flush=True)
    start = time.perf_counter()
    notebook = nbformat.read(source, as_version=4)
    client = client_for(notebook, source.parent, timeout=3600)
    folders = {  # the kernel works in the lesson's folder, where a relative one is another
        "COURSE_RESULTS": str(settings.results_folder().absolute()),
        "COURSE_CACHE": str(settings.cache_folder()),
    }
    try:
        client.execute(env={**os.environ, **folders})
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
        raise CourseError(
            f"A cell of {source.name} failed ({reason})",
            f"read the cell's output in {target}",
        ) from error
    except DeadKernelError as error:
        raise CourseError(
            f"The kernel of {source.name} died, most likely because memory ran out",
            "close other programs and run it again; `python -m course_utils doctor` says how "
            "much memory the lessons need",
        ) from error
    finally:
        nbformat.write(notebook, target)
    print(f"{source.stem}: {time.perf_counter() - start:.0f} s", flush=True)


def show_scoreboard() -> None:
    """Print the scoreboard and write it to the results folder."""
    results = labbook.current(task="movies", model=model_name())
    if not results:
        raise CourseError("The lab book is empty", "work through lesson 1, or run `make run`")
    baseline = tasks.load("movies").majority
    folder = settings.results_folder()
    scoreboard.write(results, baseline, folder)
    print(scoreboard.table(results).to_string(index=False))
    print(f"majority baseline: {baseline:.3f}")
    if note := labbook.mixed_versions(results):
        print(note)
    print(f"Written: {folder / 'scoreboard.json'} and {folder / 'scoreboard.png'}")


def ship_results() -> None:
    """Make the learner's results the recorded ones that the course ships, with their figure.

    Raises:
        CourseError: there is no result to show, one comes from a quick run, or the course is
            installed as a package, where nothing may be written.
    """
    if settings.course_folder() is None:
        raise CourseError(
            "The recorded results belong to the course's clone, and this is an installed package",
            "clone the course's repository, and run this command in its folder",
        )
    mine = labbook.read(settings.results_folder() / "labbook.jsonl")
    newest = {(r.method, r.task, r.model): r for r in mine}.values()
    if not any(_on_scoreboard(r) for r in newest):
        raise CourseError(
            f"Your lab book has no result on movies with {COURSE_MODEL}",
            "run the lessons in full first",
        )
    labbook.ship(list(newest))
    shown = [r for r in labbook.read(labbook.RECORDED) if _on_scoreboard(r)]
    figure = scoreboard.figure(shown, tasks.load("movies").majority)
    figure.savefig(labbook.RECORDED.with_name("scoreboard.png"), dpi=150)


def _on_scoreboard(result: labbook.Result) -> bool:
    """The shipped figure shows one task and one model; the lab book may hold others too."""
    return (result.task, result.model) == ("movies", COURSE_MODEL)
