"""The update of full fine-tuning, cut to low rank: its spectrum, what is left, and an explorer.

Twice: in float32, and through bfloat16. Lesson 3, *What did full fine-tuning change?*.
"""

import textwrap
from collections.abc import Mapping
from typing import Any

import ipywidgets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.analysis.spectra import Spectrum
from course_utils.analysis.weight_update import Spectra
from course_utils.recorded.update import BEFORE, BFLOAT16, FLOAT32, LINEAR, UpdateReport
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE
from course_utils.show.style import described, legend_above, show, styled, subplots
from course_utils.show.tables import Table, table

SPECTRA = {  # name: colour, dashes
    "update": (BLUE, "-"),
    "through bfloat16": (ORANGE, "-."),
    "rounding": (GREY, ":"),
    "random": (GREEN, "--"),
}
PRECISIONS = {FLOAT32: (BLUE, "o", 0.97), BFLOAT16: (ORANGE, "s", 1.03)}  # and a shift sideways
TITLE_LINE, LEGEND = 44, 38  # characters of a panel's title; points between it and the axes


@styled
def cut_figure(
    report: UpdateReport,
    rate: float,
    spectra: Mapping[str, Spectrum],
    titles: tuple[str, str],
    rank: int | None = None,
) -> Figure:
    """Left: one matrix's singular values. Right: gain and energy that a cut of all matrices leaves.

    Args:
        report: as ``recorded.update.recorded_update`` gives it.
        rate: of the learning rates in it.
        spectra: of one matrix: the ``update``, a ``random`` one, and what else of ``SPECTRA``.
        titles: of the two panels; the second is the message of the figure.
        rank: where to mark a cut in both panels; one of the measured ranks.
    """
    figure, (left, right) = subplots(4.1, 1, 2)
    _draw_spectra(left, spectra)
    _draw_shares(right, report, rate)
    for axes, title in zip((left, right), titles):
        axes.set_title(textwrap.fill(title, TITLE_LINE), loc="left", fontweight="bold", pad=LEGEND)
        if rank is not None:
            axes.axvspan(0.8, rank, color=BLUE, alpha=0.12)
    return described(figure, _cut_in_words(report, rate, spectra))


def _cut_in_words(report: UpdateReport, rate: float, spectra: Mapping[str, Spectrum]) -> str:
    largest = ", ".join(f"{name} {found.values[0]:.2g}" for name, found in spectra.items())
    parts = []
    for rank in report.ranks:
        gains = [report.gain(rate, str(rank), precision).mean for precision in PRECISIONS]
        parts.append(f"rank {rank} {gains[0]:.0%} and {gains[1]:.0%}")
    return (
        f"Left: largest singular values: {largest}. Right: share of the gain that is left in "
        f"float32 and through bfloat16: {'; '.join(parts)}. Energy at rank 8: "
        f"{report.energy(rate, 8):.0%} and {report.energy(rate, 8, BFLOAT16):.0%}."
    )


def _draw_spectra(axes: Axes, spectra: Mapping[str, Spectrum]) -> None:
    for name, (colour, dashes) in SPECTRA.items():
        if found := spectra.get(name):
            axes.plot(found.places, found.values, dashes, color=colour, label=name)
    top = max(found.values[0] for found in spectra.values())
    count = max(found.count for found in spectra.values())
    axes.set(xscale="log", xlabel="number of the singular value", ylabel="singular value")
    axes.set(xlim=(0.8, count), yscale="log", ylim=(top / 300, 1.5 * top))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    legend_above(axes, 2)


