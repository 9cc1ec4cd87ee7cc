"""Executing notebooks without a browser, in a way that widgets cannot stall.

``lab.run_lessons`` and ``authoring`` execute the lessons through it.
"""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

SLICE = 1.0  # seconds
# A kernel writes into the terminal what nobody can act on: that messages within this computer are
# not encrypted and, when it is stopped, a traceback of its own. What a cell raises is not among it.
QUIET = "--IPKernelApp.log_level=CRITICAL"


def client_for(notebook: NotebookNode, folder: Path, timeout: int, **traits: Any) -> NotebookClient:
    """A client that executes ``notebook`` in place.

    Ctrl-C and SIGTERM end its kernel, and ``execute`` then raises ``KeyboardInterrupt``.

    Args:
        folder: working directory of the kernel.
        timeout: seconds that a cell may take.
        traits: other traits of ``NotebookClient``.
    """
    resources = {"metadata": {"path": str(folder)}}
    traits = {"extra_arguments": [QUIET], **traits}
    return _Client(notebook, timeout=timeout, resources=resources, **traits)


class _Client(NotebookClient):
    """Looks for the kernel's reply every second, instead of waiting to be woken.

    A cell that shows an ``Output`` widget makes nbclient send on the socket on which it waits for
    the reply. pyzmq can then miss that the reply is there, and the cell would hang until its
    timeout.
    """

    _stopped = False

    def execute(self, **variables: Any) -> NotebookNode:
        """Execute every cell; see ``client_for``.

        Raises:
            KeyboardInterrupt: a signal asked to stop; the kernel has ended.
        """
        try:
            return super().execute(**variables)
        except (Exception, asyncio.CancelledError):
            if self._stopped:  # nbclient takes the end of the kernel for a fault
                raise KeyboardInterrupt from None
            raise

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **variables: Any) -> AsyncIterator[None]:
        """The kernel's life, as nbclient has it but for the signals: they stop this task."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()

        def stop() -> None:
            if task is not None and not self._stopped:  # a second signal does not cut the clean-up
                self._stopped = True
                task.cancel()

        with _on_signals(lambda: loop.call_soon_threadsafe(stop)):
            self.km = self.create_kernel_manager()
            try:
                await self.async_start_new_kernel(**variables)
                await self.async_start_new_kernel_client()
                yield
            finally:
                await self._async_cleanup_kernel()

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        channel = client.shell_channel
        channel.get_msg = in_slices(channel.get_msg)
        return client


@contextlib.contextmanager
def _on_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call ``stop`` on Ctrl-C and SIGTERM, and afterwards do again what was done before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    names = (signal.SIGINT, signal.SIGTERM)
    before = {name: signal.signal(name, lambda number, frame: stop()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def in_slices(get_message: Callable[..., Awaitable[dict]]) -> Callable[..., Awaitable[dict]]:
    """``get_message(timeout)`` as many short waits: what a wait has missed, the next one finds.

    Both raise ``queue.Empty`` when there is no message within ``timeout`` seconds; None waits for
    ever.
    """

    async def get_sliced(timeout: float | None = None) -> dict:
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                return await get_message(timeout=max(0.0, min(SLICE, left)))
            except Empty:
                if left <= SLICE:
                    raise

    return get_sliced
