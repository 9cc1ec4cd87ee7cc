"""The scoreboard: what the lab book says of every method, side by side.

``make run`` prints it; lesson 3 shows its table (*Only the adapter on disk*).
"""

from pathlib import Path

import pandas
from matplotlib.figure import Figure

from course_utils.lab import labbook
from course_utils.recorded.reports import write_report
from course_utils.show.figures import accuracy_figure


def table(results: list[labbook.Result]) -> pandas.DataFrame:
    """One row a result, ready to be shown; ``source`` says whose figure it is."""
    return pandas.DataFrame([_row(result) for result in results])


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
        "source": result.source,
    }


def _size(count: int) -> str:
    """Bytes with a decimal unit; nothing measured reads as a dash."""
    if count == 0:
        return "-"
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:.2f} {unit}"
    return f"{count} B"


def figure(results: list[labbook.Result], baseline: float) -> Figure:
    """Accuracies with their intervals, and the majority baseline of the task."""
    rows = [(f"{r.method} ({r.source})", r.accuracy, r.interval) for r in results]
    return accuracy_figure(rows, baseline, f"Accuracy on {results[0].task}, test split")


def write(results: list[labbook.Result], baseline: float, folder: Path) -> None:
    """Write ``scoreboard.json`` and ``scoreboard.png`` into ``folder``.

    The file has a ``note`` where the learner's results come from different versions of the course.
    """
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
            "versions": r.versions,
            "when": r.when,
            "details": r.details,
        }
        for r in results
    ]
    note = labbook.mixed_versions(results)
    notes = {"note": note} if note else {}
    write_report(folder, "scoreboard", {"majority_baseline": baseline, **notes, "results": rows})
    figure(results, baseline).savefig(folder / "scoreboard.png", dpi=150)
