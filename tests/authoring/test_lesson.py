"""A lesson's source as a notebook: ids, metadata, and what is refused."""

import pytest

from course_utils import authoring
from course_utils.authoring.lesson import read_lesson
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


FRESH = "from course_utils.checks import lesson01 as check"


def test_a_check_cell_takes_its_check_afresh(tmp_path):
    source = SETUP.replace("class check:", f"import os\n{FRESH}\n\n\nclass check:")
    cells = {c.id: c.source for c in read_lesson(write_source(tmp_path, source + FUNCTION)).cells}
    assert cells["check_half"] == f"{FRESH}\n\ncheck.half(half)"


def test_an_edit_changes_the_id_of_no_other_cell(tmp_path):
    before = [cell.id for cell in read_lesson(write_source(tmp_path)).cells]
    source = (SETUP + FUNCTION + VALUE).replace("A template.", "A better template.")
    after = [cell.id for cell in read_lesson(write_source(tmp_path, source)).cells]
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_equal_cells_get_different_ids(tmp_path):
    twice = "\n```{code-cell} ipython3\nprint(1)\n```\n" * 2
    ids = [cell.id for cell in read_lesson(write_source(tmp_path, SETUP + twice)).cells]
    assert len(set(ids)) == len(ids) == 4


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


def _source(root):
    return root / "solutions" / "01_made_up.md"


def test_a_cell_that_need_not_be_read_is_shown_folded(tmp_path):
    hidden = "\n```{code-cell} ipython3\n:tags: [hide-input]\n\nfound = 1\n```\n"
    path = tmp_path / "01_a.md"
    path.write_text(SETUP + hidden)
    first, second = [c for c in read_lesson(path).cells if c.cell_type == "code"]
    assert second.metadata["jupyter"] == {"source_hidden": True}
    assert "jupyter" not in first.metadata
