"""The one reader of reports: what a study measured, as one JSON file in this folder."""

import json
from typing import Any

from course_utils import settings
from course_utils.errors import CourseError


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
