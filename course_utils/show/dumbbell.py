"""Accuracies of prompts before and after a change, a row each (lesson 1)."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.show.figures import baseline_line
from course_utils.show.looks import looks_of
from course_utils.show.style import GROUND, HALO, described, headline, marked, styled, subplots

Row = tuple[str, str, float, float] | tuple[str, str, Mapping[str, float]]
MARKERS = ("o", "D", "^")  # of stages; the first is hollow


@styled
def dumbbell_figure(
    rows: Sequence[Row],
    title: str,
    baseline: float | None = None,
    before: str = "as it is",
    after: str = "calibrated",
) -> Figure:
    """One row a prompt, a line from before to after; markers by stage, colours by family.

    Args:
        rows: ``(name, family, before, after)``, or ``(name, family, {stage: value})`` with the
            same two or three stages in every row; shares in [0, 1]; the first stands on top.
        title: the message; in a quick run the figure says so after it.
        baseline: accuracy of the majority class, a dashed line.
        before, after: names of the stages of rows of four.
    """
    found = [(str(r[0]), str(r[1]), _stages(r, before, after)) for r in rows]
    figure, axes = subplots(1.5 + 0.25 * len(rows))
    families = looks_of(family for _, family, _ in found)
    for y, (_, family, stages) in enumerate(found):
        values, colour = list(stages.values()), families[family].colour
        axes.plot([min(values), max(values)], [y, y], color=colour, linewidth=1.5)
        for number, value in enumerate(values):
            axes.plot(value, y, MARKERS[number], color=colour, markersize=5.5,
                      markerfacecolor=colour if number else GROUND)  # fmt: skip
        for value, side in ((min(values), -1), (max(values), 1)):
            axes.annotate(f"{value:.3f}", (value, y), (7 * side, 0), fontsize=8, va="center",
                          ha="left" if side > 0 else "right", path_effects=HALO,
                          textcoords="offset points")  # fmt: skip
    if baseline is not None:
        baseline_line(axes, baseline)
    axes.set_yticks(range(len(found)), [name for name, *_ in found], parse_math=False)
    axes.set(ylim=(len(found) - 0.4, -0.6), xlabel="accuracy")
    axes.margins(x=0.1)
    names = list(found[0][2]) if found else []
    marks = [
        Line2D([], [], marker=marker, color="black", linestyle="none", label=name,
               markerfacecolor="black" if number else GROUND)
        for number, (name, marker) in enumerate(zip(names, MARKERS))
    ]  # fmt: skip
    lines = [Line2D([], [], color=drawn.colour, label=name) for name, drawn in families.items()]
    figure.legend(handles=[*marks, *lines], loc="outside lower center", ncols=6)
    headline(figure, marked(title))
    words = "; ".join(f"{name} {_values_in_words(stages)}" for name, _, stages in found)
    return described(figure, f"Accuracy by prompt, {' then '.join(names)}: {words}.")


def _stages(row: Row, before: str, after: str) -> Mapping[str, float]:
    """Stage to value."""
    return {before: row[2], after: row[3]} if len(row) == 4 else row[2]


def _values_in_words(stages: Mapping[str, float]) -> str:
    return " to ".join(f"{value:.3f}" for value in stages.values())
