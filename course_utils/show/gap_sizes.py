"""Gaps to full fine-tuning over the size of the model, all at their ends (lesson 6).

In the manner of Lester et al. 2021, Figure 1, but as gaps with their intervals.
"""

from collections.abc import Iterable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.errors import CourseError
from course_utils.methods.names import Method
from course_utils.recorded.gap_changes import gap_changes
from course_utils.recorded.gap_trends import TaskTrend, gap_trends
from course_utils.recorded.gaps import Gap, gaps_by_size
from course_utils.recorded.ladder import FEW_SHOT, ZERO_SHOT, Rung
from course_utils.recorded.model_names import family, tasks_of
from course_utils.show.looks import GREY, Look, looks_of
from course_utils.show.model_looks import size_axis
from course_utils.show.style import described, headline, styled, subplots
from course_utils.show.tables import Table, table

TUNED = (Method.PROMPT_TUNING.value, Method.LORA.value)
METHODS = (ZERO_SHOT, FEW_SHOT, *TUNED)
APART = 1.03  # factor between methods at the same size
WIDE = 20  # points: a wider interval does not decide how far an enlarged panel reaches
Lines = dict[str, list[Gap]]  # method


@styled
def gap_sizes_figure(rungs: Iterable[Rung]) -> Figure:
    """A row a task: all methods on the left, what is trained on the right, enlarged.

    A solid line joins models of one family, a dotted one models of two. On the right a ring is one
    seed, a triangle at the edge one beyond it; bars of ``WIDE`` points or more may be cut there.

    Raises:
        CourseError: no method has a gap to full fine-tuning on any task.
    """
    rungs = list(rungs)
    tasks = {t: {m: gaps_by_size(rungs, t, m) for m in METHODS} for t in tasks_of(rungs)}
    tasks = {task: lines for task, lines in tasks.items() if any(lines.values())}
    if not tasks:
        raise CourseError(
            f"No model has {Method.FULL} and another method",
            "run the study: python -m course_utils experiments ladder",
        )
    figure, grid = subplots(1.7 + 1.45 * len(tasks), len(tasks), 2, squeeze=False, sharex=True,
                            sharey="col")  # fmt: skip
    for (left, right), (task, lines) in zip(grid, tasks.items()):
        _draw(left, lines)
        _draw(right, {method: lines[method] for method in TUNED})
        left.set_title(task, loc="left")
        right.set_title(f"{task}, enlarged", loc="left")
    for axes in grid[-1]:
        size_axis(axes, rungs)
    _enlarge(grid[:, 1], [[lines[method] for method in TUNED] for lines in tasks.values()])
    figure.supylabel(f"points behind {Method.FULL} (bars: 95 %; rings: seeds)", fontsize=9)
    handles = {}
    for axes in grid[:, 0]:
        handles.update(dict(zip(*axes.get_legend_handles_labels()[::-1])))
    figure.legend(handles.values(), handles, loc="outside lower center", ncols=4)
    headline(figure, trend_title(gap_trends(rungs, TUNED[0]), TUNED[0]))
    return described(figure, f"Points behind {Method.FULL} by size. {_in_words(tasks)}.")


def trend_title(trends: Mapping[str, TaskTrend], method: str) -> str:
    """On which tasks a trend of the method's gap stands, corrected by Holm over the tasks.

    Args:
        trends: as ``recorded.gap_trends.gap_trends`` finds them for the method.
    """
    gap = f"gap to {Method.FULL}"
    if not trends:
        return f"The {gap} of {method}: too few sizes for a trend"
    stand = {task: each.trend.slope for task, each in trends.items() if each.stands}
    falls = [task for task, slope in stand.items() if slope < 0]
    grows = [task for task, slope in stand.items() if slope > 0]
    others = [task for task in trends if task not in stand]
    parts = [f"{gap} shrinks with size on {_and(falls)}"] if falls else []
    parts += [f"{gap} grows with size on {_and(grows)}"] if grows else []
    parts += [f"no trend of {'it' if parts else f'the {gap}'} with size can be shown on "
              f"{_and(others)}"] if others else []  # fmt: skip
    return f"{method[0].upper()}{method[1:]}: {'; '.join(parts)}"


def trend_table(rungs: Iterable[Rung], methods: Sequence[str] = TUNED) -> Table:
    """A row a method and task: the slope in points for ten times the size, and its p-values."""
    rungs, rows = list(rungs), []
    for method in methods:
        for task, each in gap_trends(rungs, method).items():
            slope, low, high = each.trend
            rows.append({
                "gap of": method,
                "task": task,
                "sizes": len({gap.parameters for gap in each.gaps}),
                "points [95 %]": f"{slope:+.1f} [{low:+.1f}, {high:+.1f}]",
                "p": each.p,
                "p by Holm": each.holm_p,
                "stands": "yes" if each.stands else "no",
            })  # fmt: skip
    caption = f"Change of the gap to {Method.FULL} for a model of ten times the size"
    return table(rows, caption, {"p": ".2g", "p by Holm": ".2g"})


