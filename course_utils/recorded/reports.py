"""Reports: what a study measured, as one JSON file in this folder; one reader, one writer."""

import json
from pathlib import Path
from typing import Any

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.files import write_text


def read_report(name: str, study: str) -> Any:
    """What ``NAME.json`` holds.

    Args:
        name: of the report.
        study: that makes it: ``python -m course_utils experiments STUDY``.

    Raises:
        CourseError: it was never recorded.
    """
    path = settings.RECORDED / f"{name}.json"
    if not path.exists():
        raise CourseError(
            f"There is no recorded report '{name}'",
            f"make it on a GPU with: python -m course_utils experiments {study}",
        )
    return json.loads(path.read_text(encoding="utf-8"))


def write_report(folder: Path, name: str, report: Any) -> None:
    """Write ``NAME.json``, an entry or a row a line: short to read, and small in a diff."""
    write_text(folder / f"{name}.json", _lines(report, depth=2) + "\n")


def _lines(value: Any, depth: int) -> str:
    """JSON whose outer ``depth`` levels of objects, and lists of objects, have a line an entry."""
    if isinstance(value, dict) and value and depth > 0:
        entries = (f"{json.dumps(key)}: {_lines(v, depth - 1)}" for key, v in value.items())
        return "{\n" + ",\n".join(entries) + "\n}"
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        flat = not any(isinstance(v, (dict, list)) for entry in value for v in entry.values())
        return "[\n" + ",\n".join(_lines(v, 0 if flat else depth - 1) for v in value) + "\n]"
    return json.dumps(value, allow_nan=False)
