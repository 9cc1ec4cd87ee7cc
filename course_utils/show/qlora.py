"""QLoRA on a GPU, as recorded: accuracy and perplexity of every arm, merges, and learning rates.

Lesson 5, *What training gives back*, *What helps?* and *Merge*.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from course_utils.measure.means import Mean
from course_utils.measure.seeds import Difference
from course_utils.recorded.qlora import (
    ROUNDED,
    Recorded,
    difference,
    losses,
    perplexity,
    perplexity_ratio,
)
from course_utils.show.looks import GREY, RED, looks_of
from course_utils.show.style import described, headline, styled, subplots
from course_utils.show.tables import Table, table

UNTRAINED = {"bfloat16": (GREY, "--"), "NF4": (RED, ":")}  # colour and style of a line
MOST = 9999  # times: what is beyond is not told apart


def against_table(report: Recorded, pairs: Sequence[tuple[str, str]], caption: str) -> Table:
    """A row a pair of arms, each at its chosen rate: the first's accuracy less the second's."""
    rows = []
    for first, second in pairs:
        points = difference(report.of(first), report.of(second))
        rows.append({"": f"{first} less {second}", "points [95 %]": _points(points),
                     "p": points.p})  # fmt: skip
    return table(rows, caption, {"p": ".2g"})


def merge_table(report: Recorded, arm: str, ways: Sequence[str], caption: str) -> Table:
    """A row a way to merge: bits of the result, perplexity, and both measures against unmerged."""
    unmerged, rows = report.of(arm), []
    for way in ways:
        group = report.merged(arm, way)
        rows.append({
            "merged into": way,
            "bits": 4 if way.endswith(ROUNDED) else 16,
            "points [95 %]": _points(difference(group, unmerged)),
            "perplexity": perplexity(group).mean,
            "times unmerged [95 %]": _times(perplexity_ratio(group, unmerged)),
        })  # fmt: skip
    return table(rows, caption, {"perplexity": ",.0f"})


def _points(found: Difference) -> str:
    low, high = 100 * found.low, 100 * found.high
    return f"{100 * found.difference:+.1f} [{low:+.1f}, {high:+.1f}]"


def _times(found: Mean) -> str:
    mean, low, high = map(_rounded, (found.mean, found.low, found.high))
    return f"{mean} [{low}, {high}]"


def _rounded(factor: float) -> str:
    """A factor, with digits as far as they say something."""
    if factor > MOST:
        return f"> {MOST:,}"
    return f"{factor:.2f}" if factor < 100 else f"{factor:,.0f}"


def rates_table(report: Recorded, arms: Sequence[str], caption: str) -> Table:
    """A row a learning rate that all arms tried: mean perplexity; a star at the chosen rate."""
    rows = []
    for rate in _common_rates(report, arms):
        row: dict[str, object] = {"rate": f"{rate:g}"}
        for arm in arms:
            mark = " *" if report.chosen(arm) == rate else ""
            row[arm] = f"{perplexity(report.tried(arm, rate)).mean:,.0f}{mark}"
        rows.append(row)
    return table(rows, caption)


def ratios_table(report: Recorded, pairs: Sequence[tuple[str, str]], caption: str) -> Table:
    """A row a rate that all arms tried, a column a pair: the first's perplexity by the second's.

    Paired by seed, with the 95 % interval by Student's t: of two seeds it has one degree of
    freedom, and is wide.
    """
    rows = []
    for rate in _common_rates(report, [arm for pair in pairs for arm in pair]):
        row: dict[str, object] = {"rate": f"{rate:g}"}
        for first, second in pairs:
            found = perplexity_ratio(report.tried(first, rate), report.tried(second, rate))
            row[f"{first} / {second}"] = _times(found)
        rows.append(row)
    return table(rows, caption)


def _common_rates(report: Recorded, arms: Sequence[str]) -> list[float]:
    """The learning rates that all these arms tried, in rising order."""
    return sorted(set.intersection(*(set(losses(report.trials, arm)) for arm in arms)))


@styled
def rates_figure(report: Recorded, arms: Sequence[str], title: str) -> Figure:
    """By learning rate: the validation loss that chooses it, and the perplexity, which does not.

    Arms of one method share its colour; the second has another mark and a broken line.

    Args:
        report: as recorded; its trials are drawn.
        arms: names; a line each, a mark a rate that all tried, filled where it was chosen.
        title: of the figure.
    """
    figure, (left, right) = subplots(3.2, 1, 2)
    rates, found = _common_rates(report, arms), []
    used = set()
    for arm, drawn in looks_of(arms).items():
        line_style = "--" if drawn.colour in used else "-"
        used.add(drawn.colour)
        of_arm, chosen = losses(report.trials, arm), report.chosen(arm)
        values = {rate: perplexity(report.tried(arm, rate)).mean for rate in of_arm}
        for axes, line in ((left, of_arm), (right, values)):
            axes.plot(rates, [line[rate] for rate in rates], line_style, color=drawn.colour,
                      marker=drawn.marker, markersize=5, markerfacecolor="none",
                      label=arm)  # fmt: skip
            axes.plot(chosen, line[chosen], drawn.marker, color=drawn.colour, markersize=5)
        found.append(f"{arm} {chosen:g}, {values[chosen]:,.0f}")
    for axes in (left, right):
        axes.set(xscale="log", xlabel="learning rate")
        axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
        axes.minorticks_off()
    left.set_ylabel("validation loss, film reviews")
    right.set(yscale="log", ylabel="perplexity on editorials")
    right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    right.yaxis.set_major_formatter("{x:,.0f}")
    right.yaxis.set_minor_locator(NullLocator())
    for name, (colour, dashes) in UNTRAINED.items():
        value = report.start(name).perplexity
        right.axhline(
            value, color=colour, linestyle=dashes, linewidth=1, label=f"{name}, untrained"
        )
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    text = f"Rate with the lowest validation loss, and the perplexity there: {'; '.join(found)}."
    return described(figure, text)
