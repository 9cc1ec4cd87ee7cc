"""The learner's notebook: a lesson without its answers."""

import copy

from nbformat import NotebookNode

from course_utils.authoring.lesson import REGION, is_exercise

OPEN, CLOSED = "<details open>", "<details>"  # answers to questions: folded for learners
VALUE_STUB = "# YOUR CODE HERE: put your answer in the place of ... above"


def student_notebook(lesson: NotebookNode) -> NotebookNode:
    """A copy of the lesson, as `read_lesson` gives it, in which every answer is a stub.

    Inside a function the stub raises ``NotImplementedError``; at the top level of a cell, the
    variable that the cell set to ``...`` keeps that value.
    """
    notebook = copy.deepcopy(lesson)
    for cell in notebook.cells:
        if is_exercise(cell):
            name = cell.metadata["nbgrader"]["grade_id"]
            cell.source = _without_answer(cell.source, name)
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(OPEN, CLOSED)
        if "nbgrader" in cell.metadata:
            cell.metadata["deletable"] = False
            if cell.metadata["nbgrader"]["locked"]:
                cell.metadata["editable"] = False
    return notebook


def _without_answer(source: str, name: str) -> str:
    return REGION.sub(lambda match: _stub(match[1], name), source)


def _stub(indent: str, name: str) -> str:
    if not indent:
        return VALUE_STUB
    advice = f"Write {name} here, and delete this line."
    return f'{indent}# YOUR CODE HERE\n{indent}raise NotImplementedError("{advice}")'
