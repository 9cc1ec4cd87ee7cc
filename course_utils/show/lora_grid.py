"""The recorded grid of LoRA: figures, one view for each thing that may matter, and their explorer.

Lesson 3, *What matters*.
"""

import dataclasses
from collections.abc import Callable, Sequence

import ipywidgets
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from course_utils.measure.seeds import Spread, spread
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, by_setting
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import Look, looks_of
from course_utils.show.style import described, headline, legend_above, show, styled, subplots
from course_utils.show.tables import Table, table

RANKS = {  # all are LoRA, so all are blue
    "rank 1": Look("#56B4E9", "v"),
    "rank 2": Look("#2E8BC9", "^"),
    "rank 8": Look("#0072B2", "o"),
    "rank 32": Look("#00304F", "P"),
}
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


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Of the series of a view."""
    return {name: RANKS.get(name, other) for name, other in looks_of(names).items()}


@styled
def grid_figure(records: Sequence[Record], view: str, metric: str, title: str) -> Figure:
    """One metric of the grid's runs, as one of ``VIEWS`` arranges them."""
    figure, axes = subplots(3.7)
    series = points(records, view, metric)
    for number, (name, look) in enumerate(looks(list(series)).items()):
        shift = 1.03 ** (number - (len(series) - 1) / 2)  # so that bars stand side by side
        _draw(axes, name, series[name], look, shift)
    axes.set(xscale="log", xlabel=VIEWS[view].label, ylabel=f"{metric}\n{SEEDS_NOTE}")
    axes.yaxis.label.set_fontsize(8)
    places = sorted({place for line in series.values() for place, _ in line})
    axes.set_xticks(places, [_place(place) for place in places])
    axes.minorticks_off()
    if metric.startswith("perplexity"):
        _perplexity_axis(axes)
    legend_above(axes, 5)
    headline(figure, title)
    best = "; ".join(_best_in_words(name, line, metric) for name, line in series.items())
    return described(figure, f"{metric} by {VIEWS[view].label}, mean of 3 seeds. {best}.")


def _best_in_words(name: str, line: list[tuple], metric: str) -> str:
    """Of a series: where its mean is best, and what it is there."""
    better = min if metric.startswith("perplexity") else max
    place, found = better(line, key=lambda point: point[1].mean)
    return f"{name}: best {_number(found.mean)} at {_place(place)}"


def _perplexity_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")


def _draw(axes: Axes, name: str, line: list[tuple], look: Look, shift: float) -> None:
    at = [place * shift for place, _ in line]
    axes.plot(at, [s.mean for _, s in line], color=look.colour, marker=look.marker, label=name,
              linestyle=_dashes(name))  # fmt: skip
    axes.vlines(at, [s.low for _, s in line], [s.high for _, s in line], color=look.colour)


def _dashes(name: str) -> str:
    return "--" if name == Method.FULL else "-"


def grid_table(records: Sequence[Record], view: str, metric: str) -> Table:
    """A row a place, a column a series; half the distance between the seeds' ends."""
    series = points(records, view, metric)
    cells = {(place, name): s for name, line in series.items() for place, s in line}
    first = VIEWS[view].axis.replace("_", " ")
    rows: list[dict[str, str | None]] = []
    for place in sorted({place for place, _ in cells}):
        row = {n: _cell(cells[place, n]) if (place, n) in cells else None for n in series}
        rows.append({first: _place(place), **row})
    return table(rows, f"{metric}: {TABLE_NOTE}")


def _cell(measured: Spread) -> str:
    half = (measured.high - measured.low) / 2
    return f"{_number(measured.mean)} \u00b1 {half:.{_decimals(measured.mean)}f}"


def _number(mean: float) -> str:
    return f"{mean:.{_decimals(mean)}f}"


def _decimals(mean: float) -> int:
    """Three of an accuracy, none of a perplexity."""
    return 3 if mean < 1.5 else 0


def _place(value: float) -> str:
    """A learning rate as 5e-6, an alpha as 16."""
    return f"{value:g}" if value >= 1 else f"{value:.0e}".replace("e-0", "e-")


@styled
def trade_figure(records: Sequence[Record], title: str) -> Figure:
    """What every setting gains on movies against what it does to perplexity, means over seeds."""
    figure, (high, low) = subplots(4.6, 2, 1, sharex=True, height_ratios=(1, 1.6))
    series: dict[str, list[tuple]] = {}
    for group in by_setting(r for r in records if VIEWS["rank"].shown(r)).values():
        name = VIEWS["rank"].series(group[0])
        means = [spread(group, METRICS[m]).mean for m in ("accuracy on movies",
                                                          "perplexity on editorials")]  # fmt: skip
        series.setdefault(name, []).append((group[0].learning_rate, *means))
    for name, look in looks(sorted(series, key=_order)).items():
        _, accuracy, perplexity = zip(*sorted(series[name]))
        for axes in (high, low):
            axes.plot(accuracy, perplexity, _dashes(name), color=look.colour, label=name,
                      marker=look.marker)  # fmt: skip
    _break(high, low, [perplexity for line in series.values() for *_, perplexity in line])
    low.set(xlabel="accuracy on movies (along each line the learning rate rises)")
    figure.supylabel("perplexity on editorials (upper part: logarithmic)", fontsize=9)
    legend_above(high, 5)
    headline(figure, title)
    ends = "; ".join(_end_in_words(name, series[name]) for name in sorted(series, key=_order))
    return described(figure, f"At the highest learning rate of each series: {ends}.")


def _break(high: Axes, low: Axes, values: Sequence[float]) -> None:
    """Cut the vertical axis: most values lie close together, a few far above them."""
    least, cut = min(values), 1.25 * min(values)
    low.set_ylim(least - 0.05 * (cut - least), cut)
    _perplexity_axis(high)
    high.set_ylim(cut, 1.1 * max(2 * cut, *values))
    high.spines["bottom"].set_visible(False)
    high.tick_params(axis="x", length=0)
    for axes in (high, low):
        axes.grid()


def _end_in_words(name: str, line: list[tuple]) -> str:
    rate, accuracy, perplexity = max(line)
    return f"{name} at {_place(rate)}: accuracy {accuracy:.3f}, perplexity {perplexity:.0f}"


def grid_explorer(records: Sequence[Record]) -> Explorer:
    """Choose what is varied and what is measured: the figure and its numbers follow."""
    view = ipywidgets.Dropdown(options=list(VIEWS), description="vary")
    metric = ipywidgets.Dropdown(options=list(METRICS), description="measure")

    def draw(view: str, metric: str) -> None:
        show(grid_figure(records, view, metric, f"{view}: {metric} (recorded)"))
        display(grid_table(records, view, metric))

    return explorer(draw, {"view": view, "metric": metric})
