"""The learners' notebooks, untouched, from top to bottom: nothing raises, nothing is passed."""

import re

import nbformat
import pytest

from course_utils.authoring.execute import execute
from course_utils.settings import PACKAGE

ROOT = PACKAGE.parent

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_untouched_notebook_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.parent, {"COURSE_RESULTS": str(tmp_path), "COURSE_QUICK": "1"})
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert checks
    for cell in checks:
        assert "not attempted" in _plain(cell), cell.source


def _plain(cell: nbformat.NotebookNode) -> str:
    """All that the cell shows, without HTML tags and in lower case."""
    shown = []
    for output in cell.outputs:
        shown += [output.get("text", ""), *output.get("data", {}).values()]
    return re.sub(r"<[^>]+>", "", "".join(map(str, shown))).lower()
