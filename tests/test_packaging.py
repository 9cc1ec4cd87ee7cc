"""The set-up files: bounds that Colab meets, pins that meet the bounds, one list of packages."""

import ast
import os
import subprocess
import sys

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_utils.settings import PACKAGE

ROOT = PACKAGE.parent
FILES = ["requirements.txt", "requirements-lab.txt", "requirements-dev.txt"]
COLAB = ROOT / "tests" / "freezes" / "colab_freeze_2026-08.txt"
STEPS = ["-m venv", "install -r", "lab.stamp", "course_utils prepare", "course_utils lab"]
IMPORT_NAMES = {"sklearn": "scikit-learn", "yaml": "pyyaml"}


def lines(path):
    """The file's lines without comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] not in "#"]


def requirements(name):
    """The packages that one requirements file names itself."""
    return [Requirement(line) for line in lines(ROOT / name) if not line.startswith("-r ")]


def pins(path):
    """Exact versions by canonical name: a list, for there may be one for old Pythons."""
    found = {}
    for requirement in map(Requirement, lines(path)):
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize("name", FILES)
def test_only_lower_bounds(name):
    for requirement in requirements(name):
        assert [bound.operator for bound in requirement.specifier] == [">="], requirement


def test_pip_replaces_nothing_on_colab():
    """Colab's version meets each bound; only what it lacks would be installed."""
    colab, missing = pins(COLAB), []
    for requirement in requirements("requirements.txt"):
        if requirement.name not in colab:
            missing.append(requirement.name)
            continue
        (pin,) = colab[requirement.name][0].specifier
        assert requirement.specifier.contains(pin.version), requirement
    assert missing == ["gguf", "bitsandbytes"]


def test_each_file_includes_the_smaller_one():
    assert lines(ROOT / "requirements-lab.txt")[0] == "-r requirements.txt"
    assert lines(ROOT / "requirements-dev.txt")[0] == "-r requirements-lab.txt"


def test_learners_need_no_test_or_authoring_tool():
    learner = {requirement.name for requirement in requirements("requirements.txt")}
    assert not learner & {r.name for name in FILES[1:] for r in requirements(name)}


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
def test_constraints_pin_every_requirement_once(python):
    pinned = pins(ROOT / "constraints.txt")
    environment = {**default_environment(), "python_version": python}
    for requirement in [r for name in FILES for r in requirements(name)]:
        valid = [
            pin
            for pin in pinned[canonicalize_name(requirement.name)]
            if pin.marker is None or pin.marker.evaluate(environment)
        ]
        assert len(valid) == 1, (requirement, valid)
        (version,) = valid[0].specifier
        assert version.operator == "==" and "+" not in version.version
        assert requirement.specifier.contains(version.version), requirement


def test_conda_environment_adds_nothing_of_its_own():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert conda == ["python >=3.10,<3.14", "pip"]
    assert pip == {"pip": ["-r requirements-lab.txt"]}


def test_every_import_of_the_package_is_required():
    """A lesson imports only requirements.txt, ``make run`` the lab's, authoring all of them."""
    for path in sorted((ROOT / "course_utils").rglob("*.py")):
        lab = path.name in ("run_lessons.py", "kernel.py", "places.py")
        files = FILES[: 3 if "authoring" in path.parts else 2 if lab else 1]
        allowed = {canonicalize_name(r.name) for name in files for r in requirements(name)}
        allowed |= {"course-utils", "tokenizers", "huggingface-hub", "ipython"}  # come along
        allowed |= {"jupyter-client"} if lab else set()  # with nbclient
        # What one study compares with; without them it says so and measures the rest.
        allowed |= {"trl", "unsloth"} if path.name == "small_card_libraries.py" else set()
        for name in imported(path) - set(sys.stdlib_module_names):
            assert canonicalize_name(IMPORT_NAMES.get(name, name)) in allowed, (path, name)


def imported(path):
    """Top-level names of the modules that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names


def make(*arguments):
    """Run make in the repository and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_make_help_lists_every_command():
    listed = [line.split()[1] for line in make().stdout.splitlines()]
    assert sorted(listed) == ["fast", "help", "lab", "notebooks", "run", "solutions", "test"]


def test_make_lab_installs_prepares_and_opens_the_first_lesson(tmp_path):
    result = make("--dry-run", "lab", f"VENV={tmp_path}/venv")
    steps = [result.stdout.find(s) for s in STEPS]
    assert -1 not in steps and steps == sorted(steps), result.stdout
    named = make("--dry-run", "lab", f"VENV={tmp_path}/venv", "LESSON=03").stdout
    assert "course_utils lab 03" in named


@pytest.mark.parametrize(("words", "again"), [([], False), (["AGAIN=1"], True)])
def test_make_run_goes_on_unless_told_to_begin_again(tmp_path, words, again):
    result = make("--dry-run", "run", f"VENV={tmp_path}/venv", *words)
    assert "course_utils run" in result.stdout and ("--again" in result.stdout) is again


def test_make_skips_what_is_installed(tmp_path):
    (tmp_path / "lab.stamp").touch()
    (tmp_path / "dev.stamp").touch()
    for target in ("lab", "fast", "test", "run", "solutions", "notebooks"):
        assert "pip install" not in make("--dry-run", target, f"VENV={tmp_path}").stdout


def test_make_names_the_python_that_it_needs(tmp_path):
    old = tmp_path / "old-python"
    old.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9)\n$2"'
    )
    old.chmod(0o755)
    result = make("lab", f"VENV={tmp_path}/venv", f"PYTHON={old}")
    assert result.returncode and "Python 3.10 or newer is needed" in result.stderr
