"""The study of baselines writes what the reader reads."""

import datasets
import pytest

from course_utils import settings
from course_utils.data.tasks import Task
from course_utils.experiments import task_baselines
from course_utils.measure.linear import evaluate_linear
from course_utils.recorded.task_baselines import recorded_task_baselines


@pytest.fixture
def task():
    rows = {"text": ["bad film", "good film", "a bad one", "so good"] * 3, "label": [0, 1] * 6}
    data = datasets.Dataset.from_dict(rows)
    return Task("movies", (" negative", " positive"), data, data, data)


def test_what_is_measured_is_read(task, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(task_baselines.tasks, "load", lambda name: task)
    monkeypatch.setattr(task_baselines, "TASKS", ("movies", "pair"))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    task_baselines.study_task_baselines(tmp_path)
    found = recorded_task_baselines()
    assert list(found) == ["movies", "pair"]
    assert found["pair"].correct == evaluate_linear(task).correct and found["pair"].labels == 2
    assert found["pair"].majority == 0.5 and found["pair"].accuracy == 1.0
    assert "movies: majority 0.500, linear 1.000" in capsys.readouterr().out
