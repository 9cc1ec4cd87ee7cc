"""The rules that any committed notebook must keep."""

from pathlib import Path

import nbformat
import pytest

from course_utils.authoring import guards
from course_utils.errors import CourseError


def _cells(*lengths):
    cells = [nbformat.v4.new_code_cell("\n".join(["1"] * lines)) for lines in lengths]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("lengths", "message"),
    [((12, 12, 40), ""), ((1, 1, 41), "more than 40 lines"), ((13, 13, 1), "median code cell")],
)
def test_length_of_cells(lengths, message):
    problems = guards.find_problems(_cells(*lengths), executed=False)
    assert len(problems) == bool(message) and message in "".join(problems)


def test_student_guards_refuse_markers_outputs_and_equal_ids():
    notebook = _cells(1, 1, 1)
    notebook.cells[0].source = "# BEGIN SOLUTION"
    notebook.cells[1].execution_count = 1
    notebook.cells[2].id = notebook.cells[1].id
    found = "\n".join(guards.find_problems(notebook, executed=False))
    assert "marker is left" in found and "count is left" in found and "used twice" in found


def test_no_notebook_with_a_written_verdict_is_built():
    notebook = _cells(1, 1)
    notebook.cells[1].source = 'print("LoRA is ahead:", tuned > best or quick())'
    found = guards.find_problems(notebook, executed=False)
    assert found and all(p.startswith(f"cell {notebook.cells[1].id}: line 1") for p in found)
    with pytest.raises(CourseError, match="quick.. decides a verdict"):
        guards.refuse_problems(notebook, Path("01_made_up.md"))


def test_a_figure_needs_alt_text():
    output = nbformat.v4.new_output("display_data", {"image/png": "aGk=", "text/plain": "Figure"})
    notebook = _cells(1)
    notebook.cells[0].update(execution_count=1, outputs=[output])
    assert "alt text" in "".join(guards.find_problems(notebook, executed=True))
    output.metadata["image/png"] = {"alt": "Two bars: 0.8 and 0.9."}
    assert not guards.find_problems(notebook, executed=True)
