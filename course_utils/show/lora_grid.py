"""The recorded grid of LoRA: figures, one view for each thing that may matter, and their explorer.

Lesson 3, *What matters*.
"""

import dataclasses
from collections.abc import Callable, Sequence

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from course_utils.measure.seeds import Spread, spread
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, by_setting
from course_utils.show.figures import BLUE, GREEN, GREY, ORANGE, RED, display_figure

LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (RED, "D"))  # colour, marker
FULL = ("black", "X")
SEEDS_NOTE = "(mark: mean of 3 seeds, bar: lowest to highest)"
TABLE_NOTE = "mean of 3 seeds \u00b1 half the distance from the lowest to the highest"


@dataclasses.dataclass(frozen=True)
class View:
    """What is varied, and what is held.

    Attributes:
        axis: field of a record along the horizontal axis.
        label: of that axis.
        series: the name of the series that a record belongs to.
        shown: is the record part of this view?
    """

    axis: str
    label: str
    series: Callable[[Record], str]
    shown: Callable[[Record], bool]


def usual_alpha(record: Record) -> bool:
    """Is alpha twice the rank, as in most of the grid?"""
    return record.alpha == 2 * record.rank


VIEWS = {
    "rank": View(
        "learning_rate",
        "learning rate",
        lambda r: f"rank {r.rank}" if r.method == Method.LORA else str(Method.FULL),
        lambda r: r.method == Method.FULL or (r.targets == "all" and usual_alpha(r)),
    ),
    "matrices": View(
        "learning_rate",
        "learning rate (rank 8, alpha 16)",
        lambda r: r.targets,
        lambda r: r.rank == 8 and usual_alpha(r) and r.learning_rate in (5e-4, 2e-3),
    ),
    "alpha": View(
        "alpha",
        "alpha (rank 8, all matrices, learning rate 5e-4)",
        lambda r: "rank 8",
        lambda r: r.rank == 8 and r.targets == "all" and r.learning_rate == 5e-4,
    ),
}


def domain_metric(name: str) -> Callable[[Record], float]:
    """Accuracy on another domain's test items."""
    return lambda record: record.domains[name].count("1") / len(record.domains[name])


METRICS: dict[str, Callable[[Record], float]] = {
    "accuracy on movies": lambda record: record.accuracy,
    "accuracy on tweets": domain_metric("tweets"),
    "accuracy on products": domain_metric("products"),
    "accuracy on editorials": domain_metric("editorials"),
    "perplexity on editorials": lambda record: record.perplexity,
}


def points(records: Sequence[Record], view: str, metric: str) -> dict[str, list[tuple]]:
    """``(place, Spread)`` of each setting in the view, by series; places rise."""
    chosen = VIEWS[view]
    series: dict[str, list[tuple]] = {}
    for group in by_setting(r for r in records if chosen.shown(r)).values():
        point = (getattr(group[0], chosen.axis), spread(group, METRICS[metric]))
        series.setdefault(chosen.series(group[0]), []).append(point)
    order = sorted(series, key=_order)
    return {name: sorted(series[name], key=lambda point: point[0]) for name in order}


def _order(name: str) -> tuple:
    """Ranks as numbers, full fine-tuning last."""
    words = name.split()
    return (name == Method.FULL, int(words[1]) if words[0] == "rank" else 0, name)


def grid_figure(records: Sequence[Record], view: str, metric: str, title: str) -> Figure:
    """One metric of the grid's runs, as one of ``VIEWS`` arranges them."""
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    series = points(records, view, metric)
    looks = dict(zip([name for name in series if name != Method.FULL], LOOKS))
    for number, (name, line) in enumerate(series.items()):
        shift = 1.03 ** (number - (len(series) - 1) / 2)  # so that bars stand side by side
        _draw(axes, name, line, looks.get(name, FULL), shift)
    axes.set(xscale="log", xlabel=VIEWS[view].label, ylabel=f"{metric}\n{SEEDS_NOTE}")
    axes.yaxis.label.set_fontsize(8)
    places = sorted({place for line in series.values() for place, _ in line})
    axes.set_xticks(places, [_place(place) for place in places], fontsize=8)
    axes.minorticks_off()
    if metric.startswith("perplexity"):
        _perplexity_axis(axes)
    axes.set_title(title, fontsize=11)
    figure.legend(fontsize=8, loc="outside right upper")
    return figure


