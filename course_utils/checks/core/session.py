"""What an answer may change of the session, and what is put back after its check."""

import contextlib
import os
import random
import sys
from collections.abc import Iterator

import numpy
import torch


@contextlib.contextmanager
def session_restored() -> Iterator[None]:
    """Put back, after the block, what it changed beside its own variables.

    That is: random states of Python, NumPy and PyTorch (on the CPU), PyTorch's default dtype,
    threads, gradient mode and autocast on the CPU, the working directory and the environment.
    Nor does anything in the block end the session: see ``_exits_refused``.
    """
    python, numbers, folder = random.getstate(), numpy.random.get_state(), _folder()
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    autocast, short = torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")
    environment = dict(os.environ)
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), _exits_refused():
            yield
    finally:
        random.setstate(python)
        numpy.random.set_state(numbers)
        torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        torch.set_autocast_enabled("cpu", autocast)
        torch.set_autocast_dtype("cpu", short)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if folder is not None and folder != _folder():
            with contextlib.suppress(OSError):  # the answer may have deleted it
                os.chdir(folder)


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return None


@contextlib.contextmanager
def _exits_refused() -> Iterator[None]:
    """Make ``os._exit``, and ``exit`` and ``quit`` of IPython, a ``SystemExit`` in the block."""
    real, process = os._exit, os.getpid()

    def refuse(status: int = 0) -> None:
        if os.getpid() != process:  # a process of the answer's own ends as it should
            real(status)
        raise SystemExit(status)

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    os._exit = refuse  # type: ignore[assignment]
    if shell is not None:
        shell.ask_exit = refuse
    try:
        yield
    finally:
        os._exit = real
        if shell is not None:
            del shell.ask_exit
