"""What needs no language model, on each task of lesson 6: ``experiments task_baselines`` made it.

Lesson 6, *The tasks*.
"""

import dataclasses

from course_utils.measure.answered import Answered
from course_utils.recorded.reports import read_report


@dataclasses.dataclass(frozen=True)
class TaskBaseline(Answered):
    """The baselines of a task.

    Attributes:
        labels: number of possible answers.
        majority: accuracy on the test items of always giving the commonest training label.
        correct: one character a test item, ``1`` where ``measure.linear`` was right.
    """

    labels: int
    majority: float
    correct: str


def recorded_task_baselines() -> dict[str, TaskBaseline]:
    """Task to baselines, in the order of the lesson.

    Raises:
        CourseError: they were not recorded.
    """
    report = read_report("task_baselines", "task_baselines")
    return {name: TaskBaseline(**row) for name, row in report["tasks"].items()}
