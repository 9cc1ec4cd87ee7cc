"""An executed lesson is the same, byte for byte, every time."""

import nbformat
import pytest

from course_utils import authoring
from course_utils.authoring.execute import WIDGET_VIEW, normalise

SETUP = """# A lesson

```{code-cell} ipython3
class check:
    half = template = staticmethod(lambda answer: print("ok"))
```
"""
FUNCTION = '''
```{code-cell} ipython3
def half(x):
    """Half of x."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
```

```{code-cell} ipython3
check.half(half)
```
'''
VALUE = """
A template.

+++

More prose.

```{code-cell} ipython3
:tags: [nbval-ignore-output]

template = ...
### BEGIN SOLUTION
template = "Review: {text}"
### END SOLUTION
```

```{code-cell} ipython3
check.template(template)
```
"""


def write_source(root, source=SETUP + FUNCTION + VALUE):
    (root / "solutions").mkdir(exist_ok=True)
    path = root / "solutions" / "01_made_up.md"
    path.write_text(source, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A root folder with both notebooks of the made-up lesson; do not write to it."""
    root = tmp_path_factory.mktemp("course")
    write_source(root)
    authoring.build_solutions([], root)
    authoring.build_notebooks(root=root)
    return root


@pytest.fixture
def course(built, tmp_path):
    """A copy of the built lesson, to be spoilt."""
    for path in built.rglob("*_made_up.*"):
        copy = tmp_path / path.relative_to(built)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return tmp_path


def test_execution_is_repeatable_and_keeps_outputs(built, course):
    path = course / "solutions" / "01_made_up.ipynb"
    authoring.build_solutions(["01"], course)
    assert path.read_bytes() == (built / "solutions" / "01_made_up.ipynb").read_bytes()
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert cells["check_half"].outputs[0].text == "ok\n"


def test_widgets_leave_no_trace(tmp_path):
    source = "```{code-cell} ipython3\nimport ipywidgets\n\nipywidgets.IntSlider()\n```\n"
    authoring.build_solutions([], write_source(tmp_path, source).parents[1])
    stored = (tmp_path / "solutions" / "01_made_up.ipynb").read_text(encoding="utf-8")
    assert "IntSlider(value=0)" in stored and "widget-view" not in stored
    assert "widgets" not in nbformat.reads(stored, as_version=4).metadata


def test_text_printed_in_pieces_is_stored_as_one(tmp_path):
    """The kernel sends what was printed when it was flushed: how many pieces is chance."""
    pieces = "for i in range(3):\n    print(i, flush=True)\n    time.sleep(0.5)"
    source = f"```{{code-cell}} ipython3\nimport time\n\n{pieces}\n```\n"
    authoring.build_solutions([], write_source(tmp_path, source).parents[1])
    notebook = nbformat.read(tmp_path / "solutions" / "01_made_up.ipynb", as_version=4)
    assert [output.text for output in notebook.cells[0].outputs] == ["0\n1\n2\n"]


def test_a_progress_bar_is_dropped_and_other_widgets_keep_their_text():
    bar = "training:   0%|          | 0/40 [00:00<?, ?step/s]"
    outputs = [
        nbformat.v4.new_output("display_data", {"text/plain": text, WIDGET_VIEW: {"model_id": "1"}})
        for text in (bar, "Run this cell to use the explorer.")
    ]
    cell = nbformat.v4.new_code_cell("1", outputs=outputs)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    normalise(notebook)
    (left,) = notebook.cells[0].outputs
    assert left.data == {"text/plain": "Run this cell to use the explorer."}
