"""All solved lessons without a browser, then the scoreboard: ``run``, ``scoreboard`` and ``ship``.

``run`` keeps what it measures in ``run/`` in the results folder, with a lab book and a progress of
its own: the learner's stay as they are. ``ship`` is for the course's authors.
"""

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import filelock

from course_utils import settings
from course_utils.data import tasks
from course_utils.errors import CourseError
from course_utils.files import write_text
from course_utils.lab import labbook, scoreboard
from course_utils.lab.finished import count_finished, mark_finished
from course_utils.lab.places import Place, places
from course_utils.machine.processor import bound_threads
from course_utils.machine.storage import explained
from course_utils.model.identity import model_name
from course_utils.settings import COURSE_MODEL

MEASURED = "What the lessons measure"  # in messages
TIMEOUT = 3600  # seconds that a cell may take
INSTALL = "run pip install -r requirements-lab.txt"


def run_folder() -> Path:
    """Where ``run`` keeps its executed lessons, their lab book and their checkpoints."""
    return settings.results_folder() / "run"


def run_lessons(again: bool = False) -> None:
    """Execute every notebook in ``solutions/`` and show what they measured.

    Lessons that are finished are not run again, see ``lab.finished``. The executed copies, their
    lab book, ``scoreboard.json`` and ``scoreboard.png`` go to ``run_folder``.

    Args:
        again: begin at the first lesson, whatever is finished.

    Raises:
        CourseError: a cell of a lesson failed, or its kernel died; there are no solved lessons;
            the folder cannot be written to, or another ``run`` works in it.
        KeyboardInterrupt: a signal asked to stop; the next call goes on at this lesson.
    """
    folder = settings.lessons_folder() / "solutions"
    sources = sorted(folder.glob("*.ipynb"))
    if not sources:
        raise CourseError(f"There are no solved lessons in {folder}", "get the course anew")
    with _alone_in(run_folder()):
        _run_unfinished(sources, again)
        show_scoreboard(run=True)


def _alone_in(folder: Path) -> AbstractContextManager:
    """A folder that exists, and that no other ``run`` works in until the context ends."""
    with explained(MEASURED, folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return filelock.FileLock(folder / "run.lock").acquire(timeout=0)
        except filelock.Timeout:
            raise CourseError(
                f"Another run is at work in {folder}",
                "wait until it ends, or set COURSE_RESULTS to another folder",
            ) from None


def _run_unfinished(sources: list[Path], again: bool) -> None:
    if again:
        _mark(sources[:0])
    done = count_finished(run_folder(), sources)
    if done == len(sources):
        print("All lessons are finished; `python -m course_utils run --again` runs them anew.")
    elif done:
        print(f"The lessons before {sources[done].stem} are finished; going on there.", flush=True)
    for number, source in enumerate(sources[done:], start=done + 1):
        _run(source, run_folder() / source.name)
        _mark(sources[:number])


def _mark(sources: list[Path]) -> None:
    with explained(MEASURED, run_folder()):
        mark_finished(run_folder(), sources)


def _run(source: Path, target: Path) -> None:
    """Execute one lesson, keep the copy as far as it came, and say which section it is at."""
    try:
        import nbclient.exceptions as faults
        import nbformat
        from jupyter_client.kernelspec import NoSuchKernel

        from course_utils.lab.kernel import client_for
    except ImportError as error:
        raise CourseError(f"Running lessons needs the package {error.name}", INSTALL) from error

    notebook = _read(source)
    steps, start = _Steps(source.stem, places(notebook)), time.perf_counter()
    client = client_for(notebook, source.parent, TIMEOUT, on_cell_execute=steps.begin)
    folders = {"COURSE_RESULTS": str(target.parent), "COURSE_CACHE": str(settings.cache_folder())}
    try:
        client.execute(env={**bound_threads(), **os.environ, **folders})
    except faults.CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}".split("\n")[0]
        raise steps.fault(f"failed ({reason})", f"read the cell's output in {target}") from error
    except faults.CellTimeoutError as error:
        advice = "set COURSE_QUICK=1, or run it on a faster machine"
        raise steps.fault(f"took more than {TIMEOUT // 60} minutes", advice) from error
    except faults.DeadKernelError as error:
        raise steps.fault(
            "ended its kernel, most likely because memory ran out",
            "close other programs and run it again; `python -m course_utils doctor` says how "
            "much memory the lessons need",
        ) from error
    except (NoSuchKernel, RuntimeError) as error:
        raise steps.fault(f"could not be run ({error})", INSTALL) from error
    finally:
        with explained(MEASURED, target.parent):
            write_text(target, nbformat.writes(notebook) + "\n")
    print(f"{source.stem}: finished, {time.perf_counter() - start:.0f} s", flush=True)


