"""Under a NameError stands what to run; other errors, and names of functions, stay as they are."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from course_utils.lab import cell_order
from course_utils.lab.cell_order import advice

GENERAL = "No cell that has run defines"


@pytest.fixture
def shell(monkeypatch, tmp_path):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr(cell_order, "get_ipython", lambda: shell)
    cell_order.install()
    return shell


def run(shell, capsys, *cells):
    """What the last cell prints, an error included."""
    for cell in cells:
        capsys.readouterr()
        result = shell.run_cell(cell, store_history=True)
    return result, capsys.readouterr().out


def test_a_cell_before_those_it_needs_says_what_to_run(shell, capsys):
    result, out = run(shell, capsys, "batch = 1", "print(model)")
    assert isinstance(result.error_in_exec, NameError) and "NameError" in out
    assert "name 'model' is not defined" in out
    assert f"{GENERAL} 'model'" in out and "Run All Above Selected Cell" in out


def test_a_name_that_was_deleted_names_its_cell(shell, capsys):
    cells = ("# weights\noriginals = {}", "count = len(originals)\ndel originals", "originals")
    _, out = run(shell, capsys, *cells)
    assert "'originals' is defined in the cell that ran as [1]" in out and "# weights" in out


def test_the_cell_that_fails_is_not_the_one_to_run(shell, capsys):
    _, out = run(shell, capsys, "print(late)\nlate = 1")
    assert f"{GENERAL} 'late'" in out


def test_a_name_that_is_missing_in_a_function_of_the_notebook_is_looked_for(shell, capsys):
    _, out = run(shell, capsys, "def half(x):\n    return x / divisor", "half(1)")
    assert f"{GENERAL} 'divisor'" in out


@pytest.mark.parametrize(
    "cell",
    [
        "1 / 0",
        "def f():\n    x += 1\nf()",  # UnboundLocalError: the order of cells has no part in it
        "raise NameError('of my own')",
        "import types\ncode = compile('missing', 'library', 'exec')\nexec(code, {})",
        "x = 1",
    ],
)
def test_nothing_is_added_elsewhere(shell, capsys, cell):
    _, out = run(shell, capsys, cell)
    assert "run the cells above" not in out


def test_the_next_cell_runs_as_ever(shell, capsys):
    result, out = run(shell, capsys, "missing", "print(6 * 7)")
    assert result.success and out.strip() == "42"


def test_outside_a_notebook_it_does_nothing(monkeypatch):
    monkeypatch.setattr(cell_order, "get_ipython", lambda: None)
    cell_order.install()


@pytest.mark.parametrize(
    "source",
    [
        "name = 1",
        "def name(): pass",
        "class name: pass",
        "import name.part",
        "from a import b as name",
        "for name in (1, 2): pass",
        "if a:\n    first, name = 1, 2",
        "with a as name: pass",
        "name: int = 1",
    ],
)
def test_every_way_to_define_a_name_is_known(source):
    assert "ran as [2]" in advice("name", ["", "other = 1", source, "print(name)"])


@pytest.mark.parametrize(
    "source",
    [
        "print(name)",
        "del name",
        "def f():\n    name = 1",
        "others = [name for name in (1, 2)]",
        "other.name = 1",
        "name = (",
    ],
)
def test_what_only_looks_like_a_definition_is_none(source):
    assert advice("name", ["", source]).startswith(GENERAL)


def test_the_newest_definition_counts_and_lines_are_short():
    text = advice("name", ["", "name = 1", f"name = [{'1, ' * 99}]", "print(name)"])
    assert "ran as [2]" in text and max(map(len, text.splitlines())) <= 90
    assert max(map(len, advice("a_rather_long_name", []).splitlines())) <= 90
