"""Curves with their names at their ends: schedules, norms, losses (lessons 1 and 2)."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.show.figures import level_line, log_scale
from course_utils.show.looks import looks_of
from course_utils.show.style import described, headline, styled, subplots

Point = tuple[float, float] | tuple[float, float, float, float]
LINE = 11  # points: how far apart two names must stand
MANY = 30  # points of a curve: with more, marks would cover the line


@styled
def curve_figure(
    series: Mapping[str, Sequence[Point]],
    xlabel: str,
    ylabel: str,
    title: str,
    log_x: bool = False,
    log_y: bool = False,
    lines: Mapping[str, float] | None = None,
) -> Figure:
    """Named curves, each with its name at its right end.

    Args:
        series: name to points ``(x, y)``, or ``(x, y, low, high)`` with an interval; x rises. A
            name that begins with a method's has that method's look.
        xlabel, ylabel: of the axes, with units.
        title: the message; give it through ``style.marked`` if this run measured the curves.
        log_x, log_y: logarithmic axes.
        lines: name to y of thin dashed lines across, such as chance.
    """
    figure, axes = subplots(3.6)
    looks = looks_of(series)
    for name, points in series.items():
        x, y, *ends = zip(*points)
        marker = looks[name].marker if len(points) <= MANY else ""
        axes.plot(x, y, marker=marker, color=looks[name].colour, markersize=4.5, linewidth=1.3)
        if ends:
            axes.vlines(x, *ends, color=looks[name].colour, linewidth=1.5)
    if log_x:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    if log_y:
        log_scale(axes)
    for name, level in (lines or {}).items():
        level_line(axes, name, level, right=False)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    _name_ends(axes, {name: points[-1][:2] for name, points in series.items()},
               {name: look.colour for name, look in looks.items()})  # fmt: skip
    headline(figure, title)
    return described(figure, f"{ylabel} by {xlabel}. {_in_words(series, lines or {})}")


def _name_ends(
    axes: Axes, ends: Mapping[str, tuple[float, ...]], colours: Mapping[str, str]
) -> None:
    """The name of each curve at its right end, moved up where it would stand on another."""
    height = 72 * axes.figure.get_figheight() * axes.get_position().height
    to_axes, free = axes.transScale + axes.transLimits, -float("inf")
    up = {name: height * float(to_axes.transform(end)[1]) for name, end in ends.items()}
    for name in sorted(up, key=lambda name: up[name]):
        free = max(up[name], free + LINE)
        axes.annotate(name, ends[name], (6, free - up[name]), textcoords="offset points",
                      va="center", color=colours[name], parse_math=False)  # fmt: skip


def _in_words(series: Mapping[str, Sequence[Point]], lines: Mapping[str, float]) -> str:
    """Where each curve begins and ends, and its lowest and highest point."""
    words = []
    for name, points in series.items():
        y = [point[1] for point in points]
        words.append(
            f"{name}: {y[0]:.3g} at {points[0][0]:g} to {y[-1]:.3g} at {points[-1][0]:g}, "
            f"lowest {min(y):.3g}, highest {max(y):.3g}"
        )
    words += [f"{name}: {level:.3g}" for name, level in lines.items()]
    return "; ".join(words) + "."
