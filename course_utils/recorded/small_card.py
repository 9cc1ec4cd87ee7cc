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


def measured_rows(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows with figures, by name: the variants in their order, then the libraries."""
    rows = report["variants"] | report["libraries"]
    return {name: row for name, row in rows.items() if "peak" in row}


def small_card_rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows for ``show.tables.table``; memory in GiB, None where it is not known."""
    return [
        {
            "training": name,
            "allocated": row["peak"] / GIB,
            "reserved": row["reserved"] / GIB,
            "on the card": _known(row["card"]),
            "in the computer": _known(row["host"]),
            "tokens/s": row["tokens_per_second"],
        }
        for name, row in measured_rows(report).items()
    ]


def _known(size: int | None) -> float | None:
    return None if size is None else size / GIB


def in_gib(size: int | None) -> str:
    """``5.24 GiB``; ``nothing`` for what has no figure."""
    return "nothing" if size is None else f"{size / GIB:.2f} GiB"


def describe_small_card(row: dict[str, Any]) -> str:
    """One line on a measured variant, or why it has no figures."""
    if "note" in row:
        return row["note"]
    return (
        f"loaded {in_gib(row['loaded'])}, peak {in_gib(row['peak'])}, reserved "
        f"{in_gib(row['reserved'])}, {row['tokens_per_second']:,.0f} tokens/s, loss "
        f"{row['losses'][0]:.2f} to {row['losses'][-1]:.2f}"
    )
