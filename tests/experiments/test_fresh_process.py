"""Calls in processes of their own."""

import os

import pytest

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.experiments.fresh_process import call_fresh


def test_what_goes_in_and_comes_out(monkeypatch):
    monkeypatch.setenv("SAID_BEFORE", "1")
    found = call_fresh(os.path.join, "a", "b")
    assert found == os.path.join("a", "b")
    there = call_fresh(os.getenv, "SAID_HERE", environment={"SAID_HERE": "yes"})
    assert there == "yes" and "SAID_HERE" not in os.environ
    assert call_fresh(os.getenv, "SAID_BEFORE") == "1"
    assert call_fresh(os.getpid) != os.getpid()


def test_the_course_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert call_fresh(validate.whole, "rank", 4, 1) == 4
    with pytest.raises(CourseError, match=r"whole\('rank', 0, 1\) failed .*rank"):
        call_fresh(validate.whole, "rank", 0, 1)


def test_a_package_can_come_first(tmp_path, monkeypatch):
    first = "import sys\nassert 'course_utils' not in sys.modules\nprint('RESULT of nothing')\n"
    (tmp_path / "early.py").write_text(first)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert call_fresh(os.path.basename, "a/b", first=["early"]) == "b"
    (tmp_path / "early.py").write_text("raise RuntimeError('no such card')")
    with pytest.raises(CourseError, match=r"basename\('a/b'\) failed .*RuntimeError: no such card"):
        call_fresh(os.path.basename, "a/b", first=["early"])


def test_a_process_that_ends_without_a_word_leaves_its_exit_status():
    with pytest.raises(CourseError, match=r"_exit\(9\) failed .*\(exit status 9\)"):
        call_fresh(os._exit, 9)
