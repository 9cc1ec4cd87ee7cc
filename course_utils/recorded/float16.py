"""Training in float16 against bfloat16, as ``experiments float16`` measured it.

Lesson 5, *float16, where there is no bfloat16*.
"""

from typing import Any

import torch

from course_utils.measure.evaluation import compare, wilson_interval
from course_utils.recorded.reports import read_report

DTYPES = (torch.bfloat16, torch.float16)


def recorded_float16() -> dict[str, Any]:
    """What ``study_float16`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    return read_report("float16", "float16")


def float16_table(report: dict[str, Any]) -> str:
    """Accuracy of each method in both precisions, and the paired difference."""
    lines = []
    for method in report["rates"]:
        answers = []
        for dtype in map(dtype_name, DTYPES):
            row = report["runs"][f"{method} {dtype}"]
            right, n = row["correct"].count("1"), len(row["correct"])
            low, high = wilson_interval(right, n)
            lines.append(
                f"{method:16} {dtype:8} accuracy {right / n:.3f} [{low:.3f}, {high:.3f}], n = {n}, "
                f"{row['skipped']} of {report['steps']} steps skipped"
            )
            answers.append(row["correct"])
        lines.append(f"bfloat16 against float16: {compare(*answers)}")
    return "\n".join(lines)


def dtype_name(dtype: torch.dtype) -> str:
    """``bfloat16`` of ``torch.bfloat16``."""
    return str(dtype).removeprefix("torch.")
