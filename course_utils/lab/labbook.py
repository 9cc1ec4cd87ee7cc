"""The lab book: every measured result, kept in one small file of the learner's (all lessons).

A result is one line of JSON in ``results/labbook.jsonl`` (``COURSE_RESULTS`` names another
folder). Lines are only ever appended, under a lock, so nothing is lost and several notebooks may
write at once. The newest line of a method, task and model is the one that is shown.
"""

import dataclasses
import functools
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import filelock

import course_utils
from course_utils import settings
from course_utils.errors import CourseError
from course_utils.files import write_text
from course_utils.machine.environment import utc_now, versions
from course_utils.measure.evaluation import wilson_interval
from course_utils.settings import results_folder

RECORDED = settings.RECORDED / "labbook.jsonl"
PACKAGES = ("torch", "transformers", "datasets", "numpy")


@functools.cache
def _versions() -> dict[str, str]:
    return {"course": course_utils.__version__, **versions(PACKAGES)}


@dataclasses.dataclass(frozen=True)
class Result:
    """One measurement of one method on the test items of one task.

    Attributes:
        method: such as ``full fine-tuning``.
        task: name of the task, such as ``movies``.
        model: name of the language model.
        correct: one character an item, ``1`` where the method was right, in the items' order.
        items: fingerprint of the items, so that only like is paired with like.
        trainable_parameters: how many numbers training could move.
        peak_memory: bytes, the most that was held during training; 0 where nothing was trained.
        seconds: of training, or of the search for a prompt.
        disk: bytes that must be kept for this method beside the base model.
        seed: seed of training or of the draw.
        device: what it ran on.
        quick: made with ``COURSE_QUICK=1``, so not to be quoted.
        details: settings worth keeping, such as the learning rate.
        versions: of the course (not in lines from before 0.1.0), of Python, of the main packages.
        when: UTC, ISO 8601.
        recorded: shipped with the course rather than measured by the learner.
    """

    method: str
    task: str
    model: str
    correct: str
    items: str
    trainable_parameters: int
    peak_memory: int
    seconds: float
    disk: int
    seed: int
    device: str
    quick: bool = False
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=_versions)
    when: str = dataclasses.field(default_factory=utc_now)
    recorded: bool = False

    @property
    def n(self) -> int:
        """Number of test items."""
        return len(self.correct)

    @property
    def accuracy(self) -> float:
        """Share of right answers, in [0, 1]."""
        return self.correct.count("1") / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy."""
        return wilson_interval(self.correct.count("1"), self.n)

    @property
    def source(self) -> str:
        """Where the figure comes from: ``yours``, ``quick`` or ``recorded``."""
        return "recorded" if self.recorded else "quick" if self.quick else "yours"


def record(result: Result) -> None:
    """Append ``result`` to the lab book.

    Raises:
        CourseError: the folder cannot be written to.
    """
    folder = results_folder()
    line = json.dumps(dataclasses.asdict(result), ensure_ascii=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "labbook.lock", timeout=60):
            with open(folder / "labbook.jsonl", "a+b") as file:
                file.write((_missing_newline(file) + line + "\n").encode())
    except OSError as error:
        raise CourseError(
            f"The lab book in {folder} cannot be written ({error.strerror or error})",
            "free some space, or set COURSE_RESULTS to a folder of yours",
        ) from error


def _missing_newline(file: BinaryIO) -> str:
    """A newline if the file ends in the middle of a line, as after a crash."""
    if file.seek(0, os.SEEK_END) == 0:
        return ""
    file.seek(-1, os.SEEK_END)
    return "" if file.read(1) == b"\n" else "\n"


def read(path: Path) -> list[Result]:
    """All results in a lab book, oldest first; lines that are not results are skipped."""
    if not path.exists():
        return []
    results = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            results.append(Result(**json.loads(line)))
        except (json.JSONDecodeError, TypeError):
            continue  # a torn line, or one of another version of the course
    return results


def current(task: str | None = None, model: str | None = None) -> list[Result]:
    """The result to show for each method, task and model, in the order of first measurement.

    The learner's newest full result comes first, then the newest quick one, then the recorded.

    Args:
        task: only this task.
        model: only this model.
    """
    shown: dict[tuple, Result] = {}
    rank = {"recorded": 0, "quick": 1, "yours": 2}
    for result in read(RECORDED) + read(results_folder() / "labbook.jsonl"):
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


def mixed_versions(results: list[Result]) -> str:
    """A sentence where the learner's results come from several versions of the course; else empty.

    Lessons and measurements change between versions, so such results are not quite comparable.
    Recorded results do not count: they belong to the course. A result from before the lab book
    kept the version counts as ``unknown``.
    """
    mine = sorted((r for r in results if not r.recorded), key=lambda r: r.when)
    found = list(dict.fromkeys(r.versions.get("course", "unknown") for r in mine))
    if len(found) < 2:
        return ""
    return (
        f"Your results come from different versions of the course ({', '.join(found)}): "
        "to compare them, run the lessons again with one version."
    )


def ship(results: list[Result]) -> None:
    """Write ``results`` as the recorded ones that the course ships (for its authors).

    Raises:
        CourseError: a result comes from a quick run.
    """
    if any(result.quick for result in results):
        raise CourseError("A quick result must not be shipped", "run the lessons in full first")
    rows = [dataclasses.asdict(dataclasses.replace(r, recorded=True)) for r in results]
    write_text(RECORDED, "".join(json.dumps(row) + "\n" for row in rows))
