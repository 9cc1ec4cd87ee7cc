"""Accuracy against labels for every method, and a table of where the curves cross (lesson 6)."""

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.errors import CourseError
from course_utils.recorded.labels import WORDS
from course_utils.recorded.ladder import TRAINED, Rung
from course_utils.recorded.learning_curves import (
    METHODS,
    CurvePoint,
    crossing_of,
    curve,
    more_labels,
)
from course_utils.show.figures import level_line
from course_utils.show.looks import look
from course_utils.show.style import described, headline, legend_above, styled, subplots
from course_utils.show.tables import Table, table

APART = 1.05  # factor between methods at the same number of labels
PAIRS = [(first, second) for i, second in enumerate(METHODS) for first in METHODS[i + 1 :]]


@styled
def learning_curves_figure(rungs: Iterable[Rung]) -> Figure:
    """A curve a method, with 95 % intervals over the draws of the labels.

    Args:
        rungs: of ``recorded.labels.recorded_labels``; what is missing is left out.

    Raises:
        CourseError: no method has a point.
    """
    rungs = list(rungs)
    curves = {method: curve(rungs, method) for method in METHODS}
    points = {m: [p for p in found if p.labels] for m, found in curves.items()}
    points = {method: found for method, found in points.items() if found}
    if not points:
        raise CourseError(
            "The study of labels has no method with labels",
            "run the study: python -m course_utils experiments labels",
        )
    figure, axes = subplots(4.2)
    for number, (method, found) in enumerate(points.items()):
        _draw(axes, method, found, APART ** (number - (len(points) - 1) / 2))
    for point in curves[WORDS]:
        if not point.labels:
            level_line(axes, "a prompt, without labels", point.accuracy)
    ticks = sorted({point.labels for found in points.values() for point in found})
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    more = more_labels(rungs)
    note = f" (and {more} that choose rate and weights of what is trained)" if more else ""
    axes.set(xlabel=f"labels to learn from{note}", ylabel="accuracy (bars: 95 % over draws)")
    legend_above(axes, 5)
    headline(figure, crossing_sentence(rungs))
    return described(figure, f"Accuracy by labels. {'; '.join(map(_in_words, points.items()))}.")


def crossing_sentence(rungs: Iterable[Rung]) -> str:
    """From how many labels on each trained method stays ahead of the prompts beyond doubt."""
    rungs = list(rungs)
    found = {method: crossing_of(rungs, method, WORDS) for method in TRAINED}
    known = {method: each for method, each in found.items() if each is not None}
    if not known:
        return "Accuracy by number of labels"
    parts = [f"{m} {_from(each.sure, each.labels)}" for m, each in known.items()]
    return f"Labels from which on the best prompt is beaten beyond doubt: {', '.join(parts)}"


def crossing_table(rungs: Iterable[Rung], pairs: Sequence[tuple[str, str]] | None = None) -> Table:
    """A row a pair: from how many labels on the first stays ahead of the second.

    Args:
        rungs: of the study of labels.
        pairs: names of methods; None for all, those that need more labels first.
    """
    rungs, rows, draws = list(rungs), [], 0
    for first, second in PAIRS if pairs is None else pairs:
        found = crossing_of(rungs, first, second)
        if found is None:
            continue
        draws = max(draws, *(p.draws for m in (first, second) for p in curve(rungs, m)))
        rows.append({
            "method": first,
            "stays ahead of": second,
            "from labels": _from(found.ahead, found.labels),
            "beyond doubt": _from(found.sure, found.labels),
        })  # fmt: skip
    return table(rows, f"Where learning curves cross, of up to {draws} draws of the labels")


def _from(labels: float, measured: Sequence[int]) -> str:
    """A number of labels with two digits, as far as it was measured."""
    if math.isinf(labels):
        return f"not by {measured[-1]:,}"
    if labels == measured[0]:
        return f"{measured[0]:,} or fewer"
    return two_digits(labels)


def two_digits(labels: float) -> str:
    """A number of labels between two that were measured, no more exact than it is."""
    return f"{round(labels, -max(0, int(math.log10(labels)) - 1)):,.0f}"


def _draw(axes: Axes, method: str, found: Sequence[CurvePoint], apart: float) -> None:
    drawn = look(method)
    x = [point.labels * apart for point in found]
    axes.plot(x, [point.accuracy for point in found], marker=drawn.marker, color=drawn.colour,
              markersize=5, linewidth=1.3, label=method)  # fmt: skip
    for place, point in zip(x, found):
        if point.draws > 1:
            axes.vlines(place, point.low, point.high, color=drawn.colour, linewidth=1.5)


def _in_words(item: tuple[str, Sequence[CurvePoint]]) -> str:
    method, found = item
    ends = [found[0], found[-1]] if len(found) > 1 else [found[0]]
    return f"{method} " + " to ".join(f"{p.accuracy:.3f} at {p.labels:,}" for p in ends)
