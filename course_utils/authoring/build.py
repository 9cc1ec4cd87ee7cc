"""Write the two notebooks of each lesson, and find out whether the committed ones are in step."""

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.authoring.execute import execute, text, write
from course_utils.authoring.guards import find_problems, refuse_problems
from course_utils.authoring.lesson import read_lesson
from course_utils.authoring.student import student_notebook
from course_utils.errors import CourseError


def find_sources(root: Path, names: list[str]) -> list[Path]:
    """The lessons' text sources whose names start with one of ``names`` (all if it is empty).

    Raises:
        CourseError: a name fits no lesson.
    """
    sources = sorted((root / "solutions").glob("[0-9][0-9]_*.md"))
    known = ", ".join(source.stem for source in sources)
    for name in names:
        if not any(source.name.startswith(name) for source in sources):
            raise CourseError(f"There is no lesson '{name}'", f"name one of: {known}")
    return [s for s in sources if not names or s.name.startswith(tuple(names))]


def build_solved(sources: list[Path]) -> None:
    """Execute each source in full length, with one fresh lab book for all, and write it.

    Raises:
        CourseError: see `build_solutions`; lessons before the faulty one are written.
    """
    with tempfile.TemporaryDirectory() as results:
        for source in sources:
            print(f"running {source.name}", flush=True)
            notebook = read_lesson(source)
            execute(notebook, source.parent, {"COURSE_RESULTS": results, "COURSE_QUICK": "0"})
            refuse_problems(notebook, source)
            write(notebook, source.with_suffix(".ipynb"))


def build_student(root: Path, sources: list[Path]) -> None:
    """Write the learner's notebook of each source."""
    for source in sources:
        write(student_notebook(read_lesson(source)), _student_path(root, source))


def find_drift(root: Path, sources: list[Path]) -> list[str]:
    """What is wrong with the committed notebooks: one sentence each, with the remedy."""
    problems = []
    for source in sources:
        lesson = read_lesson(source)
        problems += _check_solved(lesson, source.with_suffix(".ipynb"))
        problems += _check_student(student_notebook(lesson), _student_path(root, source))
    for folder in ("solutions", "notebooks"):
        for path in sorted((root / folder).glob("*.ipynb")):
            if path.stem not in {source.stem for source in sources}:
                problems.append(f"{folder}/{path.name}: no source solutions/{path.stem}.md")
    return problems


def _check_solved(lesson: NotebookNode, path: Path) -> list[str]:
    if not path.exists():
        return [f"solutions/{path.name}: missing; make solutions"]
    notebook = nbformat.read(path, as_version=4)
    problems = find_problems(notebook, executed=True)
    if _without_outputs(notebook) != _without_outputs(lesson):
        problems.append("differs from its .md source; make solutions")
    return [f"solutions/{path.name}: {problem}" for problem in problems]


def _check_student(expected: NotebookNode, path: Path) -> list[str]:
    if not path.exists():
        return [f"notebooks/{path.name}: missing; make notebooks"]
    problems = find_problems(expected, executed=False)
    if path.read_text(encoding="utf-8") != text(expected):
        problems.append("differs from its .md source; make notebooks")
    return [f"notebooks/{path.name}: {problem}" for problem in problems]


def _without_outputs(notebook: NotebookNode) -> tuple:
    cells = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]
    return notebook.metadata, cells


def _student_path(root: Path, source: Path) -> Path:
    return root / "notebooks" / source.with_suffix(".ipynb").name
