"""The update of full fine-tuning, cut to low rank: its spectrum, what is left, and an explorer.

Lesson 3, *What did full fine-tuning change?*.
"""

import textwrap
from typing import Any

import ipywidgets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.analysis.weight_update import Spectra, energy
from course_utils.measure.evaluation import compare, wilson_interval
from course_utils.recorded.update import share_of_gain
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.figures import level_line
from course_utils.show.looks import BLUE, ORANGE
from course_utils.show.style import described, show, styled, subplots
from course_utils.show.tables import Table, table


@styled
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
        titles: of the two panels; the second is the message of the figure.
        rank: where to mark a cut in both panels; one of the measured ranks.
    """
    figure, (left, right) = subplots(3.6, 1, 2)
    _draw_spectrum(left, spectrum)
    _draw_accuracy(right, report)
    for axes, title in zip((left, right), titles):
        axes.set_title(textwrap.fill(title, 38), loc="left", fontweight="bold")
        if rank is not None:
            axes.axvspan(0.8, rank, color=BLUE, alpha=0.12)
    return described(figure, _cut_in_words(report, spectrum))


def _cut_in_words(report: dict[str, Any], spectrum: dict[str, list[float]]) -> str:
    values = {name: spectrum[name][0] for name in ("update", "random")}
    by_rank = "; ".join(
        f"rank {rank} {_share(correct):.3f}" for rank, correct in report["correct_by_rank"].items()
    )
    before, whole = (_share(report["correct"][key]) for key in ("before", "linear layers"))
    return (
        f"Left: the update's singular values fall from {values['update']:.2g}, those of a random "
        f"matrix of the same norm from {values['random']:.2g}. Right: accuracy of the cut update: "
        f"{by_rank}; no update {before:.3f}, whole update {whole:.3f}."
    )


def _share(correct: str) -> float:
    return correct.count("1") / len(correct)


def _draw_spectrum(axes: Axes, spectrum: dict[str, list[float]]) -> None:
    places = range(1, len(spectrum["update"]) + 1)
    axes.plot(places, spectrum["update"], color=BLUE, label="update")
    axes.plot(places, spectrum["random"], "--", color=ORANGE, label="random, same norm")
    axes.set(xscale="log", xlabel="number of the singular value", ylabel="singular value")
    axes.set(xlim=(0.8, len(places)), ylim=(0, None))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend()


def _draw_accuracy(axes: Axes, report: dict[str, Any]) -> None:
    for rank, correct in report["correct_by_rank"].items():
        ends = wilson_interval(correct.count("1"), len(correct))
        axes.plot([rank, rank], ends, color=BLUE, linewidth=2)
        axes.plot(rank, _share(correct), "o", color=BLUE)
    level_line(axes, "whole update", _share(report["correct"]["linear layers"]), right=False)
    level_line(axes, "no update", _share(report["correct"]["before"]))
    ranks = list(report["correct_by_rank"])
    axes.set(xscale="log", xlabel="rank of every update", ylabel="accuracy (bar: 95 % interval)")
    axes.set_xlim(0.8, 1.25 * ranks[-1])
    axes.set_xticks(ranks, [str(rank) for rank in ranks])
    axes.minorticks_off()


def cut_table(report: dict[str, Any], spectrum: dict[str, list[float]]) -> Table:
    """A row a rank: energy of this matrix; accuracy, points and gain of the recorded update.

    The points are those against the whole update, on the same items; the gain is the share of it
    that is left.
    """
    rows = [_cut(report, spectrum, rank) for rank in report["correct_by_rank"]]
    n = len(report["correct"]["before"])
    caption = f"Cut to a rank: energy of one matrix, accuracy of the whole model (n = {n})"
    return table(rows, caption, {"energy": ".0%", "random": ".0%", "gain": ".0%"})


def _cut(report: dict[str, Any], spectrum: dict[str, list[float]], rank: int) -> dict[str, Any]:
    correct = report["correct_by_rank"][rank]
    lost = compare(correct, report["correct"]["linear layers"])
    interval = f"[{100 * lost.low:+.1f}, {100 * lost.high:+.1f}]"
    return {
        "rank": rank,
        "energy": energy(spectrum["update"], rank),
        "random": energy(spectrum["random"], rank),
        "accuracy": _share(correct),
        "points against whole": f"{100 * lost.difference:+.1f} {interval}",
        "gain": share_of_gain(report, rank),
    }


def describe_cut(report: dict[str, Any], spectrum: dict[str, list[float]], rank: int) -> str:
    """One line on a cut: the cells of its row in ``cut_table``."""
    cut = _cut(report, spectrum, rank)
    return (
        f"rank {rank}: energy {cut['energy']:.0%} (random {cut['random']:.0%}), accuracy "
        f"{cut['accuracy']:.3f}, {cut['points against whole']}, gain {cut['gain']:.0%}"
    )


def cut_explorer(report: dict[str, Any], spectra: Spectra, titles: tuple[str, str]) -> Explorer:
    """Choose a rank and a matrix: the figure marks the cut, a line says what is left.

    Args:
        report: as ``recorded.update.recorded_update`` gives it.
        spectra: of the matrices to choose from, by name.
        titles: of the figure's two panels.
    """
    ranks = list(report["correct_by_rank"])
    rank = ipywidgets.Dropdown(options=ranks, value=8, description="rank")
    names = [(name.split(".")[-1], name) for name in spectra]
    matrix = ipywidgets.Dropdown(options=names, value=names[-1][1], description="matrix")

    def draw(rank: int, matrix: str) -> None:
        show(cut_figure(report, spectra[matrix], titles, rank))
        print(describe_cut(report, spectra[matrix], rank))

    return explorer(draw, {"rank": rank, "matrix": matrix})
