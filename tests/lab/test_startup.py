"""A kernel that ``lab`` starts explains a NameError before any cell of the lesson has run."""

import os
import subprocess
import sys

import nbformat
import pytest

from course_utils import __main__ as commands
from course_utils.assets import prepare
from course_utils.lab.kernel import client_for
from course_utils.settings import PACKAGE

SCRIPT = str(PACKAGE / "lab" / "startup.py")


def test_the_first_cell_that_runs_may_be_a_later_one(tmp_path):
    """In a folder from which the course cannot be imported otherwise, and leaving no names."""
    names = "[n for n in dir() if 'install' in n or n in ('sys', 'Path', 'root')]"
    cells = [nbformat.v4.new_code_cell(source) for source in ("check.collate(collate)", names)]
    cells[0].metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    client = client_for(notebook, tmp_path, 120, kernel_name="python3")
    client.execute(env=environment | {"PYTHONSTARTUP": SCRIPT})
    error, advice = notebook.cells[0].outputs
    assert error.ename == "NameError" and "run the cells above first" in advice.text
    assert notebook.cells[1].outputs[0].data["text/plain"] == "[]"


@pytest.mark.parametrize("own", [None, "/home/me/startup.py"])
def test_lab_has_its_kernels_run_it_unless_there_is_one_of_the_users(monkeypatch, own):
    environments, popen = [], subprocess.Popen
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    if own:
        monkeypatch.setenv("PYTHONSTARTUP", own)

    def start(words, env):
        environments.append(env)
        return popen([sys.executable, "-c", ""])

    monkeypatch.setattr(commands.subprocess, "Popen", start)
    monkeypatch.setattr(prepare, "prepare", lambda: None)
    monkeypatch.setattr(sys, "argv", ["course_utils", "lab"])
    assert commands.main() == 0
    assert environments[0]["PYTHONSTARTUP"] == (own or SCRIPT)
    assert environments[0]["PATH"] == os.environ["PATH"]
