"""``python -m course_utils``: its commands, and what becomes of their errors."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import __main__ as commands
from course_utils import settings
from course_utils.assets import prepare
from course_utils.errors import CourseError
from course_utils.experiments import benchmark, plan, run_study, update
from course_utils.lab import doctor, run_lessons
from course_utils.settings import PACKAGE

COMMANDS = ["prepare", "doctor", "lab", "run", "scoreboard", "ship", "benchmark", "experiments"]
COMMANDS += ["solutions", "notebooks"]


@pytest.fixture
def command(monkeypatch):
    """Run one command line; returns its exit status."""
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["course_utils", *words])
        return commands.main()

    return call


def raises(error):
    def function(*arguments, **named):
        raise error

    return function


def test_help_names_every_command_with_what_it_does(command, capsys):
    with pytest.raises(SystemExit) as left:
        command("--help")
    words = " ".join(capsys.readouterr().out.split())
    assert left.value.code == 0
    for name in COMMANDS:
        assert f" {name} {getattr(commands, name).__doc__}" in words


@pytest.mark.parametrize("words", [[], ["fly"], ["prepare", "--fast"]])
def test_a_wrong_command_line_is_refused(command, capsys, words):
    with pytest.raises(SystemExit) as left:
        command(*words)
    assert left.value.code == 2 and "usage:" in capsys.readouterr().err


def test_a_course_error_is_one_line_and_status_1(command, monkeypatch, capsys):
    monkeypatch.setattr(prepare, "prepare", raises(CourseError("No network", "connect")))
    assert command("prepare") == 1
    shown = capsys.readouterr()
    assert shown.err == "error: No network. What to do: connect.\n" and shown.out == ""


def test_an_interruption_is_status_130(command, monkeypatch, capsys):
    monkeypatch.setattr(prepare, "prepare", raises(KeyboardInterrupt()))
    assert command("prepare") == 130
    assert capsys.readouterr().err == "interrupted; run the same command again to go on\n"


def test_a_bug_keeps_its_traceback(command, monkeypatch):
    monkeypatch.setattr(prepare, "prepare", raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        command("prepare")


@pytest.mark.parametrize(
    ("name", "room", "function", "expected"),
    [
        ("scoreboard", run_lessons, "show_scoreboard", ["show_scoreboard"]),
        ("ship", run_lessons, "ship_results", ["ship_results"]),
        ("benchmark", benchmark, "run_benchmark", ["run_benchmark"]),
        ("run", run_lessons, "run_lessons", ["prepare", "run_lessons"]),
        ("prepare", prepare, "prepare", ["prepare"]),
    ],
)
def test_a_command_does_its_work(command, monkeypatch, name, room, function, expected):
    calls = []
    monkeypatch.setattr(prepare, "prepare", lambda: calls.append("prepare"))
    monkeypatch.setattr(room, function, lambda: calls.append(function))
    assert command(name) == 0 and calls == expected


def test_lab_opens_the_first_lesson_when_all_is_prepared(command, monkeypatch):
    calls = []
    monkeypatch.setattr(prepare, "prepare", lambda: calls.append("prepare"))
    monkeypatch.setattr(commands.subprocess, "call", lambda words: calls.append(words) or 3)
    assert command("lab") == 3
    assert calls == ["prepare", [sys.executable, "-m", "jupyter", "lab", calls[1][-1]]]
    assert calls[1][-1] == str(PACKAGE.parent / commands.FIRST_LESSON)
    assert Path(calls[1][-1]).exists()


@pytest.mark.parametrize("name", ["lab", "run"])
def test_without_lessons_nothing_is_fetched(command, monkeypatch, capsys, tmp_path, name):
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "site-packages" / "course_utils")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prepare, "prepare", raises(AssertionError("something is fetched")))
    assert command(name) == 1
    assert "clone the course's repository" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["solutions"], ["notebooks"], ["notebooks", "--check"]])
def test_without_lessons_there_is_nothing_to_build(command, monkeypatch, capsys, tmp_path, words):
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "site-packages" / "course_utils")
    monkeypatch.chdir(tmp_path)
    assert command(*words) == 1
    assert "clone the course's repository" in capsys.readouterr().err


def test_a_study_is_run_by_its_name(command, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(run_study, "run_study", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(update, "study_update", lambda folder: calls.append(folder))
    name = next(iter(plan.STUDIES))
    assert command("experiments", name, "--folder", str(tmp_path), "--workers", "2") == 0
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    assert command("experiments", "update") == 0
    assert calls == [(name, tmp_path, 2), tmp_path / "results" / "experiments"]


def test_an_unknown_study_lists_them_all(command, capsys):
    assert command("experiments", "flight") == 1
    text = capsys.readouterr().err
    assert all(name in text for name in [*plan.STUDIES, *commands.MEASUREMENTS])


@pytest.mark.parametrize(("study", "module"), commands.MEASUREMENTS.items())
def test_each_study_has_its_function(study, module):
    assert callable(getattr(importlib.import_module(module), f"study_{study}"))
    assert study not in plan.STUDIES


def test_the_command_line_is_read_without_torch():
    code = "import sys; from course_utils.__main__ import parser; parser(); "
    code += "sys.exit('torch' in sys.modules)"
    assert subprocess.call([sys.executable, "-c", code], cwd=PACKAGE.parent) == 0


def test_the_doctor_decides_on_the_status(command, monkeypatch):
    monkeypatch.setattr(doctor, "report", lambda: 1)
    assert command("doctor") == 1


@pytest.mark.parametrize(
    ("words", "check", "problems", "status"),
    [([], False, [], 0), (["--check"], True, [], 0), (["--check"], True, ["01 drifted"], 1)],
)
def test_notebooks_says_what_has_drifted(
    command, monkeypatch, capsys, words, check, problems, status
):
    asked = []

    def build_notebooks(check):
        asked.append(check)
        return problems

    monkeypatch.setattr("course_utils.authoring.build_notebooks", build_notebooks)
    assert command("notebooks", *words) == status and asked == [check]
    expected = "01 drifted" if problems else "notebooks are in step with their sources"
    assert capsys.readouterr().out == expected + "\n"


def test_solutions_takes_the_lessons_named(command, monkeypatch):
    asked = []
    monkeypatch.setattr("course_utils.authoring.build_solutions", asked.append)
    assert command("solutions") == 0 and command("solutions", "01", "02") == 0
    assert asked == [[], ["01", "02"]]