def change_table(rungs: Iterable[Rung], methods: Sequence[str] = TUNED) -> Table:
    """A row a method and task: the gap of the smallest model less that of the largest."""
    rungs, rows = list(rungs), []
    for method in methods:
        for task, each in gap_changes(rungs, method).items():
            change = each.change
            ends = f"[{100 * change.low:+.1f}, {100 * change.high:+.1f}]"
            rows.append({
                "gap of": method,
                "task": task,
                "smallest": each.smallest.points,
                "largest": each.largest.points,
                "difference [95 %]": f"{100 * change.difference:+.1f} {ends}",
                "p": change.p,
                "p by Holm": each.holm_p,
                "stands": "yes" if each.stands else "no",
            })  # fmt: skip
    formats = {"smallest": "+.1f", "largest": "+.1f", "p": ".2g", "p by Holm": ".2g"}
    caption = f"Points behind {Method.FULL} of the smallest model, less those of the largest"
    return table(rows, caption, formats)


def _draw(axes: Axes, lines: Lines) -> None:
    axes.axhline(0, color=GREY, linewidth=1)
    looks = looks_of(METHODS)
    for method in METHODS:
        if gaps := lines.get(method):
            _draw_line(axes, gaps, method, looks[method])


def _place(gap: Gap, method: str) -> float:
    """Where a mark stands on the axis of sizes: marks of methods lie side by side."""
    return gap.parameters * APART ** (METHODS.index(method) - 1.5)


def _draw_line(axes: Axes, gaps: list[Gap], method: str, look: Look) -> None:
    places = [(_place(gap, method), gap.points) for gap in gaps]
    for one, other, *ends in zip(gaps, gaps[1:], places, places[1:]):
        dashes = "-" if family(one.model) == family(other.model) else ":"
        axes.plot(*zip(*ends), dashes, color=look.colour, linewidth=1.4)
    axes.plot(*zip(*places), look.marker, color=look.colour, markersize=5, label=method)
    for (x, _), gap in zip(places, gaps):
        if gap.ends:
            axes.vlines(x, *gap.ends, color=look.colour, linewidth=1.4)


def _enlarge(panels: Iterable[Axes], rows: Sequence[Sequence[list[Gap]]]) -> None:
    """Give the panels the range of all means and of the intervals that are not wide; add seeds."""
    gaps = [gap for row in rows for line in row for gap in line]
    reached = [0.0, *(gap.points for gap in gaps)]
    for gap in gaps:
        if gap.ends and gap.ends[1] - gap.ends[0] < WIDE:
            reached += gap.ends
    low, high = min(reached), max(reached)
    margin = 0.1 * (high - low) or 1.0
    low, high = low - margin, high + margin
    for axes, row in zip(panels, rows):
        axes.set_ylim(low, high)
        for method, line in zip(TUNED, row):
            _draw_seeds(axes, line, method)


def _draw_seeds(axes: Axes, gaps: list[Gap], method: str) -> None:
    low, high = axes.get_ylim()
    colour = looks_of(METHODS)[method].colour
    for gap in gaps:
        for points in gap.singles if len(gap.singles) > 1 else ():
            beyond = "^" if points > high else "v" if points < low else ""
            axes.plot(
                _place(gap, method) * APART, min(max(points, low), high), beyond or "o",
                color=colour, markersize=4, fillstyle="none", markeredgewidth=0.8,
                clip_on=not beyond,
            )  # fmt: skip


def _in_words(tasks: Mapping[str, Lines]) -> str:
    """What is trained on each task, and the prompts on all."""
    words = []
    for task, lines in tasks.items():
        found = (f"{m} {_ends(lines[m])}" for m in TUNED if lines[m])
        words.append(f"{task}: {', '.join(found)}")
    for method in METHODS:
        points = [gap.points for lines in tasks.values() for gap in lines[method]]
        if points and method not in TUNED:
            words.append(f"{method} on all tasks: from {min(points):.0f} to {max(points):.0f}")
    return "From the smallest model to the largest, " + "; ".join(words)


def _ends(gaps: list[Gap]) -> str:
    return " to ".join(f"{gap.points:.1f}" for gap in dict.fromkeys((gaps[0], gaps[-1])))


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
