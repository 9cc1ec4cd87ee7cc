"""The recorded grid of LoRA: figures, one view for each thing that may matter, and their explorer.

Lesson 3, *What matters* and its optional sections. The grid chooses settings, so its runs are
measured on validation items.
"""

import dataclasses
import textwrap
from collections.abc import Callable, Mapping, Sequence

import ipywidgets
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from course_utils.measure.seeds import Spread, spread
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, by_setting, chosen
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import Look, looks_of
from course_utils.show.style import described, headline, legend_above, show, styled, subplots
from course_utils.show.tables import Table, table

FACTORS = {0.5: "v", 2.0: "o", 8.0: "^", 16.0: "s", 32.0: "P"}  # a marker for each alpha / r
RANK_COLOURS = {1: "#56B4E9", 8: "#0072B2", 32: "#00304F"}  # all are LoRA, so all are blue
RANKS = {
    "rank 1": Look(RANK_COLOURS[1], "v"),
    "rank 8": Look(RANK_COLOURS[8], "o"),
    "rank 32": Look(RANK_COLOURS[32], "P"),
}
PISSA = "rank 8, PiSSA's start"
ROOM = 0.1  # of accuracy below the best that a figure shows


@dataclasses.dataclass(frozen=True)
class View:
    """What is varied, and what is held.

    Attributes:
        label: of the horizontal axis.
        place: where a record stands on it.
        series: the name of the series that a record belongs to.
        shown: is the record part of this view?
    """

    label: str
    place: Callable[[Record], float]
    series: Callable[[Record], str]
    shown: Callable[[Record], bool]


def factor(record: Record) -> float:
    """``alpha / rank``, by which LoRA's update is multiplied."""
    return record.alpha / record.rank


def _rate(record: Record) -> float:
    return record.learning_rate


def _everywhere(record: Record) -> bool:
    """LoRA on all matrices, from its usual start."""
    return record.method == Method.LORA and record.targets == "all" and not record.init


def _name(record: Record) -> str:
    return f"rank {record.rank}" if record.method == Method.LORA else str(record.method)


VIEWS = {
    "rank": View(
        "learning rate (alpha is twice the rank)",
        _rate,
        _name,
        lambda r: r.method == Method.FULL or _everywhere(r) and factor(r) == 2,
    ),
    "alpha": View(
        "learning rate",
        _rate,
        lambda r: f"rank {r.rank}, factor {factor(r):g}",
        _everywhere,
    ),
    "alpha x rate": View(
        "learning rate x factor (factor: alpha / rank)",
        lambda r: float(f"{r.learning_rate * factor(r):.3g}"),
        lambda r: f"rank {r.rank}, factor {factor(r):g}",
        _everywhere,
    ),
    "matrices": View(
        "learning rate (rank 8, alpha 16)",
        _rate,
        lambda r: r.targets,
        lambda r: r.rank == 8 and factor(r) == 2 and not r.init and r.learning_rate in (5e-4, 2e-3),
    ),
    "start": View(
        "learning rate",
        _rate,
        lambda r: PISSA if r.init else "rank 8",
        lambda r: r.rank == 8 and (bool(r.init) or _everywhere(r) and factor(r) == 2),
    ),
}
METRICS: dict[str, Callable[[Record], float]] = {
    "accuracy on movies": lambda record: record.accuracy,
    "validation loss": lambda record: record.best[1],
    "perplexity on editorials": lambda record: record.perplexity,
}

SHORT = dict(zip(METRICS, ("accuracy", "loss", "perplexity")))  # in a table


def points(records: Sequence[Record], view: str, metric: str) -> dict[str, list[tuple]]:
    """``(place, Spread)`` of each setting in the view, by series; places rise."""
    chosen = VIEWS[view]
    series: dict[str, list[tuple]] = {}
    for group in by_setting(r for r in records if chosen.shown(r)).values():
        point = (chosen.place(group[0]), spread(group, METRICS[metric]))
        series.setdefault(chosen.series(group[0]), []).append(point)
    order = sorted(series, key=_order)
    return {name: sorted(series[name], key=lambda point: point[0]) for name in order}


def _order(name: str) -> tuple:
    """Ranks and factors as numbers, full fine-tuning last."""
    words = name.replace(",", "").split()
    numbers = [float(word) for word in words if word.replace(".", "").isdigit()]
    return (name == Method.FULL, numbers, name)


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Of the series of a view: the colour is that of the rank, the marker that of the factor."""
    found = {name: RANKS.get(name, other) for name, other in looks_of(names).items()}
    for name in names:
        if ", factor " in name:
            rank, number = name.removeprefix("rank ").split(", factor ")
            found[name] = Look(RANK_COLOURS[int(rank)], FACTORS[float(number)])
    return found


@styled
def grid_figure(records: Sequence[Record], view: str, metric: str, title: str) -> Figure:
    """One metric of the grid's runs, as one of ``VIEWS`` arranges them."""
    figure, axes = subplots(3.9)
    series = points(records, view, metric)
    for number, (name, look) in enumerate(looks(list(series)).items()):
        shift = 1.02 ** (number - (len(series) - 1) / 2)  # so that bars stand side by side
        _draw(axes, name, series[name], look, shift)
    axes.set(xscale="log", xlabel=VIEWS[view].label, ylabel=metric)
    places = sorted({place for line in series.values() for place, _ in line})
    if len(places) <= 12:
        axes.set_xticks(places, [_place(place) for place in places])
        axes.minorticks_off()
    if metric.startswith("accuracy"):
        _leave_out_low(axes, series)
    else:
        _log_axis(axes)
    legend_above(axes, 4)
    headline(figure, title)
    best = "; ".join(_best_in_words(name, line, metric) for name, line in series.items())
    return described(figure, f"{metric} by {VIEWS[view].label}, mean over seeds. {best}.")


