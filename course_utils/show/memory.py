"""What fills a GPU's memory: bars, the calculator's error, and an explorer.

Lesson 5, *All of it* and *Is it right?*.
"""

from collections.abc import Sequence

import ipywidgets
import torch
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from course_utils.machine.device import GIB
from course_utils.memory.calculator import (
    CARDS,
    METHODS,
    Estimate,
    Training,
    estimate,
    fitting_cards,
)
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded.memory_grid import Row
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, YELLOW, look
from course_utils.show.style import (
    GROUND,
    described,
    headline,
    legend_above,
    show,
    styled,
    subplots,
)
from course_utils.show.tables import Table, table

# What a bar is made of: parts of an estimate, colour, hatching.
GROUPS = {
    "weights": (("weights",), BLUE, ""),
    "quantisation constants": (("quantisation constants",), SKY, "//"),
    "adapters or soft prompt": (("adapters", "soft prompt"), YELLOW, "xx"),
    "optimiser": (("optimiser",), GREEN, "\\\\"),
    "gradients": (("gradients",), PINK, "--"),
    "activations": (("activations", "recomputed layer"), ORANGE, ".."),
    "logits": (("logits",), RED, "||"),
    "temporary, workspaces": (("temporary", "workspaces"), GREY, "++"),
}


@styled
def memory_figure(bars: Sequence[tuple[str, Estimate]], title: str) -> Figure:
    """One stacked bar a training, at its peak, against the memory of common GPUs."""
    figure, axes = subplots(2.1 + 0.45 * len(bars))
    for y, (_, need) in enumerate(bars):
        left = 0.0
        for label, (names, colour, hatch) in GROUPS.items():
            size = sum(need.parts.get(name, 0) for name in names) / GIB
            axes.barh(y, size, left=left, height=0.6, color=colour, hatch=hatch,
                      edgecolor="white", linewidth=0, label=label if y == 0 else None)  # fmt: skip
            left += size
        axes.annotate(f"{left:.1f}", (left, y), (5, 0), textcoords="offset points", va="center",
                      bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1})  # fmt: skip
    _show_cards(axes, max(need.peak for _, need in bars) / GIB)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.7)
    axes.set(xlabel="GiB at the peak of a training step")
    headline(figure, title)
    figure.legend(loc="outside lower center", ncols=4)
    peaks = "; ".join(_peak_in_words(name, need) for name, need in bars)
    return described(figure, f"Memory at the peak of a training step: {peaks}.")


def _peak_in_words(name: str, need: Estimate) -> str:
    """The peak, and the part that is largest."""
    sizes = {
        group: sum(need.parts.get(part, 0) for part in parts)
        for group, (parts, *_) in GROUPS.items()
    }
    largest = max(sizes, key=lambda group: sizes[group])
    return f"{name} {need.peak / GIB:.1f} GiB, most of it {largest} ({sizes[largest] / GIB:.1f})"


def _show_cards(axes: Axes, largest: float) -> None:
    """A line for the memory of each GPU near the bars, named above the axes."""
    cards = {name: size for name, size in CARDS.items() if size < 1.6 * largest}
    cards = cards or {"T4": CARDS["T4"]}
    width = 1.12 * max(largest, *cards.values())
    axes.set_xlim(0, width)
    named, right = {}, 2 * width
    for name, size in reversed(cards.items()):
        axes.axvline(size, color="black", linestyle="--", linewidth=1)
        if right - size > 0.05 * width:  # else its name would stand on its neighbour's
            named[name] = right = size
    top = axes.secondary_xaxis("top")
    top.set_xticks(list(named.values()), list(named), rotation=20, ha="left", fontsize=8)


@styled
def grid_figure(rows: Sequence[Row], title: str) -> Figure:
    """The error of each prediction against what was measured; only rows that were run."""
    figure, axes = subplots(3.4)
    axes.axhspan(-0.05, 0.05, color=GREY, alpha=0.2)
    axes.annotate("within 5 %", (0, 0.05), (4, -3), xycoords=axes.get_yaxis_transform(),
                  textcoords="offset points", va="top", fontsize=8)  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=1)
    for method in METHODS:
        own = [row for row in rows if row.method == method]
        run = [(row.measured / GIB, row.error) for row in own if row.measured is not None]
        axes.plot([peak for peak, _ in run], [error for _, error in run], look(method).marker,
                  color=look(method).colour, label=method, linestyle="none")  # fmt: skip
    measured = [row for row in rows if row.measured is not None]
    limit = max([0.06, *(1.15 * abs(row.error) for row in measured)])
    axes.set(xscale="log", xlabel="measured peak (GiB)", ylabel="predicted too much by",
             ylim=(-limit, limit))  # fmt: skip
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    legend_above(axes)
    headline(figure, title)
    return described(figure, _errors_in_words(measured))


def _errors_in_words(rows: Sequence[Row]) -> str:
    """How many peaks of each method, and between which errors they were predicted."""
    errors = {m: [row.error for row in rows if row.method == m] for m in METHODS}
    ranges = [
        f"{method}, {len(own)} runs: {min(own):+.1%} to {max(own):+.1%}"
        for method, own in errors.items()
        if own
    ]
    return f"Predicted peak against the measured one, by method. {'; '.join(ranges)}."


ALL = "all four"
DTYPES = {
    "bfloat16, float32 masters": torch.bfloat16,
    "float16, float32 masters": torch.float16,
    "float32": torch.float32,
}


def estimates(
    model: str, method: str, batch: int, length: int, dtype: torch.dtype, checkpointing: bool
) -> dict[str, Estimate]:
    """The estimate of one method, or of each.

    Args:
        model: a key of ``memory.shapes.SHAPES``.
        method: one of ``METHODS``, or ``ALL``.
    """
    chosen = METHODS if method == ALL else (Method(method),)
    return {
        name: estimate(SHAPES[model], Training(name, batch, length, dtype, checkpointing))
        for name in chosen
    }


def memory_table(found: dict[str, Estimate], caption: str) -> Table:
    """A row a method: its peak, the moment of it and the smallest of the GPUs it fits on."""
    rows = [
        {
            "method": str(method),
            "peak (GiB)": estimated.peak / GIB,
            "at the moment": estimated.moment,
            "fits on": _fits(fitting_cards(estimated.peak)),
        }
        for method, estimated in found.items()
    ]
    return table(rows, caption, {"peak (GiB)": 2})


def _fits(cards: list[str]) -> str:
    return f"{cards[0]} and larger" if cards else "none of these GPUs"


def memory_explorer() -> Explorer:
    """Choose a model, a method, a batch, a length and a precision; see what fills the memory."""
    menu = ipywidgets.Dropdown
    controls = {
        "model": menu(options=list(SHAPES), value="Llama-2-7B", description="model"),
        "method": menu(options=[ALL, *map(str, METHODS)], description="method"),
        "batch": menu(options=[2**i for i in range(8)], value=4, description="batch"),
        "length": menu(options=[2**i for i in range(6, 14)], value=512, description="tokens"),
        "dtype": menu(options=list(DTYPES), description="precision"),
        "checkpointing": ipywidgets.Checkbox(True, description="checkpointing"),
    }

    def draw(
        model: str, method: str, batch: int, length: int, dtype: str, checkpointing: bool
    ) -> None:
        found = estimates(model, method, batch, length, DTYPES[dtype], checkpointing)
        title = f"{model}, {batch} x {length} tokens"
        show(memory_figure(list(found.items()), title))
        display(memory_table(found, title))

    return explorer(draw, controls)
