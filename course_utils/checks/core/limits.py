"""How long an answer may run in a check, and how much it may print.

One call of a C function that never comes back, such as ``sum(itertools.count())``, is not ended:
Python itself cannot be interrupted there, and only a new kernel helps.
"""

import contextlib
import ctypes
import io
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

LINES, CHARACTERS = 20, 2000  # what is shown of an answer's own output


class StillRunning(BaseException):
    """The time is over. No ``Exception``: a loop with ``except Exception`` would keep it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``StillRunning`` in a block that takes longer, and again each second until it ends.

    In the main thread of Linux and macOS an alarm does it, which ends a sleep too. Elsewhere
    another thread does, at the next line of Python.
    """
    main = threading.current_thread() is threading.main_thread()
    with _alarm(seconds) if main and hasattr(signal, "setitimer") else _watchdog(seconds):
        yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def over(*_: Any) -> None:
        raise StillRunning

    before = signal.signal(signal.SIGALRM, over)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _watchdog(seconds: float) -> Iterator[None]:
    thread, done, turn = threading.get_ident(), threading.Event(), threading.Lock()

    def raise_there(error: Any) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = 1.0
            with turn:
                if not done.is_set():
                    raise_there(ctypes.py_object(StillRunning))

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with turn:
            done.set()
            raise_there(None)  # one that was sent, and has not arrived


@contextlib.contextmanager
def first_lines(lines: int = LINES) -> Iterator[None]:
    """Let the first lines of the block's output through, and say how many were left out."""
    heads = [_Head(stream, lines) for stream in (sys.stdout, sys.stderr)]
    try:
        with contextlib.redirect_stdout(heads[0]), contextlib.redirect_stderr(heads[1]):
            yield
    finally:
        dropped = sum(head.dropped for head in heads)
        if dropped and lines:
            print(f"\n(Your code printed much: {dropped:,} more characters are not shown.)")


class _Head(io.TextIOBase):
    """Passes the beginning of what is written to a stream, and counts the rest."""

    def __init__(self, stream: TextIO, lines: int):
        self.stream, self.lines, self.characters = stream, lines, CHARACTERS if lines else 0
        self.dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        kept = text[: self.characters] if self.lines else ""
        if kept.count("\n") >= self.lines:
            kept = "".join(kept.splitlines(keepends=True)[: self.lines])
        self.characters -= len(kept)
        self.lines -= kept.count("\n")
        self.stream.write(kept)
        self.dropped += len(text) - len(kept)
        return len(text)

    def flush(self) -> None:
        self.stream.flush()
