"""How often a prompt says positive, by the order of its shots (lesson 1)."""

from collections.abc import Sequence

import numpy
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.show.figures import level_line
from course_utils.show.looks import looks_of
from course_utils.show.style import described, headline, legend_above, marked, styled, subplots

SPREAD = 0.3  # how far from the middle of its group a mark stands at most
GOLDEN = 0.618  # steps of this share of the width never meet, so marks lie apart


@styled
def order_figure(points: Sequence[tuple[str, str, float]], title: str) -> Figure:
    """A mark an order of the shots, in groups side by side, and a bar at each group's mean.

    Marks of a group stand beside each other, in the same places every time.

    Args:
        points: ``(group, family, value)``: the group along the horizontal axis, such as the label
            of the last shot; the family gives colour and marker, such as the draw of shots; the
            value is the share of items called positive, in [0, 1].
        title: the message; in a quick run the figure says so after it.
    """
    figure, axes = subplots(3.8)
    groups = list(dict.fromkeys(group for group, _, _ in points))
    families = looks_of(family for _, family, _ in points)
    words = []
    for x, group in enumerate(groups):
        own = [(family, value) for name, family, value in points if name == group]
        for number, (family, value) in enumerate(own):
            at = x + SPREAD * (2 * (number * GOLDEN % 1) - 1)
            drawn = families[family]
            axes.plot(at, value, drawn.marker, color=drawn.colour, alpha=0.8)
        mean = float(numpy.mean([value for _, value in own]))
        axes.plot([x - SPREAD - 0.05, x + SPREAD + 0.05], [mean, mean], color="black", linewidth=2)
        axes.annotate(f"mean {mean:.2f}", (x + SPREAD + 0.05, mean), (4, 0), va="center",
                      textcoords="offset points", fontsize=8)  # fmt: skip
        low, high = min(value for _, value in own), max(value for _, value in own)
        words.append(f"{group}, {len(own)} orders: mean {mean:.2f}, {low:.2f} to {high:.2f}")
    level_line(axes, "half", 0.5)
    axes.set_xticks(range(len(groups)), groups, parse_math=False)
    axes.set(ylim=(-0.03, 1.03), xlim=(-0.6, len(groups) - 0.3), ylabel="share called positive")
    handles = [
        Line2D([], [], color=drawn.colour, marker=drawn.marker, linestyle="none", label=name)
        for name, drawn in families.items()
    ]
    legend_above(axes, 6, handles=handles)
    headline(figure, marked(title))
    return described(figure, f"Share called positive, by group. {'; '.join(words)}.")
