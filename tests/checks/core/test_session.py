"""Whatever an answer does to the session, the next cell finds it as it was."""

import os
import random

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
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    with session_restored():
        os.chdir("..")
        os.rmdir("gone")
