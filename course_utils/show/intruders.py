"""Intruder dimensions: how many, what goes with them, and what shrinking them does (lesson 3)."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from course_utils.methods.names import Method
from course_utils.recorded.intruders import (
    INTRUDERS,
    OTHERS,
    THRESHOLDS,
    UPDATE,
    InsideReport,
    Setting,
)
from course_utils.show.figures import level_line, log_scale
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE, look
from course_utils.show.style import described, headline, styled, subplots
from course_utils.show.tables import Table, table

WAYS = {  # name in the figure, colour, marker
    INTRUDERS: ("intruders", BLUE, "o"),
    OTHERS: ("as many others", ORANGE, "s"),
    UPDATE: ("the whole update", GREEN, "^"),
}


@styled
def count_figure(report: InsideReport, title: str) -> Figure:
    """A row for each setting: its intruders, its accuracy and its perplexity, over the seeds.

    A hollow mark in the first panel is the control, random updates of the same norms and rank.

    Args:
        report: as ``recorded.intruders.recorded_intruders`` gives it.
        title: the message.
    """
    figure, panels = subplots(3.2, 1, 3, sharey=True)
    measures = (report.counts, report.accuracy, report.perplexity)
    names, words = [_short(setting) for setting in report.trained], []
    for row, (setting, name) in enumerate(zip(report.trained, names)):
        drawn = look(Method.LORA if setting.rank else Method.FULL)
        found = [measure(setting) for measure in measures]
        for axes, mean in zip(panels, found):
            low, high = (mean.low, mean.high) if axes is not panels[0] else (mean.mean, mean.mean)
            axes.hlines(row, low, high, color=drawn.colour, linewidth=1.5)
            axes.plot(mean.mean, row, drawn.marker, color=drawn.colour)
        random = report.control(setting).mean
        panels[0].plot(random, row, drawn.marker, color=drawn.colour, fillstyle="none", zorder=1)
        words.append(
            f"{name}: {found[0].mean:.0f} intruders (random {random:.0f}), "
            f"{found[1].mean:.3f}, {found[2].mean:.1f}"
        )
    _finish_rows(report, panels, names)
    headline(figure, title)
    found_in_words = f"Intruders, accuracy, perplexity. {'; '.join(words)}"
    return described(figure, f"{found_in_words}. Untrained: {_untrained_in_words(report)}.")


def _finish_rows(report: InsideReport, panels: Sequence[Axes], names: list[str]) -> None:
    counts, accuracy, perplexity = panels
    counts.set_yticks(range(len(names)), names)
    counts.set_ylim(len(names) - 0.4, -1.0)  # the first setting on top, room for a word above it
    counts.set_xscale("symlog", linthresh=10)
    counts.xaxis.set_major_formatter("{x:g}")
    counts.xaxis.set_minor_locator(NullLocator())
    most = max(10.0, *(report.counts(setting).mean for setting in report.trained))
    counts.set_xlim(-3, 2 * most)
    counts.set_xlabel(f"intruders in {len(report.matrices)}\nmatrices (hollow: random)")
    perplexity.set_xscale("log")
    perplexity.xaxis.set_minor_locator(NullLocator())
    for axes, name, before in (
        (accuracy, "accuracy on movies", report.untrained.accuracy),
        (perplexity, "perplexity on editorials", report.untrained.perplexity),
    ):
        axes.axvline(before, color=GREY, linewidth=1, linestyle="--", zorder=0)
        axes.text(before, -0.7, " untrained", fontsize=8, color=GREY)
        axes.set_xlabel(f"{name}\n(bar: 95 %, seeds)")


def _short(setting: Setting) -> str:
    return str(setting).replace(str(Method.FULL), "full")


def _untrained(report: InsideReport, left: Axes, right: Axes) -> None:
    left.set_ylabel("accuracy on movies (bar: 95 %, seeds)")
    right.set_ylabel("perplexity on editorials (bar: 95 %, seeds)")
    log_scale(right)
    bottom, top = right.get_ylim()
    if top > 1000 * bottom:
        right.yaxis.set_major_locator(LogLocator())
    left.set_ylim(top=min(1.0, left.get_ylim()[1]))
    level_line(left, "untrained", report.untrained.accuracy, right=False)
    level_line(right, "untrained", report.untrained.perplexity, right=False)


def _untrained_in_words(report: InsideReport) -> str:
    before = report.untrained
    return f"accuracy {before.accuracy:.3f}, perplexity {before.perplexity:.1f}"


@styled
def shrink_figure(report: InsideReport, setting: Setting, title: str) -> Figure:
    """Accuracy and perplexity when intruders are shrunk, beside both controls.

    Args:
        report: as ``recorded.intruders.recorded_intruders`` gives it.
        setting: whose updates are shrunk.
        title: the message.
    """
    figure, (left, right) = subplots(3.8, 1, 2)
    factors, words = report.factors(setting), []
    for number, (way, (name, colour, marker)) in enumerate(WAYS.items()):
        for axes, measure in ((left, report.accuracy), (right, report.perplexity)):
            found = [measure(setting, way, factor) for factor in factors]
            at = [factor + 0.012 * (number - 1) for factor in factors]
            axes.plot(at, [f.mean for f in found], marker=marker, color=colour, label=name)
            axes.vlines(at, [f.low for f in found], [f.high for f in found], color=colour)
        last = factors[-1]
        words.append(
            f"{name} times {last:g}: accuracy {report.accuracy(setting, way, last).mean:.3f}, "
            f"perplexity {report.perplexity(setting, way, last).mean:.1f}"
        )
    _untrained(report, left, right)
    for axes in (left, right):
        axes.set_xlim(1.05, -0.05)
        axes.set_xticks(factors, [f"{factor:g}" for factor in factors])
        axes.set_xlabel("what is left of the intruders' strength")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    whole = f"whole: accuracy {report.accuracy(setting).mean:.3f}, perplexity "
    whole += f"{report.perplexity(setting).mean:.1f}"
    return described(
        figure, f"{setting}, {whole}; {'; '.join(words)}; untrained: {_untrained_in_words(report)}."
    )


def count_table(report: InsideReport) -> Table:
    """A row a setting: its intruders, those of a random update, accuracy, perplexity."""
    rows = []
    for setting in report.trained:
        counts = {f"below {t:g}": report.counts(setting, t).mean for t in THRESHOLDS}
        rows.append(
            {
                "setting": str(setting),
                **counts,
                "random, below 0.5": report.control(setting).mean,
                "accuracy": report.accuracy(setting).mean,
                "perplexity": report.perplexity(setting).mean,
            }
        )
    before = {"accuracy": report.untrained.accuracy, "perplexity": report.untrained.perplexity}
    rows.append({"setting": "untrained", **before})
    whole = {name: 0 for name in rows[0] if "below" in name}
    matrices, seeds = len(report.matrices), len(report.of(report.trained[0]))
    caption = f"Intruders among the first 10 directions of {matrices} matrices, {seeds} seeds"
    return table(rows, caption, whole | {"perplexity": 1})


def shrink_table(report: InsideReport, setting: Setting) -> Table:
    """A row a way and factor: accuracy, points against the whole update, perplexity."""
    rows = []
    for way, (name, _, _) in WAYS.items():
        for factor in report.factors(setting):
            if factor == 1.0 and way != INTRUDERS:
                continue
            lost = report.against_whole(setting, way, factor)
            interval = f"[{100 * lost.low:+.1f}, {100 * lost.high:+.1f}]"
            rows.append(
                {
                    "shrunk": "nothing" if factor == 1.0 else name,
                    "factor": factor,
                    "accuracy": report.accuracy(setting, way, factor).mean,
                    "points": "" if factor == 1.0 else f"{100 * lost.difference:+.1f} {interval}",
                    "perplexity": report.perplexity(setting, way, factor).mean,
                }
            )
    caption = f"{setting}: singular values multiplied by a factor, {len(report.of(setting))} seeds"
    return table(rows, caption, {"factor": 2, "perplexity": 1})
