"""Do LoRA and full fine-tuning use the same directions? Dots beside controls (lesson 3)."""

from matplotlib.figure import Figure

from course_utils.recorded.intruders import TUNED, InsideReport, Setting
from course_utils.show.looks import BLUE, GREEN, GREY, RED
from course_utils.show.style import described, headline, legend_above, styled, subplots

SIDES = {"left": "directions that are written", "right": "directions that are read"}


@styled
def overlap_figure(report: InsideReport, lora: Setting, side: str, title: str) -> Figure:
    """A row a kind of matrix: each dot is the overlap of two runs of different seeds.

    Args:
        report: as ``recorded.intruders.recorded_intruders`` gives it.
        lora: the setting that is held against full fine-tuning at ``TUNED``.
        side: ``left`` or ``right``: of the directions that are written or read.
        title: the message.
    """
    series = {
        f"{lora} with full": (report.overlap(lora, TUNED, side), BLUE, "o"),
        "LoRA with LoRA": (report.overlap(lora, lora, side), GREEN, "^"),
        "full with full": (report.overlap(TUNED, TUNED, side), RED, "D"),
    }
    chance = report.by_chance(lora, TUNED, side)
    kinds = list(chance)
    figure, axes = subplots(1.4 + 0.32 * len(kinds))
    for number, (name, (found, colour, marker)) in enumerate(series.items()):
        for y, kind in enumerate(kinds):
            place = y + 0.2 * (number - 1)
            axes.plot(found[kind], [place] * len(found[kind]), marker, color=colour, alpha=0.8,
                      markersize=5, label=name if y == 0 else None)  # fmt: skip
    for y, kind in enumerate(kinds):
        axes.plot([chance[kind]] * 2, [y - 0.4, y + 0.4], color=GREY, linewidth=2,
                  label="random directions" if y == 0 else None)  # fmt: skip
    axes.set_yticks(range(len(kinds)), kinds, parse_math=False)
    axes.set(ylim=(len(kinds) - 0.5, -0.5), xlim=(-0.01, None))
    axes.set_xlabel(f"overlap of the {SIDES[side]}, mean over the layers (a dot: two seeds)")
    legend_above(axes)
    headline(figure, title)
    means = {name: _mean([v for vs in found.values() for v in vs]) for name, (found, *_) in
             series.items()}  # fmt: skip
    words = "; ".join(f"{name} {mean:.3f}" for name, mean in means.items())
    by_chance = _mean(list(chance.values()))
    return described(
        figure,
        f"Overlap of the {SIDES[side]} by kind of matrix, on a scale from 0 to 1. Mean of all "
        f"kinds: {words}; random directions {by_chance:.3f}.",
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
