"""Guards on the committed notebooks: in step with their sources, executed, short, clean."""

import statistics

import nbformat
import pytest

from course_utils import authoring
from course_utils.authoring.build import find_sources
from course_utils.settings import PACKAGE

ROOT = PACKAGE.parent
LESSONS = find_sources(ROOT, [])


def test_there_are_lessons():
    assert LESSONS


def test_no_drift_and_no_broken_rule():
    """Never-run cells, errors, stderr, addresses, markers, widget state, ids, lengths, drift."""
    assert authoring.build_notebooks(check=True) == []


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_every_exercise_is_there_to_be_solved(source):
    """Counted in the files themselves, not by the code that wrote them."""
    solved = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    student = nbformat.read(ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    exercises = sum("### BEGIN SOLUTION" in cell.source for cell in solved.cells)
    assert exercises >= 5
    assert sum("YOUR CODE HERE" in cell.source for cell in student.cells) == exercises
    last = [cell.source.rsplit("\n", 1)[-1] for cell in student.cells]
    assert sum(line.startswith("check.") for line in last) >= exercises


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_cells_are_short(source):
    cells = nbformat.read(source.with_suffix(".ipynb"), as_version=4).cells
    lines = [len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code"]
    assert max(lines) <= 40 and statistics.median(lines) <= 12


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_nbgrader_accepts_both_notebooks(source):
    """The rules of nbgrader 0.9.6 (``nbgraderformat/v3.py``), restated."""
    student = ROOT / "notebooks" / f"{source.stem}.ipynb"
    for path in (source.with_suffix(".ipynb"), student):
        graded = [
            (cell, cell.metadata["nbgrader"])
            for cell in nbformat.read(path, as_version=4).cells
            if "nbgrader" in cell.metadata
        ]
        ids = [metadata["grade_id"] for _, metadata in graded]
        assert len(set(ids)) == len(ids) > 0 and all(ids)
        for cell, metadata in graded:
            assert cell.cell_type == "code" and metadata["schema_version"] == 3
            assert metadata["grade"] != metadata["solution"] and not metadata["task"]
            assert metadata["locked"] == metadata["grade"] == ("points" in metadata)
