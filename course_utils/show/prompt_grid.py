"""The recorded grid of prompt tuning: length, start and learning rate; values by seed.

Lesson 4, *What matters: length, start, learning rate*.
"""

import matplotlib.pyplot as plt
import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.recorded.runs import Record
from course_utils.show.figures import BLUE, GREEN, GREY, ORANGE, RED

LOOKS = {
    "labels": (BLUE, "o"),
    "text": (GREEN, "^"),
    "sampled": (ORANGE, "s"),
    "random": (RED, "D"),
}  # of inits: colour and marker
SERIES = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))


def grid_figure(records: list[Record], best_prompt: float, title: str) -> Figure:
    """Accuracy by learning rate and by length: a mark a seed, a line through the means.

    Args:
        records: of prompt tuning; the left panel has those of length 20, the right one those of
            learning rate 3e-2.
        best_prompt: accuracy of the best hand-written prompt.
        title: the message.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
    _series(left, [r for r in records if r.length == 20], "learning_rate")
    _series(right, [r for r in records if r.learning_rate == 3e-2], "length")
    for axes in (left, right):
        axes.axhline(best_prompt, color=GREY, linestyle="--", label="best hand-written prompt")
    left.set(xlabel="learning rate", ylabel="accuracy", title="length 20")
    right.set(xlabel="length (soft tokens)", title="learning rate 0.03")
    right.legend(fontsize=8, title="start from")
    figure.suptitle(title)
    return figure


def _series(axes: Axes, records: list[Record], name: str) -> None:
    """Accuracy against the attribute ``name``, one series an init, those next to each other."""
    inits = [init for init in LOOKS if any(r.init == init for r in records)]
    for place, init in enumerate(inits):
        colour, marker = LOOKS[init]
        own = sorted((r for r in records if r.init == init), key=lambda r: getattr(r, name))
        shift = 1.06 ** (place - (len(inits) - 1) / 2)
        at = numpy.array([getattr(r, name) for r in own], float)
        accuracy = numpy.array([r.accuracy for r in own])
        places = numpy.unique(at)
        means = [accuracy[at == x].mean() for x in places]
        axes.scatter(at * shift, accuracy, s=22, color=colour, marker=marker, alpha=0.7)
        axes.plot(places * shift, means, color=colour, marker=marker, markersize=3, label=init)
    axes.set_xscale("log")
    axes.set_xticks(numpy.unique([getattr(r, name) for r in records]))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()


def seed_figure(values: dict[str, dict[str, list[float]]], ylabel: str, title: str) -> Figure:
    """A mark a seed and a bar at the mean; the series stand beside each other at each place.

    Args:
        values: series to place to the value of each seed; at most three series.
        ylabel: what the values are.
        title: the message.
    """
    figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
    for number, ((name, by_place), (colour, marker)) in enumerate(zip(values.items(), SERIES)):
        for x, seeds in enumerate(by_place.values()):
            at = x + 0.22 * (number - (len(values) - 1) / 2)
            axes.plot([at - 0.07, at + 0.07], [numpy.mean(seeds)] * 2, color=colour, linewidth=3)
            axes.scatter([at] * len(seeds), seeds, s=24, color=colour, marker=marker, alpha=0.7,
                         label=name if x == 0 else None)  # fmt: skip
    places = list(next(iter(values.values())))
    axes.set_xticks(range(len(places)), places)
    axes.set(ylabel=f"{ylabel}\n(mark: a seed, bar: mean)", title=title)
    axes.legend(fontsize=8)
    return figure
