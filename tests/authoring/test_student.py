"""The learner's notebook: stubs in the place of answers."""

import nbformat
import pytest

from course_utils import authoring
from course_utils.authoring.execute import text
from course_utils.authoring.lesson import read_lesson
from course_utils.authoring.student import student_notebook

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


def test_student_notebook_is_bare(built):
    notebook = nbformat.read(built / "notebooks" / "01_made_up.ipynb", as_version=4)
    assert "SOLUTION" not in text(notebook) and "x / 2" not in text(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert {c.id: c.metadata.get("editable", True) for c in notebook.cells}["check_half"] is False


def _source(root):
    return root / "solutions" / "01_made_up.md"


def test_answers_to_questions_are_folded_for_learners_alone(tmp_path):
    path = tmp_path / "01_a.md"
    path.write_text(SETUP + "\n<details open>\n\n1. Because.\n\n</details>\n")
    lesson = read_lesson(path)
    assert "<details open>" in lesson.cells[-1].source
    assert "<details>" in student_notebook(lesson).cells[-1].source
