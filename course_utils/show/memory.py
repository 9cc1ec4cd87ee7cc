"""What fills a GPU's memory: bars, a table, and an explorer (lesson 5, *All of it*)."""

from collections.abc import Sequence
from typing import Any

import ipywidgets
import torch
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate
from course_utils.memory.cards import CARDS, on_card
from course_utils.memory.report import Answer
from course_utils.memory.shapes import SHAPES
from course_utils.memory.sharding import STAGES
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, YELLOW
from course_utils.show.style import (
    GROUND,
    described,
    headline,
    show,
    styled,
    subplots,
)
from course_utils.show.tables import Table, table

# What a bar is made of: parts of an estimate, colour, hatching.
GROUPS = {
    "weights": (("weights", "gathered weights"), BLUE, ""),
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


ALL = "all four"
DTYPES = {
    "bfloat16, float32 masters": torch.bfloat16,
    "float16, float32 masters": torch.float16,
    "float32": torch.float32,
}


def answers(
    model: str,
    method: str,
    batch: int,
    length: int,
    dtype: torch.dtype,
    checkpointing: bool,
    card: str = "T4",
    **more: Any,
) -> dict[str, Answer]:
    """What ``python -m course_utils memory`` says of one method, or of each.

    Args:
        model: a key of ``memory.shapes.SHAPES``.
        method: one of ``METHODS``, or ``ALL``.
        card: a key of ``memory.cards.CARDS``.
        more: other fields of ``Training``.
    """
    chosen = METHODS if method == ALL else (Method(method),)
    trainings = (Training(name, batch, length, dtype, checkpointing, **more) for name in chosen)
    return {
        training.method: Answer(model, SHAPES[model], on_card(training, card), card)
        for training in trainings
    }


def memory_table(found: dict[str, Answer], caption: str) -> Table:
    """A row a method: peak, moment, what is reserved, where it fits, the card's largest batch."""
    rows = []
    for method, answer in found.items():
        facts = answer.facts()
        rows.append(
            {
                "method": str(method),
                "peak (GiB)": facts["peak"] / GIB,
                "at the moment": facts["moment"],
                "reserved": facts["reserved"] / GIB,
                "fits on": _fits(facts["fits on"]),
                "largest batch": facts["largest batch"] or "none",
            }
        )
    return table(rows, caption, {"peak (GiB)": 2, "reserved": 2})


def _fits(cards: list[str]) -> str:
    return f"{cards[0]} and larger" if cards else "none of these GPUs"


def memory_explorer() -> Explorer:
    """Choose a model, a method, a batch, a precision, GPUs and more; see what fills the memory."""
    menu = ipywidgets.Dropdown
    controls = {
        "model": menu(options=list(SHAPES), value="Llama-2-7B", description="model"),
        "method": menu(options=[ALL, *map(str, METHODS)], description="method"),
        "batch": menu(options=[2**i for i in range(8)], value=4, description="batch"),
        "length": menu(options=[2**i for i in range(6, 14)], value=512, description="tokens"),
        "dtype": menu(options=list(DTYPES), description="precision"),
        "checkpointing": ipywidgets.Checkbox(True, description="checkpointing"),
        "step_in_backward": ipywidgets.Checkbox(False, description="step in the backward pass"),
        "gpus": menu(options=[2**i for i in range(7)], description="GPUs"),
        "stage": menu(options=list(STAGES), value=3, description="ZeRO stage"),
        "card": menu(options=list(CARDS), value="T4", description="card"),
    }

    def draw(model: str, method: str, batch: int, length: int, dtype: str, checkpointing: bool,
             card: str, **more: Any) -> None:  # fmt: skip
        found = answers(model, method, batch, length, DTYPES[dtype], checkpointing, card, **more)
        title = f"{model}, {batch} x {length} tokens"
        title += f", on each of {more['gpus']} GPUs" if more["gpus"] > 1 else ""
        show(memory_figure([(name, answer.need) for name, answer in found.items()], title))
        display(memory_table(found, f"{title}; largest batch on {card}"))

    return explorer(draw, controls)
