"""Execute a lesson and bring it into a form that is the same, byte for byte, every time."""

import os
import re
from pathlib import Path

import nbclient
import nbformat
from nbformat import NotebookNode

from course_utils.authoring.lesson import METADATA
from course_utils.errors import CourseError
from course_utils.lab.kernel import client_for

BAR = re.compile(r"\d+%\|.*\| \d+/\d+ \[")  # tqdm's text, as it was when the bar appeared
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # holds a random model id


def execute(notebook: NotebookNode, folder: Path, environment: dict[str, str]) -> None:
    """Run the notebook in place and normalise it.

    Args:
        notebook: any notebook; outputs that it has are replaced.
        folder: working directory of the kernel.
        environment: variables for the kernel, beside those of this process.

    Raises:
        CourseError: a cell raised, or ran for more than ten minutes.
    """
    client = client_for(
        notebook,
        folder,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
    )
    try:
        client.execute(env={**os.environ, **environment})
    except (nbclient.exceptions.CellExecutionError, nbclient.exceptions.CellTimeoutError) as error:
        raise CourseError(f"A cell did not run:\n{error}", "mend it in the .md source") from error
    normalise(notebook)


def normalise(notebook: NotebookNode) -> None:
    """Drop what differs between two equal runs: widget state and ids, the kernel's version.

    A progress bar goes altogether: without its widget it would stand at 0 % above finished work.
    """
    notebook.metadata = NotebookNode(METADATA)
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _is_bar(output)]
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET_VIEW, None)


def _is_bar(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return WIDGET_VIEW in data and bool(BAR.search(data.get("text/plain", "")))


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as nbformat does, with a newline at the end, whatever the system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(notebook), encoding="utf-8", newline="\n")


def text(notebook: NotebookNode) -> str:
    """The notebook as the text of its file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"
