"""Every ``COURSE_*`` variable has one reader; folders and kernels are told apart."""

import sys
import types
from pathlib import Path

import pytest

from course_utils import settings
from course_utils.errors import CourseError

CLONE = settings.PACKAGE.parent


@pytest.fixture
def installed_alone(monkeypatch, tmp_path):
    """The package as pip puts it: without lessons beside it; the learner is in ``tmp_path``."""
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "site-packages" / "course_utils")
    monkeypatch.delenv("COURSE_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("value", "short"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_the_environment_decides_on_a_quick_run(monkeypatch, value, short):
    monkeypatch.setenv("COURSE_QUICK", value)
    assert settings.quick() is short and settings.shorten(400, 60) == (60 if short else 400)


def test_unset_is_a_full_run(monkeypatch):
    monkeypatch.delenv("COURSE_QUICK", raising=False)
    assert not settings.quick() and settings.shorten(400, 60) == 400


@pytest.mark.parametrize("value, answer", [("0", False), ("", False), ("1", True)])
def test_strict_where_asked(monkeypatch, value, answer):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("COURSE_STRICT", value)
    assert settings.strict() is answer


def test_nbgrader_is_always_strict(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "0")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert settings.strict()


@pytest.mark.parametrize(
    ("value", "source", "name"),
    [
        ("", None, "SmolLM2-135M-Instruct"),
        ("org/Some-Model", "org/Some-Model", "Some-Model"),
        ("/models/mine/", "/models/mine/", "mine"),
    ],
)
def test_the_model_and_the_name_that_the_lab_book_keeps(monkeypatch, value, source, name):
    monkeypatch.setenv("COURSE_MODEL", value)
    assert settings.model_source() == source and settings.model_name() == name


def test_the_device_is_named_or_left_open(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cuda:1")
    assert settings.device_name() == "cuda:1"
    monkeypatch.setenv("COURSE_DEVICE", "")
    assert settings.device_name() is None


def test_in_a_clone_its_lessons_and_results_are_used_from_anywhere(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert settings.lessons_folder() == settings.course_folder() == CLONE
    assert settings.results_folder() == CLONE / "results"


def test_results_go_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", "~/mine")
    assert settings.results_folder() == Path.home() / "mine"


def test_installed_alone_results_stay_with_the_learner(installed_alone):
    assert settings.course_folder() is None
    assert settings.results_folder() == installed_alone / "results"


@pytest.mark.parametrize("inside", [".", "notebooks"])
def test_installed_alone_lessons_are_found_around_the_learner(installed_alone, monkeypatch, inside):
    for name in ("solutions", "notebooks"):
        (installed_alone / name).mkdir()
    monkeypatch.chdir(installed_alone / inside)
    assert settings.lessons_folder() == installed_alone


def test_no_lessons_anywhere_is_told(installed_alone):
    with pytest.raises(CourseError, match="clone the course's repository"):
        settings.lessons_folder()


@pytest.mark.parametrize(
    ("shell", "answer"),
    [
        (types.SimpleNamespace(kernel=object()), True),
        (types.SimpleNamespace(), False),  # IPython in a terminal
        (None, False),  # IPython is loaded, but nothing runs in it
    ],
)
def test_a_kernel_is_told_from_a_terminal(monkeypatch, shell, answer):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert settings.in_notebook() is answer


def test_without_ipython_it_is_no_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not settings.in_notebook()


def test_installed_alone_a_notebook_and_a_command_write_to_the_same_results(
    installed_alone, monkeypatch
):
    for name in ("solutions", "notebooks"):
        (installed_alone / name).mkdir()
    monkeypatch.chdir(installed_alone / "notebooks")
    assert settings.results_folder() == installed_alone / "results"