def _leave_out_low(axes: Axes, series: Mapping[str, list[tuple]]) -> None:
    """Cut the vertical axis below, so that settings that failed do not flatten the others."""
    means = {(name, place): s.mean for name, line in series.items() for place, s in line}
    least = max(means.values()) - ROOM
    below = [f"{name} at {_place(place)}: {_number(mean)}" for (name, place), mean in means.items()
             if mean < least]  # fmt: skip
    if below:
        axes.set_ylim(least, None)
        words = textwrap.fill(f"not drawn: {'; '.join(below)}", 110)
        axes.text(0.01, 0.02, words, transform=axes.transAxes, fontsize=7.5)


def _best_in_words(name: str, line: list[tuple], metric: str) -> str:
    """Of a series: where its mean is best, and what it is there."""
    better = max if metric.startswith("accuracy") else min
    place, found = better(line, key=lambda point: point[1].mean)
    return f"{name}: best {_number(found.mean)} at {_place(place)}"


def _log_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    steps = (1, 2, 5) if high > 8 * low else (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 7)
    axes.yaxis.set_major_locator(LogLocator(subs=steps))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")


def _draw(axes: Axes, name: str, line: list[tuple], look: Look, shift: float) -> None:
    at = [place * shift for place, _ in line]
    axes.plot(at, [s.mean for _, s in line], color=look.colour, marker=look.marker, label=name,
              linestyle=_dashes(name), markersize=5)  # fmt: skip
    axes.vlines(at, [s.low for _, s in line], [s.high for _, s in line], color=look.colour)


def _dashes(name: str) -> str:
    return "--" if name == Method.FULL else "-"


def best_rates(records: Sequence[Record], view: str) -> dict[str, list[Record]]:
    """Of each series of a view the records at the rate with the lowest mean validation loss."""
    shown = VIEWS[view]
    series: dict[str, list[Record]] = {}
    for record in records:
        if shown.shown(record):
            series.setdefault(shown.series(record), []).append(record)
    return {name: chosen(series[name]) for name in sorted(series, key=_order)}


def tried_rates(records: Sequence[Record], view: str, name: str) -> list[float]:
    """The learning rates that a series was tried at, rising."""
    shown = VIEWS[view]
    return sorted({r.learning_rate for r in records if shown.shown(r) and shown.series(r) == name})


def best_table(records: Sequence[Record], view: str) -> Table:
    """A row a series, at its best rate; and the rates that were tried."""
    best, rows = best_rates(records, view), []
    for name, group in best.items():
        tried = tried_rates(records, view, name)
        rows.append(
            {
                "series": name,
                "best rate": _place(group[0].learning_rate),
                "tried": f"{len(tried)}, {_place(tried[0])} to {_place(tried[-1])}",
            }
            | {SHORT[metric]: spread(group, read).mean for metric, read in METRICS.items()}
        )
    seeds = _span({len(group) for group in best.values()})
    items = _span({len(group[0].correct) for group in best.values()})
    caption = (
        f"Each at the rate of the lowest validation loss, mean of {seeds} seeds; accuracy on "
        f"{items} other validation items"
    )
    return table(rows, caption, {SHORT["perplexity on editorials"]: 1})


def _span(numbers: set[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def grid_table(records: Sequence[Record], view: str, metric: str) -> Table:
    """A row a place, a column a series; half the distance between the seeds' ends."""
    series = points(records, view, metric)
    cells = {(place, name): s for name, line in series.items() for place, s in line}
    rows: list[dict[str, str | None]] = []
    for place in sorted({place for place, _ in cells}):
        row = {n: _cell(cells[place, n]) if (place, n) in cells else None for n in series}
        rows.append({VIEWS[view].label.split(" (")[0]: _place(place), **row})
    note = "mean over seeds \u00b1 half the distance from the lowest to the highest"
    return table(rows, f"{metric}: {note}")


def _cell(measured: Spread) -> str:
    half = (measured.high - measured.low) / 2
    return f"{_number(measured.mean)} \u00b1 {half:.{_decimals(measured.mean)}f}"


def _number(mean: float) -> str:
    return f"{mean:.{_decimals(mean)}f}"


def _decimals(mean: float) -> int:
    """Three of an accuracy or a loss, none of a perplexity."""
    return 3 if mean < 5 else 0


def _place(value: float) -> str:
    """A learning rate as 5e-6."""
    return f"{value:.3g}" if value >= 1 else f"{float(f'{value:.2g}'):.1e}".replace(
        ".0e", "e").replace("e-0", "e-")  # fmt: skip


def grid_explorer(records: Sequence[Record]) -> Explorer:
    """Choose what is varied and what is measured: the figure and its numbers follow.

    A view is offered where the records have something for it that the first view does not show.
    """
    first, *others = VIEWS
    more = [record for record in records if not VIEWS[first].shown(record)]
    offered = [first, *(name for name in others if any(map(VIEWS[name].shown, more)))]
    view = ipywidgets.Dropdown(options=offered, description="vary")
    metric = ipywidgets.Dropdown(options=list(METRICS), description="measure")

    def draw(view: str, metric: str) -> None:
        show(grid_figure(records, view, metric, f"{view}: {metric} (recorded)"))
        display(grid_table(records, view, metric))

    return explorer(draw, {"view": view, "metric": metric})
