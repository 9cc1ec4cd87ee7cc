"""Jobs in other processes, and a report that is gone on with."""

import os

import pytest

from course_utils.experiments import jobs
from course_utils.recorded.reports import write_report

START = {"settings": {"rates": [1e-5]}, "device": "a GPU", "versions": {"torch": "2"}, "rows": []}


def test_every_job_is_done_in_another_process():
    found = list(jobs.perform_all(os.path.basename, ["a/b", "c/d", "e/f"], 2))
    assert sorted(found) == ["b", "d", "f"]
    assert list(jobs.perform_all(os.getpid, [], 2)) == []


def test_the_next_job_may_follow_from_the_results_so_far():
    waiting, found = [["a/b"], [], ["c/d"]], []

    def next_job():
        group = waiting[0] if waiting else []
        return group.pop() if group else None

    for result in jobs.perform_next(os.path.basename, next_job, 2):
        found.append(result)
        waiting[:] = waiting[2:]
    assert found == ["b", "d"]


def test_no_more_jobs_are_taken_than_there_are_workers():
    taken = []

    def next_job():
        taken.append(len(taken))
        return "a/b" if len(taken) <= 5 else None

    results = jobs.perform_next(os.path.basename, next_job, 2)
    assert next(results) == "b" and len(taken) == 2
    assert list(results) == ["b"] * 4


def test_a_job_leaves_the_device_empty_also_when_it_fails(monkeypatch):
    freed = []
    monkeypatch.setattr(jobs, "free_memory", lambda: freed.append(True))
    assert jobs._perform(len, "abc") == 3
    with pytest.raises(ValueError):
        jobs._perform(int, "x")
    assert freed == [True, True]


def test_a_report_is_gone_on_with_where_settings_and_machine_are_the_same(tmp_path):
    assert jobs.begun(tmp_path, "study", START) is START
    kept = START | {"rows": [{"x": 1}], "date": "yesterday"}
    write_report(tmp_path, "study", kept)
    assert jobs.begun(tmp_path, "study", START) == kept
    for change in ({"settings": {}}, {"device": "a CPU"}, {"versions": {"torch": "3"}}):
        assert jobs.begun(tmp_path, "study", START | change)["rows"] == []