def _read(source: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(source, as_version=4)
    except Exception as error:  # what its reader stumbles over, if the file is damaged
        raise CourseError(
            f"{source} cannot be read as a notebook ({type(error).__name__})",
            "get the file again with git checkout",
        ) from error


class _Steps:
    """What a lesson is at: a line for each section, and the sentence for a cell that fails."""

    def __init__(self, name: str, where: dict[int, Place]):
        self._name, self._where, self._start = name, where, time.perf_counter()
        self._now: Place | None = None

    def begin(self, cell: Any, cell_index: int) -> None:
        """Note the cell; print a line if it is the first of a section."""
        before, self._now = self._now, self._where[cell_index]
        if before is None or before.section != self._now.section:
            seconds = time.perf_counter() - self._start
            print(f"{self._name}: {self._now} ({seconds:.0f} s so far)", flush=True)

    def fault(self, what: str, next_step: str) -> CourseError:
        """The sentence on the cell that was noted last."""
        return CourseError(f"{self._name}: {self._now or 'its beginning'} {what}", next_step)


def show_scoreboard(run: bool = False) -> None:
    """Print a scoreboard, and write it into the folder of its lab book.

    Args:
        run: of the lab book of ``run``, rather than of the learner's.

    Raises:
        CourseError: there is nothing to show, or the folder cannot be written to.
    """
    folder = run_folder() if run else settings.results_folder()
    results = labbook.current("movies", model_name(), folder)
    if not results:
        raise CourseError("The lab book is empty", "work through lesson 1, or run `make run`")
    baseline = tasks.load("movies").majority
    scoreboard.write(results, baseline, folder)
    print(scoreboard.table(results).to_string(index=False))
    print(f"majority baseline: {baseline:.3f}")
    if note := labbook.doubts(results):
        print(note)
    print(f"Written: {folder / 'scoreboard.json'} and {folder / 'scoreboard.png'}")
    if not run and (run_folder() / labbook.FILE).exists():
        print("What `run` measured: python -m course_utils scoreboard --run")


def ship_results() -> None:
    """Make measured results the recorded ones that the course ships, with their figure.

    Those of ``run``, if its lab book has some on movies with the course's model; else the
    learner's. The two are never mixed.

    Raises:
        CourseError: there is no result to show, one comes from a quick run, something cannot be
            written, or the course is installed as a package, where nothing may be.
    """
    if settings.course_folder() is None:
        raise CourseError(
            "The recorded results belong to the course's clone, and this is an installed package",
            "clone the course's repository, and run this command in its folder",
        )
    books = [folder / labbook.FILE for folder in (run_folder(), settings.results_folder())]
    for book in books:
        newest = {(r.method, r.task, r.model): r for r in labbook.read(book)}.values()
        if any(_on_scoreboard(result) for result in newest):
            break
    else:
        raise CourseError(
            f"Neither lab book has a result on movies with {COURSE_MODEL}",
            "run the lessons in full first",
        )
    labbook.ship(list(newest))
    shown = [r for r in labbook.read(labbook.RECORDED) if _on_scoreboard(r)]
    scoreboard.write_figure(shown, tasks.load("movies").majority, labbook.RECORDED.parent)
    print(f"Shipped: the newest results of {book}")


def _on_scoreboard(result: labbook.Result) -> bool:
    """The shipped figure shows one task and one model; the lab book may hold others too."""
    return (result.task, result.model) == ("movies", COURSE_MODEL)
