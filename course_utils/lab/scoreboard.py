"""The scoreboard: what the lab book says of every method, side by side.

``make run`` prints it; lesson 3 shows its table (*Only the adapter on disk*).
"""

from pathlib import Path

import pandas
from matplotlib.figure import Figure

from course_utils.errors import CourseError
from course_utils.files import write_whole
from course_utils.lab import labbook
from course_utils.lab.result import plain
from course_utils.machine.storage import explained
from course_utils.recorded.reports import write_report
from course_utils.show.figures import accuracy_figure
from course_utils.show.style import in_style

COLUMNS = [
    "method", "task", "model", "accuracy", "95 % interval", "n", "trainable", "peak memory",
    "seconds", "disk", "precision", "source",
]  # fmt: skip


def table(results: list[labbook.Result]) -> pandas.DataFrame:
    """One row a result, ready to be shown; ``source`` says whose figure it is.

    ``precision`` is that of the weights; there is no such column where no result knows it.

    Raises:
        CourseError: a result has no items.
    """
    known = any(result.dtype for result in results)
    columns = [name for name in COLUMNS if known or name != "precision"]
    return pandas.DataFrame([_row(result) for result in results], columns=columns)


def _row(result: labbook.Result) -> dict[str, str]:
    low, high = result.interval
    return {
        "method": result.method,
        "task": result.task,
        "model": result.model,
        "accuracy": f"{result.accuracy:.3f}",
        "95 % interval": f"[{low:.3f}, {high:.3f}]",
        "n": str(result.n),
        "trainable": f"{result.trainable_parameters:,}",
        "peak memory": _size(result.peak_memory),
        "seconds": f"{result.seconds:.0f}",
        "disk": _size(result.disk),
        "precision": result.dtype or "-",
        "source": result.source,
    }


def _size(count: int) -> str:
    """Bytes with a decimal unit; nothing measured reads as a dash."""
    if count == 0:
        return "-"
    if count < 1000:
        return f"{count} B"
    units = ["kB", "MB", "GB", "TB"]
    value = count / 1000
    while round(value, 2) >= 1000 and len(units) > 1:  # what would read as 1000.00
        value, units = value / 1000, units[1:]
    return f"{value:.2f} {units[0]}"


def figure(results: list[labbook.Result], baseline: float) -> Figure:
    """Accuracies with their intervals, and the majority baseline of the task.

    Raises:
        CourseError: there is no result, or one has no items.
    """
    if not results:
        raise CourseError("There is no result to draw", "work through a lesson to its end")
    rows = [(f"{r.method} ({r.source})", r.accuracy, r.interval) for r in results]
    title = f"Accuracy on {results[0].task}, test split"
    return accuracy_figure(rows, baseline, title, close_up=True)


def write(results: list[labbook.Result], baseline: float, folder: Path) -> None:
    """Write ``scoreboard.json`` and ``scoreboard.png`` into ``folder``.

    The file has a ``note`` where something keeps the results from being compared.

    Raises:
        CourseError: there is no result, one has no items, or the folder cannot be written to.
    """
    write_figure(results, baseline, folder)  # first, as it refuses what cannot be drawn
    rows = [
        {
            "method": r.method,
            "task": r.task,
            "model": r.model,
            "n": r.n,
            "correct": r.correct.count("1"),
            "accuracy": r.accuracy,
            "interval": r.interval,
            "trainable_parameters": r.trainable_parameters,
            "peak_memory_bytes": r.peak_memory,
            "seconds": r.seconds,
            "disk_bytes": r.disk,
            "seed": r.seed,
            "source": r.source,
            "device": r.device,
            "dtype": r.dtype,
            "versions": r.versions,
            "when": r.when,
            "details": r.details,
        }
        for r in results
    ]
    note = labbook.doubts(results)
    notes = {"note": note} if note else {}
    report = plain({"majority_baseline": baseline, **notes, "results": rows})
    with explained("The scoreboard", folder):
        write_report(folder, "scoreboard", report)


def write_figure(results: list[labbook.Result], baseline: float, folder: Path) -> None:
    """Write ``scoreboard.png`` into ``folder``; raises as ``write`` does."""
    drawn = figure(results, baseline)
    with explained("The scoreboard", folder), in_style():
        write_whole(
            folder / "scoreboard.png", lambda part: drawn.savefig(part, format="png", dpi=150)
        )
