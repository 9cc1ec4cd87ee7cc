"""``run`` is interrupted: one sentence, no kernel left, and the next one goes on where it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = """
import pathlib, signal, sys
from course_utils import __main__, settings
from course_utils.assets import prepare
from course_utils.lab import run_lessons

signal.signal(signal.SIGINT, signal.default_int_handler)
settings.PACKAGE = pathlib.Path(sys.argv[1]) / "course_utils"
prepare.prepare = lambda: None
run_lessons.show_scoreboard = lambda run: None
sys.argv[1:] = ["run"]
sys.exit(__main__.main())
"""


def write_lesson(folder, name, source):
    for room in ("solutions", "notebooks"):
        (folder / room).mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(notebook, folder / "solutions" / f"{name}.ipynb")


def start_run(folder):
    """The command, on the lessons of a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(folder)], cwd=ROOT, text=True,
        env={**os.environ, "COURSE_RESULTS": str(folder / "results")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_for(path):
    end = time.monotonic() + 90
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_in_one_sentence_and_goes_on(tmp_path, number):
    write_lesson(tmp_path, "01_first", "1")
    pause = "import pathlib, os, time\nfirst = not pathlib.Path('pid').exists()\n"
    pause += "open('pid', 'w').write(str(os.getpid()))\ntime.sleep(600 * first)"
    write_lesson(tmp_path, "02_second", pause)
    process = start_run(tmp_path)
    pid = tmp_path / "solutions" / "pid"
    wait_for(pid)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "interrupted; run the same command again to go on\n"
    assert "01_first: finished" in out and "Traceback" not in out
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    process = start_run(tmp_path)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "") and "going on there" in out
    assert "01_first: cell" not in out and "02_second: finished" in out
