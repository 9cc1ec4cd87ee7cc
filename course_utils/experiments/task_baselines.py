"""Majority and a linear model of word counts on each task of lesson 6; two minutes on a CPU."""

import dataclasses
from pathlib import Path
from typing import Any

from course_utils.data import tasks
from course_utils.machine.device import pick_device
from course_utils.machine.environment import environment
from course_utils.measure.linear import evaluate_linear
from course_utils.recorded.reports import write_report
from course_utils.recorded.task_baselines import TaskBaseline

TASKS = ("movies", "pair", "strength", "same", "rating", "form")


def study_task_baselines(folder: Path) -> dict[str, Any]:
    """Measure the baselines of each task; write ``task_baselines.json``."""
    report: dict[str, Any] = environment(pick_device(), ("scikit-learn",)) | {"tasks": {}}
    for name in TASKS:
        task = tasks.load(name)
        found = evaluate_linear(task)
        baseline = TaskBaseline(len(task.label_words), task.majority, found.correct)
        report["tasks"][name] = dataclasses.asdict(baseline)
        print(f"{name}: majority {task.majority:.3f}, linear {found}", flush=True)
    write_report(folder, "task_baselines", report)
    return report
