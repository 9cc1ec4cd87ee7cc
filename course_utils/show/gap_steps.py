"""How far a method is behind full fine-tuning after so many steps, a line a model (lesson 6)."""

import math
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from course_utils.errors import CourseError
from course_utils.methods.names import Method
from course_utils.recorded.gaps import Gap, gaps_by_steps
from course_utils.recorded.ladder import Rung
from course_utils.recorded.model_names import models_of, tasks_of
from course_utils.show.looks import GREY
from course_utils.show.model_looks import ModelLook, model_looks
from course_utils.show.small_multiples import small_multiples
from course_utils.show.style import described, headline, styled

APART = 1.045  # factor between models at the same step, so that their bars stand side by side
Lines = dict[str, dict[str, list[Gap]]]  # task, model


@styled
def gap_steps_figure(rungs: Iterable[Rung], method: str = Method.PROMPT_TUNING.value) -> Figure:
    """A panel a task: full fine-tuning at its end less the method so far, in points.

    Args:
        rungs: of the ladder; models and tasks without both methods are left out.
        method: that is read off along its training, one of ``recorded.ladder.TRAINED``.

    Raises:
        CourseError: no model has both methods on any task.
    """
    rungs = list(rungs)
    lines, looks = _lines(rungs, method), model_looks(rungs)
    figure, panels = small_multiples(list(lines), "steps", sharey=True)
    for axes, models in zip(panels, lines.values()):
        axes.axhline(0, color=GREY, linewidth=1)
        for model, gaps in models.items():
            _draw(axes, gaps, looks[model], APART ** list(looks).index(model))
        _step_axis(axes, [gaps for each in lines.values() for gaps in each.values()])
    figure.supylabel(f"points behind {Method.FULL} (bars: 95 %)", fontsize=9)
    shown = {model for models in lines.values() for model in models}
    handles = [drawn.handle() for model, drawn in looks.items() if model in shown]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    headline(figure, steps_sentence(rungs, method))
    return described(figure, _in_words(lines, looks))


def steps_sentence(rungs: Iterable[Rung], method: str = Method.PROMPT_TUNING.value) -> str:
    """The range of the gaps at the first reading, and at the end; raises as the figure does."""
    lines = [gaps for models in _lines(list(rungs), method).values() for gaps in models.values()]
    first = min(gaps[0].steps or 0 for gaps in lines)
    early = [gaps[0].points for gaps in lines if gaps[0].steps == first]
    late = [gaps[-1].points for gaps in lines]
    return (
        f"Gap of {method} to {Method.FULL}, in points: {_range(early)} after {first} steps, "
        f"{_range(late)} at its end"
    )


def _lines(rungs: list[Rung], method: str) -> Lines:
    lines = {}
    for task in tasks_of(rungs):
        found = {m: gaps_by_steps(rungs, m, task, method) for m in models_of(rungs)}
        if models := {model: gaps for model, gaps in found.items() if gaps}:
            lines[task] = models
    if not lines:
        raise CourseError(
            f"No model has both {method} and {Method.FULL}",
            "run the study: python -m course_utils experiments ladder",
        )
    return lines


def _draw(axes: Axes, gaps: list[Gap], drawn: ModelLook, apart: float) -> None:
    colour = drawn.look.colour
    x = [(gap.steps or 0) * apart for gap in gaps]
    axes.plot(x, [gap.points for gap in gaps], drawn.dashes, marker=drawn.look.marker,
              color=colour, markersize=4.5, linewidth=1.2, label=drawn.name)  # fmt: skip
    for place, gap in zip(x, gaps):
        if gap.ends:
            axes.vlines(place, *gap.ends, color=colour, linewidth=1.4)


def _step_axis(axes: Axes, lines: list[list[Gap]]) -> None:
    """Of all panels together, which share it."""
    first = min(gaps[0].steps or 1 for gaps in lines)
    last = max(gaps[-1].steps or 1 for gaps in lines)
    ticks = [first * 2**k for k in range(1 + int(math.log2(last / first)))]
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()


def _range(points: list[float]) -> str:
    low, high = round(min(points)), round(max(points))
    return f"{low}" if low == high else f"{low} to {high}"


def _in_words(lines: Lines, looks: dict[str, ModelLook]) -> str:
    """Of the smallest and the largest model on each task."""
    tasks = []
    for task, models in lines.items():
        ends = dict.fromkeys((next(iter(models)), next(reversed(models))))
        ways = (f"{looks[model].name} {_way(models[model])}" for model in ends)
        tasks.append(f"{task}: {', '.join(ways)}")
    return f"Points behind at the first reading and at the end. {'; '.join(tasks)}."


def _way(gaps: list[Gap]) -> str:
    return f"{gaps[0].points:.1f} to {gaps[-1].points:.1f}"
