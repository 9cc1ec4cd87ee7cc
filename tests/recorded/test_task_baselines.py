"""The recorded baselines are of all tasks of lesson 6, on their test items as they are."""

from course_utils.data import tasks
from course_utils.experiments.task_baselines import TASKS
from course_utils.recorded.task_baselines import recorded_task_baselines


def test_they_are_of_the_tasks_as_they_are():
    found = recorded_task_baselines()
    assert tuple(found) == TASKS
    for name, baseline in found.items():
        task = tasks.load(name)
        assert (baseline.labels, len(baseline.correct)) == (len(task.label_words), len(task.test))
        assert baseline.majority == task.majority