def _draw_shares(axes: Axes, report: UpdateReport, rate: float) -> None:
    ranks = report.ranks
    for precision, (colour, marker, shift) in PRECISIONS.items():
        gains = [report.gain(rate, str(rank), precision) for rank in ranks]
        at = [rank * shift for rank in ranks]
        axes.plot(at, [gain.mean for gain in gains], marker=marker, color=colour,
                  label=f"gain, {precision}")  # fmt: skip
        axes.vlines(at, [gain.low for gain in gains], [gain.high for gain in gains], color=colour)
        shares = [report.energy(rate, rank, precision) for rank in ranks]
        axes.plot(ranks, shares, "--", marker=marker, markerfacecolor="none", markersize=4.5,
                  color=colour, linewidth=1, label=f"energy, {precision}")  # fmt: skip
    axes.axhline(1.0, color=GREY, linewidth=1)
    axes.set(xscale="log", xlabel="rank of every update", ylabel="share left (bar: 95 %, seeds)")
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), None)
    axes.set_xlim(0.8, 1.25 * ranks[-1])
    axes.set_xticks(ranks, [str(rank) for rank in ranks])
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.minorticks_off()
    legend_above(axes, 2)


def cut_table(report: UpdateReport, rate: float) -> Table:
    """A row a rank, twice: energy, accuracy and gain, in float32 and through bfloat16.

    Energy is that of all matrices together; the points are against the whole update in float32.
    """
    rows = [_cut(report, rate, str(rank)) for rank in report.ranks]
    rows += [_cut(report, rate, what) for what in (LINEAR, BEFORE)]
    n = len(report.of(rate)[0].correct[FLOAT32][BEFORE])
    caption = f"The update at {rate:g}, cut to a rank, {len(report.of(rate))} seeds, n = {n}"
    shares = dict.fromkeys(("energy", "energy, bf16", "gain", "gain, bf16"), ".0%")
    return table(rows, caption, shares)


def _cut(report: UpdateReport, rate: float, what: str) -> dict[str, Any]:
    rank = int(what) if what.isdecimal() else None
    lost = report.against_whole(rate, what)
    row: dict[str, Any] = {"rank": {LINEAR: "whole", BEFORE: "none"}.get(what, what)}
    for precision, name in ((FLOAT32, ""), (BFLOAT16, ", bf16")):
        energy = None if rank is None else report.energy(rate, rank, precision)
        row[f"energy{name}"] = energy
        row[f"gain{name}"] = report.gain(rate, what, precision).mean
        row[f"accuracy{name}"] = report.accuracy(rate, what, precision).mean
    interval = f"[{100 * lost.low:+.1f}, {100 * lost.high:+.1f}]"
    row["points"] = "" if what == LINEAR else f"{100 * lost.difference:+.1f} {interval}"
    return row


def describe_cut(
    report: UpdateReport, rate: float, spectra: Mapping[str, Spectrum], rank: int
) -> str:
    """One line on a cut: energy of this matrix and of a random one, and what the model keeps."""
    own, random = (spectra[name].energy(rank) for name in ("update", "random"))
    accuracy, gain = report.accuracy(rate, str(rank)), report.gain(rate, str(rank))
    return (
        f"rank {rank}: energy {own:.0%} (random {random:.0%}); all matrices cut: accuracy "
        f"{accuracy.mean:.3f}, gain {gain.mean:.0%}"
    )


def cut_explorer(
    report: UpdateReport, rate: float, spectra: Spectra, titles: tuple[str, str]
) -> Explorer:
    """Choose a rank and a matrix: the figure marks the cut, a line says what is left.

    Args:
        report: as ``recorded.update.recorded_update`` gives it.
        rate: of the learning rates in it.
        spectra: of the matrices to choose from, by name.
        titles: of the figure's two panels.
    """
    rank = ipywidgets.Dropdown(options=report.ranks, value=8, description="rank")
    names = [(name.split(".")[-1], name) for name in spectra]
    matrix = ipywidgets.Dropdown(options=names, value=names[-1][1], description="matrix")

    def draw(rank: int, matrix: str) -> None:
        show(cut_figure(report, rate, spectra[matrix], titles, rank))
        print(describe_cut(report, rate, spectra[matrix], rank))

    return explorer(draw, {"rank": rank, "matrix": matrix})
