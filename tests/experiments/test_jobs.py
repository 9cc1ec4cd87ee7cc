"""Jobs in other processes, and a report that is gone on with."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from course_utils.experiments import jobs
from course_utils.recorded.reports import write_report

START = {"settings": {"rates": [1e-5]}, "device": "a GPU", "versions": {"torch": "2"}, "rows": []}


@pytest.mark.slow
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


@pytest.mark.slow
def test_no_more_jobs_are_taken_than_there_are_workers():
    taken = []

    def next_job():
        taken.append(len(taken))
        return "a/b" if len(taken) <= 5 else None

    results = jobs.perform_next(os.path.basename, next_job, 2)
    assert next(results) == "b" and len(taken) == 2
    assert list(results) == ["b"] * 4


@pytest.mark.slow
def test_workers_end_when_their_study_is_killed(tmp_path):
    (tmp_path / "waiting.py").write_text(
        "import os, pathlib, time\n"
        "from course_utils.experiments import jobs\n"
        "def wait(folder):\n"
        "    pathlib.Path(folder, str(os.getpid())).touch()\n"
        "    time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    list(jobs.perform_all(wait, ['begun', 'begun'], 2))\n"
    )
    (tmp_path / "begun").mkdir()
    path = os.pathsep.join([os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path}
    study = subprocess.Popen([sys.executable, "waiting.py"], cwd=tmp_path, env=environment)
    workers = _until(lambda: sorted(os.listdir(tmp_path / "begun")), lambda found: len(found) == 2)
    study.send_signal(signal.SIGKILL)
    study.wait()
    left = _until(lambda: [pid for pid in map(int, workers) if _runs(pid)], lambda left: not left)
    assert left == []


def _runs(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _until(look, is_enough, seconds=120):
    """What ``look`` gives once it is enough, or when the time is up."""
    end = time.monotonic() + seconds
    while not is_enough(found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


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