def _perplexity_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")


def _draw(axes: Axes, name: str, line: list[tuple], look: tuple[str, str], shift: float) -> None:
    colour, marker = look
    at = [place * shift for place, _ in line]
    axes.plot(at, [s.mean for _, s in line], color=colour, marker=marker, label=name,
              linestyle="--" if look == FULL else "-")  # fmt: skip
    axes.vlines(at, [s.low for _, s in line], [s.high for _, s in line], color=colour)


def describe_grid(records: Sequence[Record], view: str, metric: str) -> str:
    """A table: a row a place, a column a series; half the distance between the seeds' ends."""
    series = points(records, view, metric)
    cells = {(name, place): s for name, line in series.items() for place, s in line}
    widths = [max(len(name), 13) + 1 for name in series]  # 13: a cell, or "learning rate"

    def line(first: str, row: list[str]) -> str:
        return (f"{first:13}" + "".join(f"{t:>{w}}" for t, w in zip(row, widths))).rstrip()

    lines = [line(VIEWS[view].axis.replace("_", " "), list(series))]
    for place in sorted({place for _, place in cells}):
        row = [_cell(cells[name, place]) if (name, place) in cells else "" for name in series]
        lines.append(line(_place(place), row))
    return "\n".join([*lines, TABLE_NOTE])


def _cell(measured: Spread) -> str:
    half, digits = (measured.high - measured.low) / 2, 3 if measured.mean < 1.5 else 0
    return f"{measured.mean:.{digits}f} \u00b1 {half:.{digits}f}"


def _place(value: float) -> str:
    """A learning rate as 5e-6, an alpha as 16."""
    return f"{value:g}" if value >= 1 else f"{value:.0e}".replace("e-0", "e-")


def trade_figure(records: Sequence[Record], title: str) -> Figure:
    """What every setting gains on movies against what it does to perplexity, means over seeds."""
    figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
    series: dict[str, list[tuple]] = {}
    for group in by_setting(r for r in records if VIEWS["rank"].shown(r)).values():
        name = VIEWS["rank"].series(group[0])
        means = [spread(group, METRICS[m]).mean for m in ("accuracy on movies",
                                                          "perplexity on editorials")]  # fmt: skip
        series.setdefault(name, []).append((group[0].learning_rate, *means))
    names = sorted(series, key=_order)
    looks = dict(zip([name for name in names if name != Method.FULL], LOOKS))
    for name in names:
        _, accuracy, perplexity = zip(*sorted(series[name]))
        colour, marker = looks.get(name, FULL)
        style = "--" if name == Method.FULL else "-"
        axes.plot(accuracy, perplexity, style, color=colour, marker=marker, label=name)
    axes.set(xlabel="accuracy on movies", ylabel="perplexity on editorials")
    _perplexity_axis(axes)
    axes.set_title(title)
    axes.legend(fontsize=8, title="each line: the learning rate rises", title_fontsize=8)
    axes.grid(color=GREY, alpha=0.2)
    return figure


def grid_explorer(records: Sequence[Record]) -> ipywidgets.Widget:
    """Choose what is varied and what is measured: the figure and its numbers follow."""
    view = ipywidgets.Dropdown(options=list(VIEWS), description="vary")
    metric = ipywidgets.Dropdown(options=list(METRICS), description="measure")

    def show(view: str, metric: str) -> None:
        message = f"{view}: {metric} (recorded)"
        display_figure(lambda: grid_figure(records, view, metric, message))
        print(describe_grid(records, view, metric))

    output = ipywidgets.interactive_output(show, {"view": view, "metric": metric})
    return ipywidgets.VBox([ipywidgets.HBox([view, metric]), output])
