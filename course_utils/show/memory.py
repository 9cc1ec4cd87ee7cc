"""What fills a GPU's memory: bars, the calculator's error, and an explorer.

Lesson 5, *All of it* and *Is it right?*.
"""

from collections.abc import Sequence

import ipywidgets
import matplotlib.pyplot as plt
import torch
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
from course_utils.show.figures import BLUE, GREEN, GREY, ORANGE, RED, display_figure

# What a bar is made of: parts of an estimate, colour, hatching. Okabe and Ito's palette.
GROUPS = {
    "weights": (("weights",), BLUE, ""),
    "quantisation constants": (("quantisation constants",), "#56B4E9", "//"),
    "adapters or soft prompt": (("adapters", "soft prompt"), "#F0E442", "xx"),
    "optimiser": (("optimiser",), GREEN, "\\\\"),
    "gradients": (("gradients",), "#CC79A7", "--"),
    "activations": (("activations", "recomputed layer"), ORANGE, ".."),
    "logits": (("logits",), RED, "||"),
    "temporary, workspaces": (("temporary", "workspaces"), GREY, "++"),
}
LOOKS = dict(zip(METHODS, ((RED, "s"), (BLUE, "o"), (GREEN, "^"), (ORANGE, "D"))))


def memory_figure(bars: Sequence[tuple[str, Estimate]], title: str) -> Figure:
    """One stacked bar a training, at its peak, against the memory of common GPUs."""
    figure, axes = plt.subplots(figsize=(8.5, 1.9 + 0.45 * len(bars)), layout="constrained")
    for y, (_, need) in enumerate(bars):
        left = 0.0
        for label, (names, colour, hatch) in GROUPS.items():
            size = sum(need.parts.get(name, 0) for name in names) / GIB
            axes.barh(y, size, left=left, height=0.6, color=colour, hatch=hatch,
                      edgecolor="white", linewidth=0, label=label if y == 0 else None)  # fmt: skip
            left += size
        axes.annotate(f"{left:.1f}", (left, y), (5, 0), textcoords="offset points", va="center",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    _show_cards(axes, max(need.peak for _, need in bars) / GIB)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.7)
    axes.set(xlabel="GiB at the peak of a training step")
    axes.set_title(title)
    figure.legend(loc="outside lower center", ncols=4, fontsize=8)
    return figure


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


def grid_figure(rows: Sequence[Row], title: str) -> Figure:
    """The error of each prediction against what was measured; only rows that were run."""
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.axhspan(-0.05, 0.05, color=GREY, alpha=0.2, label="within 5 %")
    axes.axhline(0, color=GREY, linewidth=1)
    for method, (colour, marker) in LOOKS.items():
        own = [row for row in rows if row.method == method]
        run = [(row.measured / GIB, row.error) for row in own if row.measured is not None]
        axes.plot([peak for peak, _ in run], [error for _, error in run], marker,
                  color=colour, label=method, linestyle="none")  # fmt: skip
    limit = max([0.06, *(1.15 * abs(row.error) for row in rows if row.measured is not None)])
    axes.set(xscale="log", xlabel="measured peak (GiB)", ylabel="predicted too much by",
             ylim=(-limit, limit))  # fmt: skip
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_title(title)
    axes.legend(fontsize=8, ncols=2)
    return figure


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


def describe_memory(found: dict[str, Estimate]) -> str:
    """One line a method: its peak, the moment of it and the GPUs it fits on."""
    lines = []
    for method, estimated in found.items():
        cards = fitting_cards(estimated.peak)
        fits = f"fits on {cards[0]} and larger" if cards else "fits on none of these GPUs"
        peak = f"{estimated.peak / GIB:8.2f} GiB"
        lines.append(f"{method:17}{peak} at the moment '{estimated.moment}': {fits}")
    return "\n".join(lines)


def memory_explorer() -> ipywidgets.Widget:
    """Choose a model, a method, a batch, a length and a precision; see what fills the memory."""
    model = ipywidgets.Dropdown(options=list(SHAPES), value="Llama-2-7B", description="model")
    method = ipywidgets.Dropdown(options=[ALL, *METHODS], description="method")
    batch = ipywidgets.SelectionSlider(options=[2**i for i in range(8)], value=4,
                                       description="batch")  # fmt: skip
    length = ipywidgets.SelectionSlider(options=[2**i for i in range(6, 14)], value=512,
                                        description="tokens")  # fmt: skip
    dtype = ipywidgets.Dropdown(options=list(DTYPES), description="precision")
    checkpointing = ipywidgets.Checkbox(True, description="checkpointing")

    def show(
        model: str, method: str, batch: int, length: int, dtype: str, checkpointing: bool
    ) -> None:
        found = estimates(model, method, batch, length, DTYPES[dtype], checkpointing)
        title = f"{model}, {batch} x {length} tokens"
        display_figure(lambda: memory_figure(list(found.items()), title))
        print(describe_memory(found))

    controls = {
        "model": model,
        "method": method,
        "batch": batch,
        "length": length,
        "dtype": dtype,
        "checkpointing": checkpointing,
    }
    output = ipywidgets.interactive_output(show, controls)
    return ipywidgets.VBox([*controls.values(), output])
