"""What a committed notebook must not be: too long, not executed, unable to repeat, prejudiced."""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from course_utils.authoring.execute import WIDGET_VIEW
from course_utils.authoring.literal_verdicts import literal_verdicts
from course_utils.errors import CourseError

LONGEST_CELL = 40  # lines
LONGEST_MEDIAN = 12  # lines, of the code cells
PASSING = re.compile(r"0x[0-9a-f]{6,}|/tmp/|ipykernel_\d+|[A-Z]:\\Users\\|/home/\w+/")


def find_problems(notebook: NotebookNode, executed: bool) -> list[str]:
    """Every broken rule, one sentence each.

    Args:
        notebook: a solved notebook, or a learner's.
        executed: True for a solved notebook, whose outputs are kept.
    """
    problems = [*_length(notebook), *_identity(notebook)]
    if "widgets" in notebook.metadata:
        problems.append("widget state is stored")
    if executed:
        return problems + [*_execution(notebook), *_outputs(notebook)]
    problems += _verdicts(notebook)
    for cell in notebook.cells:
        if "SOLUTION" in cell.source:
            problems.append(f"cell {cell.id}: a solution marker is left")
        if cell.get("outputs") or cell.get("execution_count"):
            problems.append(f"cell {cell.id}: an output or an execution count is left")
    return problems


def refuse_problems(notebook: NotebookNode, source: Path) -> None:
    """Let no executed notebook pass that breaks a rule.

    Raises:
        CourseError: it breaks some; each is named.
    """
    if problems := [*find_problems(notebook, executed=True), *_verdicts(notebook)]:
        raise CourseError(
            f"{source.name} is not fit to be stored:\n" + "\n".join(problems),
            "mend it in the .md source",
        )


def _length(notebook: NotebookNode) -> Iterator[str]:
    lines: dict[str, list[int]] = {"code": [], "markdown": []}
    for cell in notebook.cells:
        lines[cell.cell_type].append(cell.source.count("\n") + 1)
        if lines[cell.cell_type][-1] > LONGEST_CELL:
            yield f"cell {cell.id}: more than {LONGEST_CELL} lines"
    if lines["code"] and statistics.median(lines["code"]) > LONGEST_MEDIAN:
        yield f"the median code cell has more than {LONGEST_MEDIAN} lines"


def _identity(notebook: NotebookNode) -> Iterator[str]:
    ids = [cell.id for cell in notebook.cells]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"cell {name}: the id is used twice"


def _verdicts(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for problem in literal_verdicts(cell.source):
                yield f"cell {cell.id}: {problem}"


def _execution(notebook: NotebookNode) -> Iterator[str]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for position, cell in enumerate(code, start=1):
        if cell.execution_count is None:
            yield f"cell {cell.id}: never run"
        elif cell.execution_count != position:
            yield f"cell {cell.id}: not run once from top to bottom"


def _outputs(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {cell.id}: stopped with {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"cell {cell.id}: wrote to stderr: {output.text.strip()[:200]}"
            if WIDGET_VIEW in output.get("data", {}):
                yield f"cell {cell.id}: a widget's view is stored"
            if "image/png" in output.get("data", {}) and not _alt(output):
                yield f"cell {cell.id}: a figure without alt text; show it with show.style.show"
            if match := PASSING.search(_text(output)):
                yield f"cell {cell.id}: the output cannot repeat, it holds '{match[0]}'"


def _alt(output: NotebookNode) -> str:
    return output.metadata.get("image/png", {}).get("alt", "")


def _text(output: NotebookNode) -> str:
    data = output.get("data", {})
    return "\n".join(
        [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    )
