"""The recorded runs of QLoRA on a GPU, as tables; ``experiments qlora`` makes them.

Lesson 5, *Through the libraries, on a GPU*.
"""

from typing import Any

from course_utils.machine.device import GIB
from course_utils.measure.seeds import compare_means
from course_utils.methods.names import Method
from course_utils.recorded.reports import read_report
from course_utils.recorded.runs import Record, recorded

METHODS = (Method.LORA, Method.QLORA, Method.QLORA_LIBRARIES)
TITLES = {method: f"{method}, by hand" for method in METHODS[:2]} | {METHODS[2]: str(METHODS[2])}
WIDTH = max(map(len, TITLES.values())) + 1


def runs() -> dict[Method, list[Record]]:
    """The runs of each method, one a seed."""
    found: dict[Method, list[Record]] = {}
    for record in sorted(recorded("qlora"), key=lambda record: record.seed):
        found.setdefault(record.method, []).append(record)
    return {method: found[method] for method in METHODS}


def accuracy_table() -> str:
    """A line a method: mean accuracy, every seed's, the difference from LoRA; then where it ran."""
    found = runs()
    answers = {method: [r.correct for r in seeds] for method, seeds in found.items()}
    lines = []
    for method, seeds in found.items():
        each = ", ".join(f"{record.accuracy:.3f}" for record in seeds)
        mean = sum(record.accuracy for record in seeds) / len(seeds)
        line = f"{TITLES[method]:{WIDTH}} {mean:.3f} ({each})"
        if method != Method.LORA:
            line += f"  {compare_means(answers[method], answers[Method.LORA])}"
        lines.append(line)
    first = found[Method.QLORA][0]
    lines.append(f"n = {len(first.correct)} items, {first.steps} steps of {first.batch_size}")
    for method, seeds in found.items():
        where = sorted({f"{record.device}, {record.date}" for record in seeds})
        lines.append(f"{TITLES[method]:{WIDTH}} recorded on {'; '.join(where)}")
    return "\n".join(lines)


def step_report() -> dict[str, Any]:
    """What ``qlora_step.json`` holds.

    Raises:
        CourseError: it was never recorded.
    """
    return read_report("qlora_step", "qlora")


def step_table() -> str:
    """A line for each method and way: milliseconds of a step, and what it adds to the memory.

    The last is the peak less what was held before the steps: the model and its adapters.
    """
    report = step_report()
    lines = [f"{'':{WIDTH}} {'way':14} {'ms a step':>10} {'steps add':>10}"]
    for method in METHODS:
        for way, measured in report[method].items():
            added = f"{(measured['peak_memory'] - measured['before']) / GIB:.2f} GiB"
            milliseconds = f"{1000 * measured['seconds']:.0f}"
            lines.append(f"{TITLES[method]:{WIDTH}} {way:14} {milliseconds:>10} {added:>10}")
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines.append(
        f"median of {report['steps']} steps of {report['batch_size']} reviews; recorded on "
        f"{report['device']}, {report['date']}"
    )
    return "\n".join([*lines, versions])
