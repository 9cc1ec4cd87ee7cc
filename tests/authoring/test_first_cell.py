"""The first cell of each lesson finds the course where it is, or says what to do."""

import subprocess
import sys

import pytest

from course_utils.authoring.build import find_sources
from course_utils.authoring.lesson import read_lesson
from course_utils.settings import PACKAGE

FIRST = {
    source.stem: next(c.source for c in read_lesson(source).cells if c.cell_type == "code")
    for source in find_sources(PACKAGE.parent, [])
}
CELL = next(iter(FIRST.values()))
SHOW = "\nimport course_utils\nprint(course_utils.__file__)\n"
COLAB = """
import sys, types
class Shell:
    def run_line_magic(self, name, line):
        print(name, line)
sys.modules["google.colab"] = types.ModuleType("google.colab")
get_ipython = Shell
"""


@pytest.fixture
def clone(tmp_path):
    """A folder that looks like the course's, and has a space in its name."""
    root = tmp_path / "my course"
    (root / "notebooks" / "deeper").mkdir(parents=True)
    package(root)
    (root / "requirements.txt").write_text("torch\n")
    return root


def package(folder):
    (folder / "course_utils").mkdir(parents=True)
    (folder / "course_utils" / "__init__.py").write_text("")
    return folder


def run(code, folder):
    """As in a kernel, whose path begins with its folder; without installed packages (-S)."""
    command = [sys.executable, "-S", "-E", "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_all_lessons_begin_with_the_same_cell():
    assert len(FIRST) == 6 and set(FIRST.values()) == {CELL}


@pytest.mark.parametrize("folder", [".", "notebooks", "notebooks/deeper"])
def test_the_clone_around_the_notebook_is_used(clone, folder):
    done = run(CELL + SHOW, clone / folder)
    assert done.returncode == 0, done.stderr
    assert str(clone / "course_utils") in done.stdout


def test_an_installed_course_comes_first(clone, tmp_path):
    installed = package(tmp_path / "site packages")
    code = f"import sys\nsys.path.append({str(installed)!r})\n"
    for folder in (clone / "notebooks", tmp_path):
        done = run(code + CELL + SHOW, folder)
        assert done.returncode == 0, done.stderr
        assert str(installed) in done.stdout


def test_a_folder_that_only_has_its_name_is_not_the_course(clone):
    (clone / "notebooks" / "course_utils").mkdir()  # Python would take it for a package
    done = run(CELL + SHOW, clone / "notebooks")
    assert str(clone / "course_utils") in done.stdout, done.stderr


def test_elsewhere_one_sentence_says_what_to_do(tmp_path):
    folder = tmp_path / "far away"
    folder.mkdir()
    done = run(CELL, folder)
    assert done.returncode == 1 and "StopIteration" not in done.stderr
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith("ModuleNotFoundError: The course is not installed")
    assert str(folder) in sentence and sentence.endswith(".")
    for words in ("clone the course", "folder notebooks", "with pip"):
        assert words in sentence


def test_on_colab_the_clones_requirements_are_installed_by_a_quoted_path(clone):
    done = run(COLAB + CELL, clone / "notebooks")
    assert done.stdout.strip() == f"pip install -q -r '{clone}/requirements.txt'", done.stderr


def test_on_colab_an_installed_course_brings_its_own_requirements(tmp_path):
    installed = package(tmp_path / "site-packages")
    code = f"import sys\nsys.path.append({str(installed)!r})\n"
    done = run(COLAB + code + CELL, tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
