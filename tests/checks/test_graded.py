"""A kernel as nbgrader runs it: what an odd answer does costs its own exercise alone."""

import os
import shutil

import nbclient
import nbformat
import pytest

from course_utils.authoring.lesson import read_lesson
from course_utils.settings import PACKAGE

STUB = 'raise NotImplementedError("Write wilson_interval here, and delete this line.")'
ANSWERS = {  # the body of the function, and what its check says; "" if it passes
    "untouched": (STUB, "not attempted yet"),
    "exits": ("import sys\n    sys.exit(3)", "SystemExit: 3"),
    "ends the process": ("import os\n    os._exit(3)", "SystemExit: 3"),
    "quits the notebook": ("quit()", "SystemExit: 0"),
    "prints 100 MB": ("for _ in range(10**5):\n        print('x' * 1000)\n    return 0", "Got:"),
    "deletes its folder": (
        "import os, shutil\n    shutil.rmtree(os.getcwd())\n    return 0", "Got:"
    ),
    "changes the folder": ("import os\n    os.chdir('/')\n    return 0", "Got:"),
    "right": ("from course_utils.measure.evaluation import wilson_interval as w\n"
              "    return w(correct, n)", ""),
}  # fmt: skip
REBOUND = """class Check:
    @staticmethod
    def wilson_interval(answer):
        print("passed")


check = Check()"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The cells of a submission after nbgrader's run: by answer, that of the check."""
    source = PACKAGE.parent / "solutions" / "01_prompt_engineering.md"
    locked = next(c.source for c in read_lesson(source).cells if c.id == "check_wilson_interval")
    folder = tmp_path_factory.mktemp("submission")
    cells = [nbformat.v4.new_code_cell(REBOUND)]
    for body, _ in ANSWERS.values():
        code = f"def wilson_interval(correct, n):\n    {body}"
        cells += [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell(locked)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    environment = {
        **os.environ,
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONPATH": str(PACKAGE.parent),
    }
    resources = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(notebook, timeout=120, resources=resources, allow_errors=True)
    client.execute(env=environment)
    assert folder.exists()
    shutil.rmtree(folder)
    return dict(zip(ANSWERS, notebook.cells[2::2]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_costs_its_own_exercise_alone(executed, name):
    errors = [o for o in executed[name].outputs if o.output_type == "error"]
    words = ANSWERS[name][1]
    if not words:
        assert errors == []
    else:
        assert [e.ename for e in errors] == ["AssertionError"]
        assert words in errors[0].evalue
    assert sum(len(str(o)) for o in executed[name].outputs) < 10_000
