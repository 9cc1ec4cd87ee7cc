"""One panel a task, two in a row, with the same axes (lesson 6)."""

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.show.style import subplots

COLUMNS = 2
ROW, REST = 2.1, 1.2  # inches: of a row of panels, and of title and legend


def small_multiples(titles: list[str], xlabel: str, **options: Any) -> tuple[Figure, list[Axes]]:
    """A figure with a titled panel for each; the lowest in each column has ticks and label.

    Args:
        titles: one a panel.
        options: of ``Figure.subplots``, such as ``sharey``.
    """
    rows = math.ceil(len(titles) / COLUMNS)
    figure, grid = subplots(REST + ROW * rows, rows, COLUMNS, squeeze=False, sharex=True, **options)
    panels = list(grid.flatten())
    for axes in panels[len(titles) :]:
        axes.set_axis_off()
    panels = panels[: len(titles)]
    for axes, title in zip(panels, titles):
        axes.set_title(title, loc="left")
    for axes in panels[-COLUMNS:]:
        axes.set_xlabel(xlabel)
        axes.xaxis.set_tick_params(labelbottom=True)
    return figure, panels
