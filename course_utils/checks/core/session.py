"""What an answer may change of the session, and what is put back after its check."""

import contextlib
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator

import numpy
import torch


@contextlib.contextmanager
def session_restored() -> Iterator[None]:
    """Put back, after the block, what it changed beside its own variables.

    That is: random states of Python, NumPy and PyTorch (on the CPU), PyTorch's default dtype,
    threads, gradient mode and autocast on the CPU, the working directory and the environment.
    Nor does anything in the block end the session, or write to the folder of the notebook, unless
    by its full path: see ``_exits_refused`` and ``_in_a_folder_of_its_own``.
    """
    python, numbers = random.getstate(), numpy.random.get_state()
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    autocast, short = torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")
    environment = dict(os.environ)
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            with _exits_refused(), _in_a_folder_of_its_own():
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


@contextlib.contextmanager
def _in_a_folder_of_its_own() -> Iterator[None]:
    """Work in an empty folder, which may even be deleted; modules are still found as before."""
    try:
        before = os.getcwd()
    except OSError:  # it was deleted
        before = tempfile.gettempdir()
    modules = list(sys.path)
    try:
        folder = tempfile.mkdtemp()
        os.chdir(folder)
    except OSError:  # a full disk: the check goes on where it is
        folder = None
    sys.path[:] = [before if place == "" else place for place in modules]
    try:
        yield
    finally:
        sys.path[:] = modules
        with contextlib.suppress(OSError):
            os.chdir(before)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


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
