"""The lab book: every measured result, kept in one small file of the learner's (all lessons).

A result is one line of JSON in ``results/labbook.jsonl`` (``COURSE_RESULTS`` names another
folder). Lines are only ever appended, under a lock, so nothing is lost and several notebooks may
write at once. The newest line of a method, task and model is the one that is shown.
"""

import collections
import dataclasses
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import filelock

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.files import write_text
from course_utils.lab.result import Result, from_line, to_line
from course_utils.machine.device import dtype_text
from course_utils.machine.storage import explained
from course_utils.measure.evaluation import Evaluation
from course_utils.model.identity import model_name
from course_utils.settings import quick, results_folder

if TYPE_CHECKING:
    from transformers import PreTrainedModel

RECORDED = settings.RECORDED / "labbook.jsonl"
FILE = "labbook.jsonl"
SHOWN = 3  # damaged lines that are named
WIDTH = 88  # characters of a line of output: more are torn beside an open file browser

_said: set[str] = set()  # in this session


def record(result: Result) -> None:
    """Append ``result`` to the lab book.

    A result that is none, such as one whose seconds are NaN, is not written; a printed sentence
    says which field is wrong, and the lesson goes on.

    Raises:
        CourseError: the folder cannot be written to.
    """
    try:
        line = to_line(result)
    except CourseError as error:
        print(f"Not written into the lab book: {error}")
        return
    folder = results_folder()
    with explained("The lab book", folder):
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "labbook.lock", timeout=60):
            with open(folder / FILE, "a+b") as file:
                file.write(_missing_newline(file) + line)


def keep(
    method: str,
    result: Evaluation,
    model: "PreTrainedModel",
    *,
    task: str = "movies",
    trainable: int = 0,
    peak: int = 0,
    seconds: float = 0.0,
    disk: int = 0,
    seed: int = 0,
    **details: Any,
) -> None:
    """Write a lesson's result into the lab book, and print the line.

    Args:
        method: its name, by which later lessons find it.
        result: on the test items of ``task``.
        model: that answered; its device and precision are kept.
        trainable, peak, seconds, disk, seed: see ``Result``; seconds of the work, not of reading.
        details: settings worth keeping.

    Raises:
        CourseError: the folder cannot be written to.
    """
    record(
        Result(
            method=method,
            task=task,
            model=model_name(),
            correct=result.correct,
            items=result.items,
            trainable_parameters=trainable,
            peak_memory=peak,
            seconds=seconds,
            disk=disk,
            seed=seed,
            device=str(model.device),
            dtype=dtype_text(model.dtype),
            quick=quick(),
            details=details,
        )
    )
    print(f"in the lab book: {method} on {task}, {result}")


def _missing_newline(file: BinaryIO) -> bytes:
    """A newline if the file ends in the middle of a line, as after a crash."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def read(path: Path) -> list[Result]:
    """All results in a lab book, oldest first; none where there is no such file.

    A damaged line is left out, and so are fields that a newer version of the course has added;
    either is said once a session.

    Raises:
        CourseError: the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CourseError(
            f"The lab book {path} cannot be read ({error.strerror or error})",
            "make it readable, or set COURSE_RESULTS to another folder",
        ) from error
    results, damaged, newer = [], [], set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            result, unknown = from_line(line)
        except ValueError as error:
            damaged.append(f"line {number} ({error})")
            continue
        results.append(result)
        newer.update(unknown)
    _say_what_is_left_out(path, damaged, sorted(newer))
    return results


def _say_what_is_left_out(path: Path, damaged: list[str], newer: list[str]) -> None:
    if damaged:
        more = f" and {len(damaged) - SHOWN} more" if len(damaged) > SHOWN else ""
        shown = ", ".join(damaged[:SHOWN]) + more
        _say_once(f"Damaged lines of {path} are left out: {shown}.")
    if newer:
        fields = ", ".join(newer)
        _say_once(f"{path} has fields of a newer version of the course, left out here: {fields}.")


def _say_once(sentence: str) -> None:
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


