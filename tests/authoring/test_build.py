"""The path from a text source to the two notebooks, on a small made-up lesson."""

import sys

import nbformat
import pytest

from course_utils import authoring
from course_utils.authoring import build
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


def test_unknown_lesson_is_named(course):
    with pytest.raises(CourseError, match="no lesson '07'.*01_made_up"):
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
