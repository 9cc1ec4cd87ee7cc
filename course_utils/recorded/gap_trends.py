"""Does a method's gap to full fine-tuning change with the size of the model? (lesson 6)

One line a task, see ``measure.trend``, and Holm's correction over the tasks.
"""

import dataclasses
from collections.abc import Iterable

from course_utils.measure.holm import adjusted
from course_utils.measure.trend import Trend, gap_trend, p_value
from course_utils.recorded.gaps import Gap, gaps_by_size
from course_utils.recorded.ladder import Rung
from course_utils.recorded.model_names import tasks_of

FEWEST = 3  # models of different sizes
ALPHA = 0.05


@dataclasses.dataclass(frozen=True)
class TaskTrend:
    """The trend of a gap on one task.

    Attributes:
        trend: in points for a model of ten times the size; its interval is that of one task alone.
        p: of the slope, taken alone.
        holm_p: the same, corrected for the number of tasks.
        gaps: what the line was fitted to.
    """

    trend: Trend
    p: float
    holm_p: float
    gaps: list[Gap]

    @property
    def stands(self) -> bool:
        """Is there a trend, all tasks taken together? Its interval then leaves out 0 as well."""
        return self.holm_p <= ALPHA and (self.trend.low > 0 or self.trend.high < 0)


def gap_trends(rungs: Iterable[Rung], method: str) -> dict[str, TaskTrend]:
    """Task to trend, of the tasks with at least three sizes.

    Args:
        method: whose gap to full fine-tuning, both at their ends.
    """
    rungs = list(rungs)
    gaps = {task: gaps_by_size(rungs, task, method) for task in tasks_of(rungs)}
    gaps = {t: own for t, own in gaps.items() if len({g.parameters for g in own}) >= FEWEST}
    trends = {
        task: gap_trend([g.parameters for g in own], [g.points for g in own])
        for task, own in gaps.items()
    }
    p_values = [p_value(trend, len(gaps[task])) for task, trend in trends.items()]
    return {
        task: TaskTrend(trend, p, holm_p, gaps[task])
        for (task, trend), p, holm_p in zip(trends.items(), p_values, adjusted(p_values))
    }
