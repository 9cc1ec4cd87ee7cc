"""Whatever an answer does to the session, the next cell finds it as it was."""

import os
import random
import shutil
import sys
import tempfile
import types
from pathlib import Path

import numpy
import pytest
import torch

from course_utils.checks.core.session import session_restored


def state():
    return (
        random.getstate(),
        numpy.random.get_state()[1].tolist(),
        torch.get_rng_state().tolist(),
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.get_autocast_dtype("cpu"),
        os.getcwd(),
        dict(os.environ),
    )


def threads_and_dtype():
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.set_default_dtype(torch.float64)


def autocast():
    torch.set_autocast_enabled("cpu", True)
    torch.set_autocast_dtype("cpu", torch.float16)


def environment():
    os.environ["COURSE_QUICK"] = "1"
    os.environ.pop("PATH")


CHANGES = {
    "random": lambda: (random.random(), numpy.random.rand(3), torch.rand(3)),
    "seeds": lambda: (random.seed(0), numpy.random.seed(0), torch.manual_seed(0)),
    "threads and dtype": threads_and_dtype,
    "gradients": lambda: torch.set_grad_enabled(False),
    "autocast": autocast,
    "environment": environment,
    "folder": lambda: os.chdir("/"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("error", [None, KeyError, SystemExit])
def test_it_is_put_back(change, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = state()

    def block():
        with session_restored():
            CHANGES[change]()
            if error is not None:
                raise error

    if error is None:
        block()
    else:
        with pytest.raises(error):
            block()
    assert state() == before


def test_a_deleted_folder_is_no_trouble(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    with session_restored():
        gone.rmdir()
    with session_restored():
        assert os.listdir() == []


def test_the_notebooks_folder_is_not_touched(tmp_path, monkeypatch):
    (tmp_path / "notebook.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    with session_restored():
        Path("notebook.ipynb").write_text("spoilt")
        shutil.rmtree(os.getcwd())
    assert os.getcwd() == str(tmp_path)
    assert Path("notebook.ipynb").read_text() == "{}"


def test_a_full_disk_does_not_stop_a_check(tmp_path, monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with session_restored():
        assert os.getcwd() == str(tmp_path)


def test_modules_beside_the_notebook_are_found(tmp_path, monkeypatch):
    (tmp_path / "helper_of_the_learner.py").write_text("value = 3")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with session_restored():
        import helper_of_the_learner
    assert helper_of_the_learner.value == 3
    assert sys.path[0] == ""


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: sys.exit(3)])
def test_no_exit_ends_the_session(end):
    real = os._exit
    with pytest.raises(SystemExit) as ended, session_restored():
        end()
    assert ended.value.code == 3
    assert os._exit is real


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_process_of_the_answers_own_may_end():
    with session_restored():
        child = os.fork()
        if child == 0:
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_exit_typed_in_a_notebook_does_not_end_the_kernel(monkeypatch):
    class Shell:
        def ask_exit(self):
            raise AssertionError("the kernel would end")

    shell = Shell()
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    with pytest.raises(SystemExit), session_restored():
        shell.ask_exit()
    assert "ask_exit" not in vars(shell)
