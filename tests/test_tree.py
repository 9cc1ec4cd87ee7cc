"""The tests have the same tree as the package: every module has its test where its name says."""

from pathlib import Path

import pytest

from course_utils import settings

TESTS = Path(__file__).parent
LONGEST = 300  # lines of a file


def modules():
    """Every module of the package that is more than a folder's docstring."""
    for path in sorted(settings.PACKAGE.rglob("*.py")):
        relative = path.relative_to(settings.PACKAGE)
        if relative.name != "__init__.py":
            yield relative


def home_of(module):
    """Where the test of a module stands; an exercise's answers, which one test tries, for it."""
    if module.parts[0] == "checks" and module.parts[1].startswith("lesson"):
        return None  # see tests/checks/test_lessons.py
    name = "main" if module.stem == "__main__" else module.stem
    return TESTS / module.parent / f"test_{name}.py"


@pytest.mark.parametrize("module", list(modules()), ids=str)
def test_a_module_has_its_test(module):
    home = home_of(module)
    assert home is None or home.exists(), home


def test_no_file_is_long():
    long = {
        str(path): count
        for folder in (settings.PACKAGE, TESTS)
        for path in folder.rglob("*.py")
        if (count := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long == {}


def test_every_folder_of_the_package_says_what_it_is():
    for folder in {path.parent for path in settings.PACKAGE.rglob("*.py")}:
        first = (folder / "__init__.py").read_text(encoding="utf-8")
        assert first.startswith('"""'), folder
