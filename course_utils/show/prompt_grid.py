"""The recorded grid of prompt tuning: length, start and learning rate; values by seed.

Lesson 4, *What matters: length, start, learning rate*.
"""

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.methods.names import Method
from course_utils.recorded.runs import Record
from course_utils.show.looks import SERIES, look, looks_of
from course_utils.show.style import described, headline, legend_above, styled, subplots

INITS = dict(zip(("labels", "sampled", "text", "random"), SERIES))


@styled
def grid_figure(records: list[Record], best_prompt: float, title: str) -> Figure:
    """Accuracy by learning rate and by length: a mark a seed, a line through the means.

    Args:
        records: of prompt tuning; the left panel has those of length 20, the right one those of
            learning rate 3e-2.
        best_prompt: accuracy of the best hand-written prompt.
        title: the message.
    """
    figure, (left, right) = subplots(3.8, 1, 2)
    by_rate = _series(left, [r for r in records if r.length == 20], "learning_rate")
    by_length = _series(right, [r for r in records if r.learning_rate == 3e-2], "length")
    written = look(Method.PROMPT)
    for axes in (left, right):
        axes.axhline(best_prompt, color=written.colour, linestyle="--", linewidth=1.5,
                     label=f"{Method.PROMPT}, {best_prompt:.3f}")  # fmt: skip
    left.set(xlabel="learning rate (length 20)", ylabel="accuracy")
    right.set(xlabel="length in soft tokens (learning rate 0.03)", ylabel="accuracy, another scale")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    return described(
        figure,
        f"Mean accuracy of three seeds. By learning rate: {by_rate}. By length: {by_length}. "
        f"Best hand-written prompt: {best_prompt:.3f}.",
    )


def _series(axes: Axes, records: list[Record], name: str) -> str:
    """Accuracy against the attribute ``name``, one series an init, those next to each other.

    Returns:
        The means, in words.
    """
    inits = [init for init in INITS if any(r.init == init for r in records)]
    words = []
    for place, init in enumerate(inits):
        drawn = INITS[init]
        own = sorted((r for r in records if r.init == init), key=lambda r: getattr(r, name))
        shift = 1.14 ** (place - (len(inits) - 1) / 2)
        at = numpy.array([getattr(r, name) for r in own], float)
        accuracy = numpy.array([r.accuracy for r in own])
        places = numpy.unique(at)
        means = [accuracy[at == x].mean() for x in places]
        axes.scatter(at * shift, accuracy, s=14, color=drawn.colour, marker=drawn.marker, alpha=0.7)
        axes.plot(places * shift, means, color=drawn.colour, marker=drawn.marker, markersize=4,
                  label=f"start from {init}", linewidth=1)  # fmt: skip
        words.append(f"{init} " + ", ".join(f"{m:.3f} at {x:g}" for x, m in zip(places, means)))
    axes.set_xscale("log")
    axes.set_xticks(numpy.unique([getattr(r, name) for r in records]))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    return "; ".join(words)


@styled
def seed_figure(values: dict[str, dict[str, list[float]]], ylabel: str, title: str) -> Figure:
    """A mark a seed and a bar at the mean; the series stand beside each other at each place.

    Args:
        values: series to place to the value of each seed; at most three series. A series that is a
            method has that method's look.
        ylabel: what the values are.
        title: the message.
    """
    figure, axes = subplots(3.5)
    handles, words = [], []
    for number, (name, drawn) in enumerate(looks_of(list(values)).items()):
        style = {"color": drawn.colour, "marker": drawn.marker}
        for x, seeds in enumerate(values[name].values()):
            at = x + 0.24 * (number - (len(values) - 1) / 2)
            mean = [numpy.mean(seeds)] * 2
            axes.plot([at - 0.08, at + 0.08], mean, color=drawn.colour, linewidth=3)
            axes.scatter([at] * len(seeds), seeds, s=24, alpha=0.7, **style)
        handles.append(Line2D([], [], linestyle="none", label=name, **style))
        means = (f"{p} {numpy.mean(seeds):.3f}" for p, seeds in values[name].items())
        words.append(f"{name}: {', '.join(means)}")
    places = list(next(iter(values.values())))
    axes.set_xticks(range(len(places)), places)
    axes.set(ylabel=f"{ylabel}\n(mark: a seed, bar: mean)")
    legend_above(axes, handles=handles)
    headline(figure, title)
    return described(figure, f"Mean {ylabel} over seeds. {'; '.join(words)}.")
