"""What a setting gains on its task against what it costs elsewhere: a figure of the LoRA grid.

Lesson 3, *The price of accuracy*.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from course_utils.measure.seeds import spread
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, by_setting
from course_utils.show.lora_grid import METRICS, VIEWS, looks
from course_utils.show.style import described, headline, legend_above, styled, subplots

SHOWN = 0.06  # accuracy below the best: what is further below is counted, not drawn,
DEAR = 4  # and so is what multiplies perplexity by more than this


@styled
def trade_figure(records: Sequence[Record], before: float, title: str) -> Figure:
    """Accuracy on movies against perplexity on editorials, a mark a setting, means over seeds.

    Args:
        records: of the grid; those of its view *rank* are shown.
        before: perplexity of the untrained model.
        title: the message.
    """
    series: dict[str, list[tuple[float, float, float]]] = {}
    for group in by_setting(r for r in records if VIEWS["rank"].shown(r)).values():
        accuracy, _, perplexity = (spread(group, read).mean for read in METRICS.values())
        name = VIEWS["rank"].series(group[0])
        series.setdefault(name, []).append((group[0].learning_rate, perplexity, accuracy))
    least = max(accuracy for line in series.values() for *_, accuracy in line) - SHOWN
    figure, axes = subplots(3.9)
    left_out = 0
    for name, look in looks(list(series)).items():
        line = [(rate, perplexity, accuracy) for rate, perplexity, accuracy in sorted(series[name])
                if accuracy >= least and perplexity <= DEAR * before]  # fmt: skip
        left_out += len(series[name]) - len(line)
        axes.plot([perplexity for _, perplexity, _ in line], [a for *_, a in line],
                  "--" if name == Method.FULL else "-", color=look.colour, marker=look.marker,
                  markersize=5, label=name)  # fmt: skip
    axes.axvline(before, color="#7F7F7F", linestyle=":", linewidth=1, label="untrained")
    axes.text(1, 0.02, _left_out_in_words(left_out), transform=axes.transAxes, ha="right",
              fontsize=7.5)  # fmt: skip
    axes.set(xscale="log", ylabel="accuracy on movies (validation)",
             xlabel="perplexity on editorials (along a line the learning rate rises)")  # fmt: skip
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.2, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    legend_above(axes, 5)
    headline(figure, title)
    best = "; ".join(_best_in_words(name, line) for name, line in series.items())
    return described(figure, f"Most accurate setting of each series: {best}. Untrained perplexity "
                     f"{before:.0f}. {_left_out_in_words(left_out)}.")  # fmt: skip


def _left_out_in_words(count: int) -> str:
    return (
        f"Not drawn, as {SHOWN:.2f} less accurate than the best or more than {DEAR} times the "
        f"untrained perplexity: {count} settings"
    )


def _best_in_words(name: str, line: Sequence[tuple[float, float, float]]) -> str:
    rate, perplexity, accuracy = max(line, key=lambda point: point[2])
    return f"{name} at {rate:g}: accuracy {accuracy:.3f}, perplexity {perplexity:.0f}"
