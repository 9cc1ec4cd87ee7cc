"""Executing notebooks: a reply that nobody was woken for is found all the same."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from queue import Empty

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from course_utils.lab import kernel
from course_utils.lab.kernel import client_for, in_slices
from course_utils.settings import PACKAGE


def channel(arrives, noticed):
    """A channel whose message is there after ``arrives`` seconds; waits never wake for it."""
    start = time.monotonic()

    async def get_message(timeout):
        if time.monotonic() - start >= arrives:
            noticed.append(time.monotonic() - start)
            return {"header": "reply"}
        await asyncio.sleep(timeout)
        raise Empty

    return get_message


def test_a_missed_message_is_found_by_the_next_slice(monkeypatch):
    monkeypatch.setattr(kernel, "SLICE", 0.05)
    noticed = []
    message = asyncio.run(in_slices(channel(0.12, noticed))(timeout=30))
    assert message == {"header": "reply"} and 0.1 < noticed[0] < 5


@pytest.mark.parametrize("timeout", [0, 0.02, 0.13])
def test_without_a_message_the_wait_ends_when_it_should(monkeypatch, timeout):
    monkeypatch.setattr(kernel, "SLICE", 0.05)
    start = time.monotonic()
    with pytest.raises(Empty):
        asyncio.run(in_slices(channel(60, []))(timeout=timeout))
    assert timeout <= time.monotonic() - start < timeout + 5


def test_a_notebook_with_an_interactive_output_is_executed(tmp_path):
    cells = [
        "import ipywidgets\ns = ipywidgets.IntSlider(3)",
        "ipywidgets.interactive_output(lambda x: print('x =', x), {'x': s})",
        "import os; print(os.getcwd())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    client_for(notebook, tmp_path, timeout=60).execute()
    assert notebook.cells[2].outputs[0].text == f"{tmp_path}\n"
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]


SLEEPER = """
import pathlib, signal, sys
import nbformat
from course_utils.lab.kernel import client_for

signal.signal(signal.SIGINT, signal.default_int_handler)
cells = ["import os; open('pid', 'w').write(str(os.getpid()))", "import time; time.sleep(600)"]
cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
client = client_for(nbformat.v4.new_notebook(cells=cells), pathlib.Path(sys.argv[1]), timeout=900)
before = signal.getsignal(signal.SIGTERM)
try:
    client.execute()
except KeyboardInterrupt:
    print("stopped", signal.getsignal(signal.SIGTERM) is before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_kernel_and_nothing_is_printed(tmp_path, number):
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER, str(tmp_path)],
        cwd=PACKAGE.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (tmp_path / "pid").exists() and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("stopped True\n", "")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_error_of_a_cell_is_no_interruption(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(CellExecutionError):
        client_for(notebook, tmp_path, timeout=60).execute()
