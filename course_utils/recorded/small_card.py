"""A 7B model in the memory of a small card, as ``experiments small_card`` measured it.

Lesson 5, *A 7B model on a small card*.
"""

from typing import Any

from course_utils.machine.device import GIB
from course_utils.recorded.reports import read_report


def recorded_small_card() -> dict[str, Any]:
    """What ``study_small_card`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    return read_report("small_card", "small_card")


def in_gib(size: int | None) -> str:
    """``5.24 GiB``; ``nothing`` for what has no figure."""
    return "nothing" if size is None else f"{size / GIB:.2f} GiB"


def describe_small_card(row: dict[str, Any]) -> str:
    """One line on a measured variant."""
    return (
        f"loaded {in_gib(row['loaded'])}, peak {in_gib(row['peak'])}, "
        f"{row['tokens_per_second']:,.0f} tokens/s, loss {row['losses'][0]:.2f} to "
        f"{row['losses'][-1]:.2f}"
    )
