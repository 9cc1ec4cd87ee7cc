"""Is a gap to full fine-tuning larger on the smallest model than on the largest? (lesson 6)

Beside ``recorded.gap_trends``: a line through few models does not use how well each of its gaps is
known. This does, and says something of two models, not of sizes.
"""

import dataclasses
from collections.abc import Iterable

from course_utils.measure.holm import adjusted
from course_utils.measure.seeds import Difference, compare_differences
from course_utils.methods.names import Method
from course_utils.recorded.gap_trends import ALPHA
from course_utils.recorded.gaps import Gap, gaps_by_size
from course_utils.recorded.ladder import Rung, finals
from course_utils.recorded.model_names import tasks_of


@dataclasses.dataclass(frozen=True)
class TaskChange:
    """The gaps of two models on one task.

    Attributes:
        smallest, largest: of the models whose gap has an interval.
        change: the gap of the smallest less that of the largest, in shares: above 0 if it shrinks.
        holm_p: its p-value, corrected for the number of tasks.
    """

    smallest: Gap
    largest: Gap
    change: Difference
    holm_p: float

    @property
    def stands(self) -> bool:
        """Do the gaps differ, all tasks taken together? The interval then leaves out 0 as well."""
        return self.holm_p <= ALPHA and (self.change.low > 0 or self.change.high < 0)


def gap_changes(rungs: Iterable[Rung], method: str) -> dict[str, TaskChange]:
    """Task to change, of the tasks on which two models of different size have an interval.

    Args:
        method: one that is trained; its gap to full fine-tuning, both at their ends.
    """
    rungs, found = list(rungs), {}
    for task in tasks_of(rungs):
        gaps = [gap for gap in gaps_by_size(rungs, task, method) if gap.ends]
        if gaps and gaps[0].parameters < gaps[-1].parameters:
            answers = [_answers(rungs, gap.model, task, method) for gap in (gaps[0], gaps[-1])]
            found[task] = gaps[0], gaps[-1], compare_differences(*answers)
    p_values = adjusted([change.p for *_, change in found.values()])
    return {task: TaskChange(*each, p) for (task, each), p in zip(found.items(), p_values)}


def _answers(rungs: list[Rung], model: str, task: str, method: str) -> tuple[list[str], list[str]]:
    """Of full fine-tuning and of the method, one string a seed."""
    full, own = (finals(rungs, model, task, each) for each in (Method.FULL.value, method))
    return [rung.correct for rung in full], [rung.correct for rung in own]
