"""Rows of a report: dataclasses whose answers are packed, as those of recorded runs are.

The reports of ``experiments how_much`` and ``label_counts`` (lesson 2) are lists of them.
"""

import dataclasses
from typing import Any, TypeVar

from course_utils.recorded import runs

T = TypeVar("T")


def to_row(record: Any) -> dict[str, Any]:
    """The fields of a dataclass; its ``correct``, one character an item, as hexadecimal digits."""
    row = dataclasses.asdict(record)
    if "correct" in row:
        row["correct"] = runs.pack(row["correct"])
    return row


def from_row(kind: type[T], row: dict[str, Any]) -> T:
    """The dataclass that ``to_row`` made a row of."""
    if "correct" in row:
        row = row | {"correct": runs.unpack(row["correct"])}
    return kind(**row)
