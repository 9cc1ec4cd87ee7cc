"""What full fine-tuning did to the weights, as ``experiments update`` measured it.

Lesson 3, *What did full fine-tuning change?*.
"""

from typing import Any

from course_utils.recorded.reports import read_report


def recorded_update() -> dict[str, Any]:
    """What ``experiments update`` measured; see ``experiments/update.py`` for its fields.

    ``correct_by_rank`` has whole numbers as keys.
    """
    report = read_report("update", "update")
    report["correct_by_rank"] = {int(r): c for r, c in report["correct_by_rank"].items()}
    return report


def share_of_gain(report: dict[str, Any], rank: int) -> float:
    """How much of the gain in accuracy is left when the update is cut to ``rank``."""
    before, whole = (report["correct"][key].count("1") for key in ("before", "linear layers"))
    return (report["correct_by_rank"][rank].count("1") - before) / (whole - before)
