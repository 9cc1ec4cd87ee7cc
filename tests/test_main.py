"""``python -m course_utils``: its commands, and what becomes of their errors."""

import sys

import pytest

from course_utils import __main__ as commands
from course_utils.assets import prepare
from course_utils.errors import CourseError
from course_utils.experiments import benchmark
from course_utils.lab import doctor, run_lessons

COMMANDS = "prepare doctor lab run scoreboard ship benchmark solutions notebooks".split()


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
    assert commands.FIRST_LESSON.exists() and calls[1][-1] == str(commands.FIRST_LESSON)


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