def current(
    task: str | None = None, model: str | None = None, folder: Path | None = None
) -> list[Result]:
    """The result to show for each method, task and model, in the order of first measurement.

    The learner's newest full result comes first, then the newest quick one, then the recorded.

    Args:
        task: only this task.
        model: only this model.
        folder: of the lab book; by default the learner's.
    """
    shown: dict[tuple, Result] = {}
    rank = {"recorded": 0, "quick": 1, "yours": 2}
    for result in read(RECORDED) + read((folder or results_folder()) / FILE):
        key = (result.method, result.task, result.model)
        if key not in shown or rank[result.source] >= rank[shown[key].source]:
            shown[key] = result
    return [
        result
        for result in shown.values()
        if task in (None, result.task) and model in (None, result.model)
    ]


def find(method: str, task: str, model: str) -> Result:
    """The result to show for one method.

    Raises:
        CourseError: neither the learner nor the course has one.
    """
    for result in current(task, model):
        if result.method == method:
            return result
    raise CourseError(
        f"The lab book has no result of '{method}' on {task} with {model}",
        "run the lesson that measures it to its end",
    )


def look_up(method: str, task: str, model: str, lesson: int) -> Result | None:
    """The result that ``find`` gives; without one, None, and a printed sentence says what to do.

    For a comparison that a lesson can do without: with a model of the learner's own
    (``COURSE_MODEL``) nothing is recorded, and earlier lessons may not have been run.

    Args:
        method, task, model: as for ``find``.
        lesson: the one that measures it.
    """
    try:
        return find(method, task, model)
    except CourseError:
        missing = f"the lab book has no result of {method} on {task} with this model"
        sentence = f"Nothing to compare with: {missing}. Run lesson {lesson} with it first."
        print(textwrap.fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False))
        return None


def doubts(results: list[Result]) -> str:
    """Sentences, each on lines of its own, on what keeps results from being compared; or empty."""
    found = (mixed_versions(results), mixed_precisions(results), other_items(results))
    return "\n".join(textwrap.fill(sentence, WIDTH) for sentence in found if sentence)


def mixed_versions(results: list[Result]) -> str:
    """A sentence where the learner's results come from several versions of the course; else empty.

    Lessons and measurements change between versions, so such results are not quite comparable.
    Recorded results do not count: they belong to the course. A result from before the lab book
    kept the version counts as ``unknown``.
    """
    found = _of_the_learners(results, lambda r: r.versions.get("course", "unknown"))
    if len(found) < 2:
        return ""
    return (
        f"Your results come from different versions of the course ({', '.join(found)}): "
        "to compare them, run the lessons again with one version."
    )


def mixed_precisions(results: list[Result]) -> str:
    """A sentence where the learner's results were measured in several precisions; else empty.

    The same training ends elsewhere in float32 than in bfloat16. Recorded results do not count,
    nor do those from before the lab book kept the precision.
    """
    found = _of_the_learners(results, lambda r: r.dtype)
    if len(found) < 2:
        return ""
    return (
        f"Your results were measured in different precisions ({', '.join(found)}): "
        "to compare them, run the lessons again with one COURSE_DTYPE."
    )


def _of_the_learners(results: list[Result], value: Callable[[Result], str]) -> list[str]:
    """What the learner's own results have, each value once, the first measured first."""
    mine = sorted((r for r in results if not r.recorded), key=lambda r: r.when)
    return list(dict.fromkeys(found for r in mine if (found := value(r))))


def other_items(results: list[Result]) -> str:
    """A sentence where results of one task were measured on different items; else empty."""
    found = []
    for task in dict.fromkeys(result.task for result in results):
        rows = [(f"{r.method} ({r.source})", r.items, r.n) for r in results if r.task == task]
        (usual, _), *_ = collections.Counter(row[1:] for row in rows).most_common(1)
        found += [name for name, *items in rows if tuple(items) != usual]
    if not found:
        return ""
    return f"Measured on other test items than the rest, so not comparable: {', '.join(found)}."


def ship(results: list[Result]) -> None:
    """Write ``results`` as the recorded ones that the course ships (for its authors).

    Raises:
        CourseError: a result comes from a quick run, or the file cannot be written.
    """
    if any(result.quick for result in results):
        raise CourseError("A quick result must not be shipped", "run the lessons in full first")
    lines = [to_line(dataclasses.replace(result, recorded=True)) for result in results]
    with explained("The recorded lab book", RECORDED.parent):
        write_text(RECORDED, b"".join(lines).decode())
