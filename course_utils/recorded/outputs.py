"""What the GPU cells of lesson 5 printed on a GPU: recorded once, shown where there is none.

``experiments gpu_lesson`` makes the record; the whole executed notebook is ``solutions/recorded/``.
"""

import re
from collections.abc import Mapping
from typing import Any

from course_utils.errors import CourseError
from course_utils.model.identity import model_name
from course_utils.recorded.reports import read_report
from course_utils.settings import COURSE_MODEL

NAME, STUDY = "qlora_gpu_outputs", "gpu_lesson"
CALL = re.compile(r'show_recorded\("([^"]+)"\)')  # in a cell that has a record


def show_recorded(name: str) -> None:
    """Print what a cell printed when the lesson ran on a GPU; device, date and versions first.

    With a model of the learner's own (``COURSE_MODEL``), say that it was another one.

    Args:
        name: of the cell, which is the one that calls ``show_recorded`` with it.

    Raises:
        CourseError: no cell was recorded under this name.
    """
    record = read_report(NAME, STUDY)
    if name not in record["cells"]:
        raise CourseError(
            f"There is no recorded output '{name}'",
            f"make it on a GPU with: python -m course_utils experiments {STUDY}",
        )
    packages = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
    print(f"Not run here. Recorded on {record['device']}, {record['date']}\n({packages}):\n")
    print(record["cells"][name]["printed"])
    if model_name() != COURSE_MODEL:
        print(f"\nThis was {COURSE_MODEL}, and not your model.")


def outputs_of(notebook: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What to record of an executed notebook: by name, each cell's source and what it printed."""
    found = {}
    for cell in notebook["cells"]:
        source = _text(cell["source"])
        if cell["cell_type"] == "code" and (call := CALL.search(source)):
            texts = [_text(o["text"]) for o in cell["outputs"] if o.get("name") == "stdout"]
            found[call[1]] = {"source": source, "printed": "".join(texts).rstrip("\n")}
    return found


def _text(value: str | list[str]) -> str:
    """nbformat stores a text as one string or as a list of lines."""
    return "".join(value)
