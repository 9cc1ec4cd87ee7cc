"""The path from a text source to the two notebooks, on a small made-up lesson."""

import sys

import nbformat
import pytest

from course_utils import authoring
from course_utils.authoring import build
from course_utils.authoring.execute import text
from course_utils.authoring.lesson import read_lesson
from course_utils.authoring.student import student_notebook
from course_utils.errors import CourseError

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


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_function_stub_raises_and_keeps_the_docstring(built):
    cell = {c.id: c for c in student_notebook(read_lesson(_source(built))).cells}["half"]
    assert cell.source == (
        'def half(x):\n    """Half of x."""\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("Write half here, and delete this line.")'
    )


def test_class_stub_keeps_what_is_given(tmp_path):
    cell = """class Half(Base):
    def __init__(self):
        super().__init__()
        ### BEGIN SOLUTION
        self.factor = 1 / 2
        ### END SOLUTION
"""
    source = SETUP + f"```{{code-cell}} ipython3\n{cell}```\n\n"
    source += "```{code-cell} ipython3\ncheck.Half(Half)\n```\n"
    cells = student_notebook(read_lesson(write_source(tmp_path, source))).cells
    stub = {c.id: c for c in cells}["Half"]
    assert "super().__init__()" in stub.source and "factor" not in stub.source
    assert 'raise NotImplementedError("Write Half here, and delete this line.")' in stub.source


def test_value_stub_leaves_the_ellipsis(built):
    cell = {c.id: c for c in student_notebook(read_lesson(_source(built))).cells}["template"]
    scope = {}
    exec(cell.source, scope)
    assert scope["template"] is ...
    assert "YOUR CODE HERE" in cell.source


def test_graded_cells_carry_nbgraders_metadata(built):
    cells = {c.id: c.metadata.get("nbgrader") for c in read_lesson(_source(built)).cells}
    common = {"schema_version": 3, "task": False}
    assert cells["half"] == {
        **common, "grade_id": "half", "solution": True, "grade": False, "locked": False,
    }  # fmt: skip
    assert cells["check_half"] == {
        **common, "grade_id": "check_half", "solution": False, "grade": True, "locked": True,
        "points": 1,
    }  # fmt: skip
    assert [name for name, graded in cells.items() if graded] == [
        "half", "check_half", "template", "check_template",
    ]  # fmt: skip


def test_an_edit_changes_the_id_of_no_other_cell(tmp_path):
    before = [cell.id for cell in read_lesson(write_source(tmp_path)).cells]
    source = (SETUP + FUNCTION + VALUE).replace("A template.", "A better template.")
    after = [cell.id for cell in read_lesson(write_source(tmp_path, source)).cells]
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_equal_cells_get_different_ids(tmp_path):
    twice = "\n```{code-cell} ipython3\nprint(1)\n```\n" * 2
    ids = [cell.id for cell in read_lesson(write_source(tmp_path, SETUP + twice)).cells]
    assert len(set(ids)) == len(ids) == 4


def test_student_notebook_is_bare(built):
    notebook = nbformat.read(built / "notebooks" / "01_made_up.ipynb", as_version=4)
    assert "SOLUTION" not in text(notebook) and "x / 2" not in text(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert {c.id: c.metadata.get("editable", True) for c in notebook.cells}["check_half"] is False


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


def test_solutions_run_in_full_length_with_a_lab_book_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    monkeypatch.setenv("COURSE_RESULTS", "mine")
    source = (
        "```{code-cell} ipython3\nimport os\n\n"
        'print(os.environ["COURSE_QUICK"], os.environ["COURSE_RESULTS"] == "mine")\n```\n'
    )
    authoring.build_solutions([], write_source(tmp_path, source).parents[1])
    assert "0 False" in (tmp_path / "solutions" / "01_made_up.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("object()", "0x"),
        ("import sys; print('careful', file=sys.stderr)", "stderr: careful"),
    ],
)
def test_unfit_outputs_are_not_stored(tmp_path, line, message):
    source = SETUP + f"\n```{{code-cell}} ipython3\n{line}\n```\n"
    with pytest.raises(CourseError, match=message):
        authoring.build_solutions([], write_source(tmp_path, source).parents[1])
    assert not (tmp_path / "solutions" / "01_made_up.ipynb").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("check.half(half)", "print()", "no check below the exercise that defines half"),
        ("check.half(half)", "check.third(third)", "no exercise above check.third"),
        ("check.half(half)", "check.half(half)\nprint()", "does not stand alone"),
        ("x / 2\n    ### END SOLUTION", "x / 2", "do not alternate"),
        ("template = ...\n", "", "no NAME = ..."),
        ("A template.", "A template. ### BEGIN SOLUTION", "outside an exercise"),
        ("def half(x):", "def half(x:", "never closed"),
    ],
)
def test_broken_sources_are_refused(tmp_path, old, new, message):
    source = SETUP + FUNCTION + VALUE
    assert source.count(old) == 1
    with pytest.raises(CourseError, match=message):
        read_lesson(write_source(tmp_path, source.replace(old, new)))


def test_unknown_lesson_is_named(course):
    with pytest.raises(CourseError, match="no lesson 07"):
        authoring.build_solutions(["07"], course)


def test_no_drift_after_a_build(course):
    assert authoring.build_notebooks(check=True, root=course) == []


def test_check_writes_nothing(course):
    (course / "notebooks" / "01_made_up.ipynb").unlink()
    assert authoring.build_notebooks(check=True, root=course) == [
        "notebooks/01_made_up.ipynb: missing; make notebooks"
    ]
    assert not (course / "notebooks" / "01_made_up.ipynb").exists()


def test_edited_source_is_drift_in_both(course):
    write_source(course, (SETUP + FUNCTION + VALUE).replace("More prose.", "Much more prose."))
    problems = authoring.build_notebooks(check=True, root=course)
    assert [problem.split(":")[0] for problem in problems] == [
        "solutions/01_made_up.ipynb",
        "notebooks/01_made_up.ipynb",
    ]
    assert all("differs from its .md source" in problem for problem in problems)


def test_notebook_without_a_source_is_drift(course):
    (course / "notebooks" / "02_orphan.ipynb").write_text("{}", encoding="utf-8")
    assert build.find_drift(course, build.find_sources(course, [])) == [
        "notebooks/02_orphan.ipynb: no source solutions/02_orphan.md"
    ]


def _never_run(notebook):
    notebook.cells[1].execution_count = None


def _out_of_order(notebook):
    notebook.cells[1].execution_count = 9


def _error(notebook):
    notebook.cells[1].outputs = [
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
    ]


def _widget_state(notebook):
    notebook.metadata["widgets"] = {}


def _widget_view(notebook):
    data = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"}
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", data)]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_never_run, "never run"),
        (_out_of_order, "not run once from top to bottom"),
        (_error, "stopped with E"),
        (_widget_state, "widget state is stored"),
        (_widget_view, "a widget's view is stored"),
    ],
)
def test_spoilt_solution_is_refused(course, spoil, message):
    edit(course / "solutions" / "01_made_up.ipynb", spoil)
    assert message in "\n".join(authoring.build_notebooks(check=True, root=course))


def test_missing_authoring_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(CourseError, match="requirements-dev.txt"):
        authoring.build_notebooks(check=True)


def _source(root):
    return root / "solutions" / "01_made_up.md"
