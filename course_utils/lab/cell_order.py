"""A cell that runs before those it needs ends in a NameError: say which cells to run first.

The cell of imports installs it in each lesson.
"""

import ast
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from IPython import get_ipython

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
OWN_NAMES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ABOVE = "run the cells above first\n(in JupyterLab: Run > Run All Above Selected Cell)"


def install() -> None:
    """From now on, print a sentence under each NameError of this notebook's cells.

    Outside a notebook it does nothing.
    """
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """The usual traceback; then, if a name of the notebook is missing, what to do."""
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    name = error.name  # None for an UnboundLocalError, which is a mistake within a function
    if name and _raised_in(traceback) is shell.user_ns:
        print(advice(name, shell.user_ns.get("In", [])[:-1]))  # without the cell itself


def _raised_in(traceback: TracebackType) -> dict[str, Any]:
    """The global names of the code that raised."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_globals


def advice(name: str, cells: Sequence[str]) -> str:
    """Which cells to run, so that there is a ``name``.

    Args:
        name: what a cell needs and does not find.
        cells: sources of the cells that have run before it, by number; an entry may be empty.
    """
    numbers = [number for number, source in enumerate(cells) if name in _defined(source)]
    if not numbers:
        return f"No cell that has run defines '{name}'. If you did not mistype it,\n{ABOVE}."
    first = next(line for line in cells[numbers[-1]].split("\n") if line.strip())
    return (
        f"'{name}' is defined in the cell that ran as [{numbers[-1]}] and begins with\n"
        f"    {first[:80]}\n"
        f"Run that cell again, and those between it and this one; or {ABOVE}."
    )


def _defined(source: str) -> set[str]:
    try:
        return set(_names(ast.parse(source)))
    except SyntaxError:
        return set()


def _names(tree: ast.AST) -> Iterator[str]:
    """What the top level of a cell binds: variables, functions, classes, imports."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, FUNCTIONS):
            yield node.name
        if isinstance(node, (*FUNCTIONS, *OWN_NAMES)):
            continue  # names within it are its own
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        yield from _names(node)
