"""What each change to a training of a 7B model does to its memory and its speed, a row each.

Lesson 5, *A 7B model on a small card*.
"""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.machine.device import GIB
from course_utils.recorded.small_card import measured_rows
from course_utils.show.looks import BLUE, ORANGE
from course_utils.show.style import GROUND, HALO, INK, described, headline, styled, subplots

MARKS = (("allocated", "peak", "o"), ("reserved", "reserved", "D"), ("on the card", "card", "s"))


@styled
def small_card_figure(report: dict[str, Any], title: str) -> Figure:
    """Memory on the left, tokens a second on the right; libraries in another colour.

    Args:
        report: as ``recorded.small_card.recorded_small_card`` reads it.
        title: the message.
    """
    rows = measured_rows(report)
    figure, (memory, speed) = subplots(
        1.6 + 0.3 * len(rows), columns=2, sharey=True, width_ratios=[3, 2]
    )
    colours = [ORANGE if name in report["libraries"] else BLUE for name in rows]
    for y, (row, colour) in enumerate(zip(rows.values(), colours)):
        _draw_memory(memory, y, row, colour)
        tokens = row["tokens_per_second"]
        speed.barh(y, tokens, height=0.55, color=colour)
        speed.annotate(f"{tokens:,.0f}", (tokens, y), (3, 0), textcoords="offset points",
                       va="center", fontsize=8, path_effects=HALO)  # fmt: skip
    memory.axvline(report["cap"] / GIB, color=INK, linestyle="--", linewidth=1)
    memory.set_yticks(range(len(rows)), list(rows), parse_math=False)
    left = min(row["peak"] for row in rows.values()) / GIB - 0.6  # room for the number
    memory.set(xlim=(left, None), ylim=(len(rows) - 0.4, -0.6), xlabel="GiB (dashed: the card)")
    speed.set(xlabel="tokens a second")
    speed.xaxis.set_major_formatter("{x:,.0f}")
    speed.margins(x=0.25)
    figure.legend(handles=_legend(), loc="outside lower center", ncols=5)
    headline(figure, title)
    ends = [*report["variants"]][:1] + [*report["variants"]][-1:] + [*report["libraries"]]
    words = "; ".join(_in_words(name, rows[name]) for name in ends if name in rows)
    between = len(rows) - words.count(";") - 1
    return described(figure, f"{words}. {between} rows in between add one change each.")


def _in_words(name: str, row: dict[str, Any]) -> str:
    sizes = f"allocated {row['peak'] / GIB:.2f}, reserved {row['reserved'] / GIB:.2f} GiB"
    return f"{name}: {sizes}, {row['tokens_per_second']:,.0f} tokens a second"


def _draw_memory(axes: Axes, y: int, row: dict[str, Any], colour: str) -> None:
    known = [(row[key] / GIB, marker) for _, key, marker in MARKS if row[key] is not None]
    sizes = [size for size, _ in known]
    axes.plot([min(sizes), max(sizes)], [y, y], color=colour, linewidth=1.5)
    for number, (size, marker) in enumerate(known):
        axes.plot(size, y, marker, color=colour, markersize=5.5,
                  markerfacecolor=colour if number else GROUND)  # fmt: skip
    axes.annotate(f"{sizes[0]:.2f}", (sizes[0], y), (-7, 0), textcoords="offset points",
                  ha="right", va="center", fontsize=8, path_effects=HALO)  # fmt: skip


def _legend() -> list[Line2D]:
    marks = [
        Line2D([], [], marker=marker, color=INK, linestyle="none", label=label,
               markerfacecolor=INK if number else GROUND)
        for number, (label, _, marker) in enumerate(MARKS)
    ]  # fmt: skip
    lines = [Line2D([], [], color=BLUE, label="ours"), Line2D([], [], color=ORANGE, label="others")]
    return [*marks, *lines]
