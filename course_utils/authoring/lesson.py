"""Read a lesson's text source as a notebook with stable cell ids and nbgrader metadata.

An exercise is a code cell with a region between the two markers; its check is a later cell that
holds ``check.NAME(NAME)`` and nothing else, where NAME is what the exercise defines. The rest is
derived from these two. The import of ``check`` is repeated in each such cell, which is locked: it
then takes its check afresh, whatever another cell has bound that name to, and runs on its own.

A cell with the tag ``hide-input`` holds what a reader need not read; JupyterLab shows it folded.
"""

import ast
import hashlib
import re
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from course_utils.errors import CourseError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^([ \t]*){BEGIN}\n.*?^[ \t]*{END}$", re.DOTALL | re.MULTILINE)
HIDDEN = "hide-input"  # tag of a cell whose code is not part of the lesson
CHECK = re.compile(r"check\.(\w+)\(\1\)")
IMPORT = re.compile(r"^from course_utils\.checks import \w+ as check$", re.MULTILINE)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_lesson(path: Path) -> NotebookNode:
    """The lesson with its answers, not executed.

    Cell ids depend on the text alone: the exercise's name where a cell is graded, else a hash of
    the cell, so an edit changes the id of no other cell.

    Raises:
        CourseError: a marker is out of place, or an exercise and a check do not pair up.
    """
    notebook = jupytext.read(path, fmt="md:myst")
    notebook.metadata = NotebookNode(METADATA)
    try:
        _pair_exercises(notebook.cells)
    except (ValueError, SyntaxError) as error:
        raise CourseError(f"{path.name}: {error}", "see 'Exercises' in CONTRIBUTING.md") from error
    _name_cells(notebook.cells)
    for cell in notebook.cells:
        if HIDDEN in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}  # JupyterLab shows one line of it
    return notebook


def is_exercise(cell: NotebookNode) -> bool:
    """Does the cell hold an answer that the learner's notebook leaves out?"""
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def _pair_exercises(cells: list[NotebookNode]) -> None:
    """Give each exercise and its check nbgrader's metadata (schema 3), and the check its import."""
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    fresh = IMPORT.search(code)
    waiting: dict[str, NotebookNode] = {}  # exercises above that have no check yet, by name
    for cell in cells:
        if cell.cell_type == "code" and BEGIN in cell.source:
            _refuse_bad_markers(cell.source)
            waiting.update((name, cell) for name in _defined_names(cell.source))
        elif "BEGIN SOLUTION" in cell.source or "END SOLUTION" in cell.source:
            raise ValueError(f"a marker outside an exercise: {_first_line(cell)}")
        if cell.cell_type != "code" or not (match := CHECK.search(cell.source)):
            continue
        name = match[1]
        if not CHECK.fullmatch(cell.source.strip()):
            raise ValueError(f"check.{name}({name}) does not stand alone in its cell")
        if name not in waiting:
            raise ValueError(f"no exercise above check.{name}({name}) defines {name}")
        exercise = waiting[name]
        waiting = {n: other for n, other in waiting.items() if other is not exercise}
        exercise.metadata["nbgrader"] = _nbgrader(name, solution=True)
        cell.metadata["nbgrader"] = _nbgrader(f"check_{name}", solution=False)
        if fresh:
            cell.source = f"{fresh[0]}\n\n{cell.source.strip()}"
    if waiting:
        raise ValueError(f"no check below the exercise that defines {', '.join(waiting)}")


def _refuse_bad_markers(source: str) -> None:
    markers = [line.strip() for line in source.split("\n") if " SOLUTION" in line]
    if markers != [BEGIN, END] * (len(markers) // 2):
        raise ValueError(f"{BEGIN} and {END} do not alternate: {markers}")


def _defined_names(source: str) -> list[str]:
    """Functions, classes, variables set to ``...``: top level of the cell without its answer."""
    names = []
    for node in ast.parse(REGION.sub(r"\1...", source)).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, ast.Assign) and getattr(node.value, "value", None) is Ellipsis:
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    if not names:
        raise ValueError(
            "without its answer, an exercise defines no function, no class and no NAME = ..."
        )
    return names


def _nbgrader(grade_id: str, solution: bool) -> dict:
    """Metadata of an answer, or of the locked cell that grades it with one point."""
    metadata = {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
    }
    return metadata if solution else {**metadata, "points": 1}


def _name_cells(cells: list[NotebookNode]) -> None:
    seen: dict[str, int] = {}
    for cell in cells:
        graded = cell.metadata.get("nbgrader")
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        name = graded["grade_id"] if graded else digest
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def _first_line(cell: NotebookNode) -> str:
    return cell.source.split("\n", 1)[0]
