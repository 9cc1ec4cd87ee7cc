"""Figures that several lessons show: one message each, said in the title."""

import math
from collections.abc import Sequence

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from course_utils.show.looks import BLUE, GREY, RED, look
from course_utils.show.style import (
    HALO,
    described,
    headline,
    legend_above,
    marked,
    styled,
    subplots,
)

CHANCE = math.log(2)  # nats: the loss of two labels at even odds


@styled
def loss_figure(
    losses: Sequence[float],
    validations: Sequence[tuple[int, float]],
    steps: int,
    title: str = "Loss at the answer",
) -> Figure:
    """Training and validation loss, over a run of ``steps`` steps.

    Args:
        losses: one a step, each of another batch, so no line joins them.
        validations: ``(steps done, validation loss)`` pairs.
        title: what tells the run from others.
    """
    figure, axes = subplots(3)
    done = numpy.arange(1, len(losses) + 1)
    axes.plot(done, losses, ".", color=BLUE, markersize=6, label="training, one batch")
    if validations:
        axes.plot(*zip(*validations), "D-", color=RED, markersize=5, label="validation")
    axes.set(xlim=(-0.03 * steps, 1.03 * steps), xlabel="step", ylabel="loss (nats)")
    log_scale(axes)
    level_line(axes, "ln 2: two labels at even odds", CHANCE)
    legend_above(axes)
    headline(figure, marked(title))
    return described(figure, _losses_in_words(losses, validations, steps))


def _losses_in_words(
    losses: Sequence[float], validations: Sequence[tuple[int, float]], steps: int
) -> str:
    text = f"Loss at the answer by step, logarithmic axis: {len(losses)} of {steps} steps"
    if losses:
        text += f"; training, one batch each, from {losses[0]:.3f} to {losses[-1]:.3f}"
    if validations:
        best, low = min(validations, key=lambda pair: pair[1])
        text += f"; validation from {validations[0][1]:.3f} to {validations[-1][1]:.3f}"
        text += f", lowest {low:.3f} after {best} steps"
    return f"{text}. A line marks ln 2, {CHANCE:.3f}."


def log_scale(axes: Axes) -> None:
    """A logarithmic vertical axis with plain numbers at 1, 2 and 5."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def level_line(axes: Axes, name: str, level: float, right: bool = True) -> None:
    """A thin dashed line across, with its name above its right end, or its left one."""
    axes.axhline(level, color=GREY, linestyle="--", linewidth=1)
    inwards = -3 if right else 3
    axes.annotate(name, (float(right), level), (inwards, 2), xycoords=axes.get_yaxis_transform(),
                  textcoords="offset points", ha="right" if right else "left", va="bottom",
                  fontsize=8, path_effects=HALO)  # fmt: skip


def baseline_line(axes: Axes, baseline: float) -> None:
    """A thin dashed line at the accuracy of the majority class, with its name above it."""
    axes.axvline(baseline, color=GREY, linestyle="--", linewidth=1)
    axes.annotate(f"majority baseline {baseline:.3f}", (baseline, 1), (0, 2), ha="center",
                  va="bottom", xycoords=axes.get_xaxis_transform(), fontsize=8,
                  textcoords="offset points")  # fmt: skip


def _beyond(axes: Axes, baseline: float) -> bool:
    """Name a baseline that lies left of all that is drawn; False for any other."""
    if axes.get_xlim()[0] <= baseline:
        return False
    axes.set_xlim(*axes.get_xlim())
    axes.annotate(f"\u2190 majority baseline {baseline:.3f}", (0, 1), (0, 2), ha="left",
                  va="bottom", xycoords="axes fraction", textcoords="offset points",
                  fontsize=8)  # fmt: skip
    return True


@styled
def accuracy_figure(
    rows: list[tuple[str, float, tuple[float, float]]],
    baseline: float,
    title: str,
    recorded: bool = False,
    close_up: bool = False,
) -> Figure:
    """Accuracies with their intervals, one row a method, and a baseline.

    Args:
        rows: ``(name, accuracy, (low, high))``, shares in [0, 1]; the first stands on top. A name
            that begins with a method's has that method's colour and marker.
        baseline: accuracy of the majority class.
        title: the message; in a quick run the figure says so after it.
        recorded: nothing of it was measured in this run, so it is the same in a quick one.
        close_up: the axis has room for the intervals alone, and the baseline left of it a name.
    """
    figure, axes = subplots(1.1 + 0.38 * len(rows))
    for y, (name, accuracy, (low, high)) in enumerate(rows):
        drawn = look(name)
        axes.plot([low, high], [y, y], color=drawn.colour, linewidth=2)
        axes.plot(accuracy, y, drawn.marker, color=drawn.colour)
        axes.annotate(f"{accuracy:.3f}", (accuracy, y), (0, 6), textcoords="offset points",
                      ha="center", fontsize=8)  # fmt: skip
    if not (close_up and _beyond(axes, baseline)):
        baseline_line(axes, baseline)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows], parse_math=False)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set(xlabel="accuracy (bar: 95 % interval)")
    headline(figure, title if recorded else marked(title))
    found = "; ".join(f"{n} {a:.3f} [{low:.3f}, {high:.3f}]" for n, a, (low, high) in rows)
    return described(
        figure, f"Accuracy and 95 % interval. Majority baseline: {baseline:.3f}. {found}."
    )
