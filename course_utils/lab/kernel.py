"""Executing notebooks without a browser, in a way that widgets cannot stall.

``lab.run_lessons`` and ``authoring`` execute the lessons through it.
"""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

SLICE = 1.0  # seconds


def client_for(notebook: NotebookNode, folder: Path, timeout: int, **traits: Any) -> NotebookClient:
    """A client that executes ``notebook`` in place.

    Args:
        folder: working directory of the kernel.
        timeout: seconds that a cell may take.
        traits: other traits of ``NotebookClient``.
    """
    resources = {"metadata": {"path": str(folder)}}
    return _Client(notebook, timeout=timeout, resources=resources, **traits)


class _Client(NotebookClient):
    """Looks for the kernel's reply every second, instead of waiting to be woken.

    A cell that shows an ``Output`` widget makes nbclient send on the socket on which it waits for
    the reply. pyzmq can then miss that the reply is there, and the cell would hang until its
    timeout.
    """

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        channel = client.shell_channel
        channel.get_msg = in_slices(channel.get_msg)
        return client


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
