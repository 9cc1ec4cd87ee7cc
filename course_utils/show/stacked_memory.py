"""Bytes by part, as stacked bars (lesson 2)."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.show.looks import SERIES, Look
from course_utils.show.style import GROUND, described, headline, styled, subplots

GB = 1e9
BEHIND = {"facecolor": GROUND, "edgecolor": "none", "pad": 1}  # a number on hatching
ROOM = 0.09  # of the axis: a shorter part has no room for its number


@styled
def memory_bars(bars: Sequence[tuple[str, Mapping[str, float]]], title: str) -> Figure:
    """One stacked bar a row, in GB (10**9 bytes), with its total; same parts have the same look.

    Args:
        bars: ``(name, {part: bytes})``; the first stands on top; at most seven different parts.
        title: the message.
    """
    figure, axes = subplots(1.6 + 0.5 * len(bars))
    parts = dict.fromkeys(part for _, sizes in bars for part in sizes)
    looks = dict(zip(parts, SERIES))
    longest = max(sum(sizes.values()) for _, sizes in bars) / GB
    for y, (_, sizes) in enumerate(bars):
        total = _draw(axes, y, sizes, looks, longest)
        axes.annotate(f"{total:.2f} GB", (total, y), (5, 0), textcoords="offset points",
                      va="center", fontweight="bold")  # fmt: skip
    axes.set_yticks(range(len(bars)), [name for name, _ in bars], parse_math=False)
    axes.set(ylim=(len(bars) - 0.5, -0.5), xlim=(0, 1.15 * longest), xlabel="GB")
    handles = [axes.barh(0, 0, label=part, **_fill(look)) for part, look in looks.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    headline(figure, title)
    words = (f"{name} {sum(s.values()) / GB:.2f} GB: {_parts_in_words(s)}" for name, s in bars)
    return described(figure, "; ".join(words) + ".")


def _draw(
    axes: Axes, y: int, sizes: Mapping[str, float], looks: Mapping[str, Look], longest: float
) -> float:
    """A bar, with the number of each part that has room for it; its length in GB."""
    left = 0.0
    for part, size in sizes.items():
        width = size / GB
        axes.barh(y, width, left=left, height=0.6, **_fill(looks[part]))
        if width > ROOM * longest:
            axes.annotate(f"{width:.2f}", (left + width / 2, y), ha="center", va="center",
                          fontsize=8, bbox=BEHIND)  # fmt: skip
        left += width
    return left


def _fill(look: Look) -> dict[str, object]:
    return {"color": look.colour, "hatch": look.hatch, "edgecolor": GROUND, "linewidth": 0}


def _parts_in_words(sizes: Mapping[str, float]) -> str:
    return ", ".join(f"{part} {size / GB:.2f}" for part, size in sizes.items())
