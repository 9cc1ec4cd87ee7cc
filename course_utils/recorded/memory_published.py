"""Peaks of memory that others have published, beside what the calculator predicts.

``memory_published.json`` has each figure with its source, and the settings of the training as far
as the source says them. What it does not say is a guess: rank 16, a plain AdamW and autocast on
the T4; 512 logits at once with torchtune; float32 masters with Qwen. Lesson 5, *Published figures*.
"""

import dataclasses
import json
import textwrap
from typing import Any

import torch

from course_utils.machine.device import GIB
from course_utils.memory.calculator import SMALLER_WORKSPACES, estimate
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.training import Training
from course_utils.settings import RECORDED

UNITS = {"MiB": 2**20, "GiB": GIB, "GB": 10**9}
DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}
OLDER = {  # by its published configuration: Llama-2-7B's sizes, biases of q, k and v, more words
    "Qwen-7B": dataclasses.replace(SHAPES["Llama-2-7B"], vocabulary=151_936, biases=3 * 4096),
}


@dataclasses.dataclass(frozen=True)
class Published:
    """A peak that somebody has published.

    Attributes:
        source: a key of the file's sources.
        model: its name.
        training: how it was trained.
        published: the peak, in the unit.
        unit: a key of ``UNITS``.
        why: what may explain the difference.
    """

    source: str
    model: str
    training: Training
    published: float
    unit: str
    why: str

    @property
    def shape(self) -> Shape:
        """Of the model."""
        return (SHAPES | OLDER)[self.model]

    @property
    def predicted(self) -> float:
        """By the calculator, in the same unit; none of the cards is a Hopper."""
        return estimate(self.shape, self.training, SMALLER_WORKSPACES).peak / UNITS[self.unit]

    @property
    def error(self) -> float:
        """Prediction over what was published, less 1."""
        return self.predicted / self.published - 1


def published_memory() -> list[Published]:
    """All figures, in the order of the file."""
    report = _report()
    return [_read(row, report["settings"][row["source"]]) for row in report["rows"]]


def _report() -> dict[str, Any]:
    return json.loads((RECORDED / "memory_published.json").read_text(encoding="utf-8"))


def _read(row: dict[str, Any], common: dict[str, Any]) -> Published:
    """A row of the file; what it says itself counts before what its source has in common."""
    own = {field.name for field in dataclasses.fields(Published)}
    settings = common | {name: value for name, value in row.items() if name not in own}
    for name in {"dtype", "adapter_dtype"} & set(settings):
        settings[name] = DTYPES[settings[name]]
    if "targets" in settings:
        settings["targets"] = tuple(settings["targets"])
    own -= {"training"}
    return Published(training=Training(**settings), **{name: row[name] for name in own})


def describe_sources() -> str:
    """What each source is and where, in lines of at most 88 characters."""
    sources = _report()["sources"]
    texts = (f"{key}: {source['title']} {source['address']}" for key, source in sources.items())
    return "\n".join(
        textwrap.fill(text, 88, subsequent_indent="  ", break_long_words=False) for text in texts
    )


def beside_predictions(rows: list[Published]) -> list[dict[str, Any]]:
    """A row a figure: model, method, tokens, both peaks, and what may explain the difference."""
    return [
        {
            "source": row.source,
            "model": row.model,
            "method": str(row.training.method).replace(" fine-tuning", ""),
            "tokens": f"{row.training.batch} x {row.training.length}",
            "published": _size(row.published, row.unit),
            "predicted": _size(row.predicted, row.unit),
            "off by": f"{row.error:+.0%}",
            "perhaps because": row.why,
        }
        for row in rows
    ]


def _size(size: float, unit: str) -> str:
    return f"{size:,.0f} {unit}" if unit == "MiB" else f"{size:.1f} {unit}"
