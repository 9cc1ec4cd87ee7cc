"""``python -m course_utils``: its commands, and what becomes of their errors."""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import __main__ as commands
from course_utils import settings
from course_utils.assets import prepare
from course_utils.errors import CourseError
from course_utils.experiments import benchmark, how_much, run_study, step_time
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


def test_the_readme_names_every_study():
    text = (PACKAGE.parent / "README.md").read_text()
    studies = (*commands.MEASUREMENTS, *commands.IN_WORKERS, commands.LADDER, *run_study.ALL)
    assert [study for study in studies if f"`{study}`" not in text] == []


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
        ("scoreboard", run_lessons, "show_scoreboard", [{"run": False}]),
        ("scoreboard --run", run_lessons, "show_scoreboard", [{"run": True}]),
        ("ship", run_lessons, "ship_results", [{}]),
        ("benchmark", benchmark, "run_benchmark", [{}]),
        ("run", run_lessons, "run_lessons", ["prepare", {"again": False}]),
        ("run --again", run_lessons, "run_lessons", ["prepare", {"again": True}]),
    ],
)
def test_a_command_does_its_work(command, monkeypatch, name, room, function, expected):
    calls = []
    monkeypatch.setattr(prepare, "prepare", lambda: calls.append("prepare"))
    monkeypatch.setattr(room, function, lambda **named: calls.append(named))
    assert command(*name.split()) == 0 and calls == expected


def test_prepare_prepares(command, monkeypatch):
    calls = []
    monkeypatch.setattr(prepare, "prepare", lambda: calls.append("prepare"))
    assert command("prepare") == 0 and calls == ["prepare"]


@pytest.fixture
def started(monkeypatch):
    """Command lines of the programs that are started; each ends with status 3 at once."""
    lines = []
    popen = subprocess.Popen

    def start(words, env):
        lines.append(words)
        return popen([sys.executable, "-c", "raise SystemExit(3)"])

    monkeypatch.setattr(prepare, "prepare", lambda: lines.append("prepare"))
    monkeypatch.setattr(commands.subprocess, "Popen", start)
    return lines


@pytest.mark.parametrize(
    ("name", "lesson"),
    [
        ([], "01_prompt_engineering"),
        (["03"], "03_lora"),
        (["03_lora"], "03_lora"),
        (["notebooks/03_lora.ipynb"], "03_lora"),
    ],
)
def test_lab_opens_a_lesson_when_all_is_prepared(command, started, monkeypatch, name, lesson):
    monkeypatch.setattr(commands.os, "geteuid", lambda: 1000, raising=False)
    assert command("lab", *name) == 3
    path = PACKAGE.parent / "notebooks" / f"{lesson}.ipynb"
    assert started == ["prepare", [sys.executable, "-m", "jupyter", "lab", str(path)]]
    assert path.exists()


def test_lab_starts_as_root_and_passes_further_options_on(command, started, monkeypatch):
    monkeypatch.setattr(commands.os, "geteuid", lambda: 0, raising=False)
    command("lab", "02", "--no-browser", "--port=9000")
    assert started[1][4:-1] == ["--allow-root", "--no-browser", "--port=9000"]


@pytest.mark.parametrize("name", ["9", "0", "3", "lora", "notebooks", ""])
def test_an_unknown_lesson_lists_those_that_there_are(command, started, capsys, name):
    assert command("lab", name) == 1 and started == []
    text = capsys.readouterr().err
    assert f"There is no lesson '{name}'" in text and "03_lora, 04_prompt_tuning" in text


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_is_left_to_jupyter_and_sigterm_is_passed_on(tmp_path):
    """The server asks whether Ctrl-C is meant; whoever started it waits for its answer."""
    code = """
import signal, subprocess, sys
from course_utils import __main__ as commands
from course_utils.assets import prepare
signal.signal(signal.SIGINT, signal.default_int_handler)
popen, server = subprocess.Popen, "import time; print('up', flush=True); time.sleep(600)"
prepare.prepare = lambda: None
commands.subprocess.Popen = lambda words, env: popen([sys.executable, "-c", server])
sys.argv[1:] = ["lab"]
print("ended", commands.main() == -signal.SIGTERM)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) == ("ended True\n", "")


def test_folders_are_absolute_before_anything_runs(command, monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    for name, value in (("RESULTS", "out"), ("CACHE", "cache"), ("MODEL", "models")):
        monkeypatch.setenv(f"COURSE_{name}", value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prepare, "prepare", lambda: None)
    command("prepare")
    kept = [os.environ[f"COURSE_{name}"] for name in ("RESULTS", "CACHE", "MODEL")]
    assert kept == [str(tmp_path / name) for name in ("out", "cache", "models")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_request_to_end_is_an_interruption_and_the_handler_is_put_back(
    command, monkeypatch, capsys
):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(prepare, "prepare", lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert command("prepare") == 130
    assert "run the same command again" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before


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
    monkeypatch.setattr(run_study, "run_studies", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(step_time, "study_step_time", lambda folder: calls.append(folder))
    monkeypatch.setattr(how_much, "study_how_much", lambda *arguments: calls.append(arguments))
    names = list(run_study.ALL)[-2:]
    assert command("experiments", *names, "--folder", str(tmp_path), "--workers", "2") == 0
    assert command("experiments", "how_much", "--folder", str(tmp_path), "--workers", "3") == 0
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    assert command("experiments", "step_time") == 0
    results = tmp_path / "results" / "experiments"
    assert calls == [(names, tmp_path, 2), (tmp_path, 3), results]


@pytest.mark.parametrize("workers", ["0", "-1"])
def test_a_study_needs_a_worker(command, monkeypatch, capsys, workers):
    monkeypatch.setattr(run_study, "run_studies", raises(AssertionError("it runs")))
    assert command("experiments", run_study.ALL[0], "--workers", workers) == 1
    assert f"--workers = {workers} cannot be used" in capsys.readouterr().err


def test_a_relative_folder_of_a_study_is_seen_from_where_you_are(command, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(step_time, "study_step_time", calls.append)
    monkeypatch.chdir(tmp_path)
    for given, folder in (("out", tmp_path / "out"), ("~/out", Path.home() / "out")):
        assert command("experiments", "step_time", "--folder", given) == 0
        assert calls.pop() == folder


def test_an_unknown_study_lists_them_all(command, capsys):
    assert command("experiments", "flight") == 1
    text = capsys.readouterr().err
    known = [*run_study.ALL, *commands.MEASUREMENTS, *commands.IN_WORKERS]
    assert all(name in text for name in known)


@pytest.mark.parametrize(
    ("study", "module"), [*commands.MEASUREMENTS.items(), *commands.IN_WORKERS.items()]
)
def test_each_study_has_its_function(study, module):
    assert callable(getattr(importlib.import_module(module), f"study_{study}"))
    assert study not in run_study.ALL


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
