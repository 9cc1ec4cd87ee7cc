"""The errors of the memory calculator where it was tried (lesson 5, *Is it right?*)."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, PercentFormatter

from course_utils.machine.device import GIB
from course_utils.memory.training import METHODS
from course_utils.recorded.memory_held_out import Row
from course_utils.show.looks import GREY, look
from course_utils.show.style import described, headline, legend_above, styled, subplots


@styled
def errors_figure(rows: Sequence[Row], title: str) -> Figure:
    """The error of each prediction that was written down first, against the measured peak."""
    figure, axes = subplots(3.4)
    axes.axhspan(-0.05, 0.05, color=GREY, alpha=0.2)
    axes.annotate("within 5 %", (0, 0.05), (4, -3), xycoords=axes.get_yaxis_transform(),
                  textcoords="offset points", va="top", fontsize=8)  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=1)
    for method in METHODS:
        own = [row for row in rows if row.training.method == method]
        axes.plot([row.measured / GIB for row in own], [row.error for row in own],
                  look(method).marker, color=look(method).colour, label=method,
                  linestyle="none")  # fmt: skip
    limit = max([0.06, *(1.15 * abs(row.error) for row in rows)])
    axes.set(xscale="log", xlabel="measured peak (GiB)", ylabel="predicted too much by",
             ylim=(-limit, limit))  # fmt: skip
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    legend_above(axes)
    headline(figure, title)
    return described(figure, _in_words(rows))


def _in_words(rows: Sequence[Row]) -> str:
    """How many peaks of each method, and between which errors they were predicted."""
    errors = {m: [row.error for row in rows if row.training.method == m] for m in METHODS}
    ranges = [
        f"{method}, {len(own)} trainings: {min(own):+.1%} to {max(own):+.1%}"
        for method, own in errors.items()
        if own
    ]
    return f"Predicted peak against the measured one, by method. {'; '.join(ranges)}."
