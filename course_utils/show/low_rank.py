"""The update of full fine-tuning, cut to low rank: its spectrum, what is left, and an explorer.

Lesson 3, *What did full fine-tuning change?*.
"""

from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.analysis.weight_update import Spectra, energy
from course_utils.measure.evaluation import compare, wilson_interval
from course_utils.recorded.update import share_of_gain
from course_utils.show.figures import BLUE, GREY, ORANGE, RED, display_figure


def cut_figure(
    report: dict[str, Any],
    spectrum: dict[str, list[float]],
    titles: tuple[str, str],
    rank: int | None = None,
) -> Figure:
    """Left: one matrix's singular values. Right: the accuracy of the recorded update by rank.

    Args:
        report: as ``recorded.update.recorded_update`` gives it.
        spectrum: singular values of an ``update`` and of a ``random`` matrix.
        titles: of the two panels.
        rank: where to mark a cut in both panels; one of the measured ranks.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    _draw_spectrum(left, spectrum)
    _draw_accuracy(right, report)
    for axes, title in zip((left, right), titles):
        axes.set_title(title, fontsize=10)
        if rank is not None:
            axes.axvspan(0.8, rank, color=BLUE, alpha=0.12)
    return figure


def _draw_spectrum(axes: Axes, spectrum: dict[str, list[float]]) -> None:
    places = range(1, len(spectrum["update"]) + 1)
    axes.plot(places, spectrum["update"], color=BLUE, label="update")
    axes.plot(places, spectrum["random"], "--", color=ORANGE, label="random, same norm")
    axes.set(xscale="log", xlabel="number of the singular value", ylabel="singular value")
    axes.set(xlim=(0.8, len(places)), ylim=(0, None))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(fontsize=8)


def _draw_accuracy(axes: Axes, report: dict[str, Any]) -> None:
    for rank, correct in report["correct_by_rank"].items():
        hits, n = correct.count("1"), len(correct)
        axes.plot([rank, rank], wilson_interval(hits, n), color=BLUE, linewidth=2)
        axes.plot(rank, hits / n, "o", color=BLUE)
    for key, colour, style, label in (
        ("linear layers", RED, "-", "whole update"),
        ("before", GREY, "--", "no update"),
    ):
        correct = report["correct"][key]
        level = correct.count("1") / len(correct)
        axes.axhline(level, color=colour, linestyle=style, label=label)
    ranks = list(report["correct_by_rank"])
    axes.set(xscale="log", xlabel="rank of every update", ylabel="accuracy (bar: 95 % interval)")
    axes.set_xlim(0.8, 1.25 * ranks[-1])
    axes.set_xticks(ranks, [str(rank) for rank in ranks])
    axes.minorticks_off()
    axes.legend(fontsize=8, loc="lower right")


def describe_cut(report: dict[str, Any], spectrum: dict[str, list[float]], rank: int) -> str:
    """One line on a cut: energy of this matrix, accuracy and gain of the recorded update.

    The points are those against the whole update, on the same items.
    """
    correct = report["correct_by_rank"][rank]
    lost = compare(correct, report["correct"]["linear layers"])
    return (
        f"rank {rank:2}: energy {energy(spectrum['update'], rank):3.0%} "
        f"(random {energy(spectrum['random'], rank):3.0%}), "
        f"accuracy {correct.count('1') / len(correct):.3f}, "
        f"{100 * lost.difference:+.1f} points [{100 * lost.low:+.1f}, {100 * lost.high:+.1f}], "
        f"gain {share_of_gain(report, rank):3.0%}"
    )


def cut_explorer(
    report: dict[str, Any], spectra: Spectra, titles: tuple[str, str]
) -> ipywidgets.Widget:
    """Choose a rank and a matrix: the figure marks the cut, a line says what is left.

    Args:
        report: as ``recorded.update.recorded_update`` gives it.
        spectra: of the matrices to choose from, by name.
        titles: of the figure's two panels.
    """
    rank = ipywidgets.SelectionSlider(
        options=list(report["correct_by_rank"]), value=8, description="rank"
    )
    names = [(name.split(".")[-1], name) for name in spectra]
    matrix = ipywidgets.Dropdown(options=names, value=names[-1][1], description="matrix")

    def show(rank: int, matrix: str) -> None:
        display_figure(lambda: cut_figure(report, spectra[matrix], titles, rank))
        print(describe_cut(report, spectra[matrix], rank))

    output = ipywidgets.interactive_output(show, {"rank": rank, "matrix": matrix})
    return ipywidgets.VBox([ipywidgets.HBox([rank, matrix]), output])
