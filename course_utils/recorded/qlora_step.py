"""A step of QLoRA on a GPU, as ``experiments qlora_step`` measured it: seconds and memory.

Lesson 5, *What a step costs*.
"""

from typing import Any

from course_utils.machine.device import GIB
from course_utils.methods.names import Method
from course_utils.recorded.reports import read_report

METHODS = (Method.LORA, Method.QLORA, Method.QLORA_LIBRARIES)


def step_report() -> dict[str, Any]:
    """What ``qlora_step.json`` holds.

    Raises:
        CourseError: it was never recorded.
    """
    return read_report("qlora_step", "qlora_step")


def step_rows() -> list[dict[str, object]]:
    """A row for each method and way: milliseconds of a step, and GiB held and added.

    Held is what was there before the steps, the model and its adapters; added is the peak less
    that.
    """
    report, rows = step_report(), []
    for method in METHODS:
        for way, measured in report[method].items():
            added = measured["peak_memory"] - measured["before"]
            rows.append({
                "method": str(method),
                "way": way,
                "ms a step": round(1000 * measured["seconds"]),
                "GiB held": measured["before"] / GIB,
                "GiB added": added / GIB,
            })  # fmt: skip
    return rows


def where() -> str:
    """On how many steps the rows were measured, and on what: for a caption."""
    report = step_report()
    return (
        f"Recorded: median of {report['steps']} steps of {report['batch_size']} reviews, "
        f"{report['device']}, {report['date']}"
    )
