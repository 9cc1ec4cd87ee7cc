"""The memory calculator on trainings that it was not made with, as they were measured.

Studies ``memory_held_out`` and ``memory_in_backward``. Lesson 5, *Is it right?*.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import torch

from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, estimate
from course_utils.memory.cards import reserved
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.training import Training
from course_utils.recorded.reports import read_report

SETS = ("development", "held out")
DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}


@dataclasses.dataclass(frozen=True)
class Row:
    """One training, predicted and measured; sizes in bytes.

    Attributes:
        model: a key of ``memory.shapes.SHAPES``.
        layers: how many of its layers; None for all.
        training: how it was trained.
        predicted: at the peak, as written down before anything was measured.
        predicted_reserved: the same of what PyTorch reserves.
        moment: of the peak, by the same prediction.
        measured: ``torch.cuda.max_memory_allocated``.
        reserved: ``torch.cuda.max_memory_reserved``.
    """

    model: str
    layers: int | None
    training: Training
    predicted: int
    predicted_reserved: int
    moment: str
    measured: int
    reserved: int

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Row":
        """A row as it is stored."""
        fields = [field.name for field in dataclasses.fields(Training)]
        settings = {name: row[name] for name in fields if name in row}
        for name in ("dtype", "adapter_dtype"):
            settings[name] = DTYPES.get(settings[name])
        return cls(
            row["model"],
            row["layers"],
            Training(**settings),
            row["predicted"],
            row["predicted reserved"],
            row["moment"],
            row["measured"],
            row["reserved"],
        )

    @property
    def shape(self) -> Shape:
        """Of the model with so many layers; those left out have no windows that matter."""
        shape = SHAPES[self.model]
        layers = self.layers or shape.layers
        return dataclasses.replace(shape, layers=layers, windowed=min(layers, shape.windowed))

    @property
    def now(self) -> Estimate:
        """What today's calculator says."""
        return estimate(self.shape, self.training)

    @property
    def error(self) -> float:
        """Prediction over measurement, less 1."""
        return self.predicted / self.measured - 1

    @property
    def error_now(self) -> float:
        """The same of today's calculator."""
        return self.now.peak / self.measured - 1

    @property
    def reserved_error(self) -> float:
        """The same as ``error`` of what is reserved."""
        return self.predicted_reserved / self.reserved - 1

    @property
    def reserved_error_now(self) -> float:
        """The same of today's calculator."""
        return reserved(self.now, self.training.checkpointing) / self.reserved - 1


def recorded_held_out() -> dict[str, Any]:
    """Device, versions and date of the report, and its rows as ``Row`` by the names in ``SETS``.

    Raises:
        CourseError: it was not recorded.
    """
    return _recorded("memory_held_out")


def recorded_in_backward() -> dict[str, Any]:
    """The same of full fine-tuning whose optimiser steps in the backward pass.

    Raises:
        CourseError: it was not recorded.
    """
    return _recorded("memory_in_backward")


def _recorded(study: str) -> dict[str, Any]:
    report = read_report(study, study)
    return report | {name: [Row.read(row) for row in report[name]] for name in SETS}


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A row for each kind of prediction: how many came how near."""
    kinds: dict[str, tuple[Callable[[Row], float], Callable[[Row], float]]] = {
        "written down before": (lambda row: row.error, lambda row: row.reserved_error),
        "mended since": (lambda row: row.error_now, lambda row: row.reserved_error_now),
    }
    return [
        {
            "prediction": name,
            "trainings": len(rows),
            "peak within 5 %": _within(map(peak, rows), 0.05),
            "within 10 %": _within(map(peak, rows), 0.10),
            "reserved within 15 %": _within(map(kept, rows), 0.15),
        }
        for name, (peak, kept) in kinds.items()
    ]


def _within(errors: Any, limit: float) -> int:
    return sum(abs(error) <= limit for error in errors)


def missed(rows: Sequence[Row], limit: float = 0.05) -> list[dict[str, Any]]:
    """The trainings whose peak was predicted further off than this, before and mended."""
    return [
        {
            "model": row.model,
            "method": str(row.training.method),
            "tokens": f"{row.training.batch} x {row.training.length}",
            "peak (GiB)": row.measured / GIB,
            "before": f"{row.error:+.1%}",
            "mended": f"{row.error_now:+.1%}",
        }
        for row in rows
        if abs(row.error) > limit
    ]


def describe_held_out(row: dict[str, Any]) -> str:
    """One line on a row as it is stored; a note where it could not be measured."""
    what = f"{row['model']} {row['method']} {row['batch']} x {row['length']} {row['dtype']}"
    what += " checkpointing" if row["checkpointing"] else ""
    what += f" ({row['precision']}, {row['attention']}): "
    if "note" in row:
        return what + row["note"]
    found = Row.read(row)
    return what + (
        f"{found.predicted / GIB:.2f} for {found.measured / GIB:.2f} GiB ({found.error:+.1%}), "
        f"reserved {found.predicted_reserved / GIB:.2f} for {found.reserved / GIB:.2f} "
        f"({found.reserved_error:+.1%})"
    )
