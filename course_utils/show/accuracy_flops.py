"""Accuracy against the operations of training, with the frontier of what is worth it (lesson 6)."""

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator

from course_utils.errors import CourseError
from course_utils.recorded.compute import Reading, frontier, readings
from course_utils.recorded.ladder import METHODS, TRAINED, Rung
from course_utils.recorded.model_names import models_of, short_name, tasks_of
from course_utils.show.figures import level_line
from course_utils.show.looks import GREY, look
from course_utils.show.model_looks import ModelLook, model_looks
from course_utils.show.small_multiples import small_multiples
from course_utils.show.style import INK, described, headline, styled
from course_utils.show.tables import Table, table

TERA = 1e12
ROOM = 1.5  # factor beyond the first and the last reading


@styled
def accuracy_flops_figure(rungs: Iterable[Rung], tasks: Sequence[str] | None = None) -> Figure:
    """A panel a task: what each training had reached, and a line that joins the frontier.

    A prompt costs no training: the best one of all models is a dashed line, where the frontier
    begins.

    Args:
        rungs: of the ladder.
        tasks: to show; None for all that have a training.

    Raises:
        CourseError: there is no training of any of these tasks.
    """
    rungs = list(rungs)
    found = {task: readings(rungs, task) for task in (tasks_of(rungs) if tasks is None else tasks)}
    found = {task: own for task, own in found.items() if any(each.steps for each in own)}
    if not found:
        raise CourseError(
            "There is no training of these tasks",
            "run the study: python -m course_utils experiments ladder",
        )
    figure, panels = small_multiples(list(found), "operations of training (FLOPs)")
    looks = model_looks(rungs)
    flops = [each.flops for own in found.values() for each in own if each.flops]
    for axes, own in zip(panels, found.values()):
        axes.set_xscale("log")
        axes.set_xlim(min(flops) / ROOM, max(flops) * ROOM)
        _draw(axes, own, looks)
    figure.supylabel("accuracy, mean over seeds", fontsize=9)
    shown = {each.model for own in found.values() for each in own}
    methods = [
        m for m in METHODS if any(each.method == m for own in found.values() for each in own)
    ]
    handles = _legend([m for m in methods if m in TRAINED], [looks[m] for m in looks if m in shown])
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    headline(figure, frontier_sentence(found.values()))
    return described(figure, "; ".join(_in_words(task, own, looks) for task, own in found.items()))


def frontier_sentence(found: Iterable[Sequence[Reading]]) -> str:
    """Which methods the trained points on the frontiers belong to.

    Args:
        found: the readings of each task.
    """
    methods = [each.method for own in found for each in frontier(own) if each.steps]
    counts = {method: methods.count(method) for method in TRAINED if method in methods}
    order = sorted(counts, key=lambda method: -counts[method])
    parts = ", ".join(f"{method} {counts[method]}" for method in order)
    return f"Accuracy by training compute: points on the frontier, by method: {parts or 'none'}"


def frontier_table(rungs: Iterable[Rung], task: str) -> Table:
    """A row a reading on the frontier of a task, from the least compute to the most."""
    rungs = list(rungs)
    sizes = models_of(rungs)
    rows = [
        {
            "model": short_name(each.model, sizes[each.model]),
            "method": each.method,
            "steps": each.steps,
            "TFLOPs": each.flops / TERA,
            "accuracy": each.accuracy,
        }
        for each in frontier(readings(rungs, task))
    ]
    caption = f"What no other training on {task} beats at less or equal compute"
    return table(rows, caption, {"TFLOPs": ",.0f"})


def _draw(axes: Axes, own: Sequence[Reading], looks: dict[str, ModelLook]) -> None:
    for model, drawn in looks.items():
        for method in TRAINED:
            line = [r for r in own if (r.model, r.method) == (model, method)]
            axes.plot([r.flops for r in line], [r.accuracy for r in line], look(method).marker,
                      color=look(method).colour, linestyle="-", linewidth=0.7, alpha=0.8,
                      markersize=drawn.scale, markeredgewidth=0)  # fmt: skip
    prompts = [each.accuracy for each in own if not each.steps]
    if prompts:
        level_line(axes, "best prompt", max(prompts), right=False)
    axes.xaxis.set_major_locator(LogLocator(numticks=5))
    on = frontier(own)
    left = axes.get_xlim()[0]
    x = [each.flops or left for each in on]
    axes.step(x, [each.accuracy for each in on], where="post", color=INK, linewidth=1.4, zorder=2.5)


def _legend(methods: Sequence[str], models: Sequence[ModelLook]) -> list[Line2D]:
    lines = [
        Line2D([], [], marker=look(method).marker, color=look(method).colour, label=method)
        for method in methods
    ]
    lines.append(Line2D([], [], color=INK, linewidth=1.4, label="frontier"))
    return lines + [
        Line2D([], [], marker="o", linestyle="none", color=GREY, markersize=drawn.scale,
               label=drawn.name)
        for drawn in models
    ]  # fmt: skip


def _in_words(task: str, own: Sequence[Reading], looks: dict[str, ModelLook]) -> str:
    """Where the frontier ends, and how much of the accuracy a tenth of the compute gives."""
    last = frontier(own)[-1]
    text = f"{task}: best {last.accuracy:.3f}, {last.method} of {looks[last.model].name}"
    if not last.steps:
        return text
    cheaper = [each for each in frontier(own) if each.flops <= last.flops / 10]
    text += f" with 10^{math.log10(last.flops):.1f} FLOPs"
    return f"{text}, {cheaper[-1].accuracy:.3f} with a tenth" if cheaper else text
