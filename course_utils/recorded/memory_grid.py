"""The memory calculator against a GPU, as ``experiments memory`` measured it.

Lesson 5, *Is it right?*.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from course_utils.machine.device import GIB
from course_utils.methods.names import Method
from course_utils.recorded.reports import read_report


@dataclasses.dataclass
class Row:
    """One cell of the grid.

    Attributes:
        predicted: bytes at the peak, by the calculator.
        moment: at which the most is held, by the calculator.
        measured: ``torch.cuda.max_memory_allocated`` over the steps, less what others held; None if
            they were not run.
        seconds: of the last step.
        note: why it was not run; empty if it was.
    """

    shape: str
    method: Method
    batch: int
    length: int
    checkpointing: bool
    predicted: int
    moment: str
    measured: int | None = None
    seconds: float | None = None
    note: str = ""

    @property
    def error(self) -> float:
        """Prediction over measurement, less 1; only of a row that was run."""
        if self.measured is None:
            raise ValueError(f"this row was not run: {self.note}")
        return self.predicted / self.measured - 1

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Row":
        """A row as it is stored."""
        return cls(**row | {"method": Method(row["method"])})


def recorded_grids() -> dict[str, list[Row]]:
    """The recorded rows by device.

    Raises:
        CourseError: there are none.
    """
    runs = read_report("memory_grid", "memory")
    return {run["device"]: [Row.read(row) for row in run["rows"]] for run in runs}


def describe_cell(row: Row) -> str:
    """One line on a cell."""
    what = f"{row.shape:13} {row.method:16} {row.batch} x {row.length:4}"
    what += " checkpointing" if row.checkpointing else " " * 14
    what += f"  predicted {row.predicted / GIB:7.2f} GiB ({row.moment})"
    if row.measured is None:
        return f"{what}: {row.note}"
    return f"{what}  measured {row.measured / GIB:7.2f} GiB  {row.error:+.1%}  {row.seconds:.2f} s"


def grid_table(rows: Sequence[Row], batch: int, length: int) -> str:
    """Predicted and measured GiB at one batch and length, without and with checkpointing."""
    head = f"{f'GiB, {batch} x {length} tokens':31}{'all activations kept':26}checkpointing"
    lines = [head, f"{'':31}" + f"{'predicted measured error':26}" * 2]
    cells: dict[tuple[str, str], dict[bool, str]] = {}
    for row in rows:
        if (row.batch, row.length) == (batch, length):
            cells.setdefault((row.shape, row.method), {})[row.checkpointing] = _cell(row)
    for (shape, method), found in cells.items():
        columns = (f"{found.get(checkpointing, ''):26}" for checkpointing in (False, True))
        lines.append(f"{shape:14}{method:17}{''.join(columns)}")
    return "\n".join(line.rstrip() for line in lines)


def _cell(row: Row) -> str:
    if row.measured is None:
        return f"{row.predicted / GIB:9.2f}    not run"
    return f"{row.predicted / GIB:9.2f}{row.measured / GIB:9.2f}{row.error:+8.1%}"
