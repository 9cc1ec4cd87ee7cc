"""The recorded grid of prompt tuning: start, learning rate and length; values by seed.

Lesson 4, *What matters*, *What did it gain?* and *Do soft tokens form clusters?*.
"""

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.recorded.runs import Record
from course_utils.show.looks import SERIES, looks_of
from course_utils.show.style import described, headline, legend_above, styled, subplots

INITS = dict(zip(("labels", "sampled", "text", "random", "matched", "normal"), SERIES))
NAMES = {"normal": "N(0, 1)"}  # of the starts, where the key would not be understood
SHOWN = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95)


@styled
def grid_figure(records: list[Record], title: str, length: int = 20, rate: float = 3e-2) -> Figure:
    """Accuracy by learning rate and by length: a mark a seed, a line through the means.

    The axis of accuracy is logarithmic in the share of errors: one setting that fails does not
    flatten the differences between those that work.

    Args:
        records: of prompt tuning, all on the same items.
        title: the message.
        length: of the prompts in the left panel.
        rate: the learning rate of those in the right panel.
    """
    figure, (left, right) = subplots(4.4, 1, 2, sharey=True)
    by_rate = _series(left, [r for r in records if r.length == length], "learning_rate")
    by_length = _series(right, [r for r in records if r.learning_rate == rate], "length")
    items = sorted({f"{r.items} items" for r in records})
    left.set(xlabel=f"learning rate (length {length})", ylabel=f"accuracy ({', '.join(items)})")
    right.set(xlabel=f"length in soft tokens (learning rate {rate:g})")
    _by_errors(left, [r.accuracy for r in records])
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    return described(
        figure,
        f"Mean accuracy over seeds. By learning rate: {by_rate}. By length: {by_length}.",
    )


def _by_errors(axes: Axes, values: list[float]) -> None:
    """An axis of accuracies on which every halving of the errors takes the same room."""
    least = 0.5 / 1000  # where there is no error at all
    axes.set_yscale("function", functions=(
        lambda accuracy: -numpy.log10(numpy.maximum(1 - accuracy, least)),
        lambda height: 1 - 10.0**-height,
    ))  # fmt: skip
    low, high = min(values), max(values)
    ends = 1 - 1.15 * (1 - low), 1 - (1 - high) / 1.15
    axes.set_ylim(*ends)
    axes.set_yticks([tick for tick in SHOWN if ends[0] <= tick <= ends[1]])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(axis="y")


def _series(axes: Axes, records: list[Record], name: str) -> str:
    """Accuracy against the attribute ``name``, one series an init, those next to each other.

    Returns:
        The means, in words.
    """
    inits = [init for init in INITS if any(r.init == init for r in records)]
    room = _room(records, name) / max(len(inits), 1)  # of a series, as a factor
    words = []
    for place, init in enumerate(inits):
        drawn = INITS[init]
        own = sorted((r for r in records if r.init == init), key=lambda r: getattr(r, name))
        shift = numpy.exp(room * (place - (len(inits) - 1) / 2))
        at = numpy.array([getattr(r, name) for r in own], float)
        accuracy = numpy.array([r.accuracy for r in own])
        places = numpy.unique(at)
        means = [accuracy[at == x].mean() for x in places]
        axes.scatter(at * shift, accuracy, s=16, color=drawn.colour, marker=drawn.marker, alpha=0.6,
                     linewidth=0)  # fmt: skip
        axes.plot(places * shift, means, color=drawn.colour, marker=drawn.marker, markersize=5,
                  label=f"start from {NAMES.get(init, init)}", linewidth=1)  # fmt: skip
        words.append(f"{init} " + ", ".join(f"{m:.3f} at {x:g}" for x, m in zip(places, means)))
    axes.set_xscale("log")
    axes.set_xticks(numpy.unique([getattr(r, name) for r in records]))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    return "; ".join(words)


def _room(records: list[Record], name: str) -> float:
    """Half of the least distance of two settings, in logarithms."""
    settings = numpy.unique([getattr(r, name) for r in records])
    return float(numpy.diff(numpy.log(settings)).min()) / 2 if len(settings) > 1 else 0.5


@styled
def seed_figure(values: dict[str, dict[str, list[float]]], ylabel: str, title: str) -> Figure:
    """A mark a seed and a bar at the mean; the series stand beside each other at each place.

    Args:
        values: series to place to the value of each seed. A series that is a method has that
            method's look.
        ylabel: what the values are.
        title: the message.
    """
    figure, axes = subplots(3.7)
    handles, words, width = [], [], 0.8 / max(len(values), 3)
    for number, (name, drawn) in enumerate(looks_of(list(values)).items()):
        style = {"color": drawn.colour, "marker": drawn.marker}
        for x, seeds in enumerate(values[name].values()):
            at = x + width * (number - (len(values) - 1) / 2)
            axes.plot([at - 0.4 * width, at + 0.4 * width], [numpy.mean(seeds)] * 2,
                      color=drawn.colour, linewidth=2.5)  # fmt: skip
            beside = at + width * (numpy.arange(len(seeds)) + 0.5 - len(seeds) / 2) / 8
            axes.scatter(beside, seeds, s=20, alpha=0.7, linewidth=0.5, **style)
        handles.append(Line2D([], [], linestyle="none", label=name, **style))
        means = (f"{p} {numpy.mean(seeds):.3f}" for p, seeds in values[name].items())
        words.append(f"{name}: {', '.join(means)}")
    places = list(next(iter(values.values())))
    axes.set_xticks(range(len(places)), places)
    axes.set(ylabel=f"{ylabel}\n(mark: a seed, bar: mean)")
    legend_above(axes, handles=handles)
    headline(figure, title)
    return described(figure, f"Mean {ylabel} over seeds. {'; '.join(words)}.")
