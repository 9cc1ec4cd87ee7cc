"""Every ``COURSE_*`` variable has one reader; folders and kernels are told apart."""

import ntpath
import os
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


@pytest.mark.parametrize("value", ["org/Some-Model", "gpt2", "org/Model-1.5B"])
def test_a_hub_id_is_the_models_name_in_full(monkeypatch, tmp_path, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", value)
    assert settings.model_source() == settings.model_name() == value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/models/mine/", "/models/mine"),
        ("/models/mine/.", "/models/mine"),
        ("/models/mine/../other", "/models/other"),
        ("~/mine", "{home}/mine"),
        (".", "{here}"),
        ("./", "{here}"),
        ("..", "{above}"),
        ("./mine", "{here}/mine"),
        ("there", "{here}/there"),  # such a folder exists
        ("there/", "{here}/there"),
        ("org/there", "{here}/org/there"),
        (".\\mine", "{here}/.\\mine"),
        ("C:\\models\\mine\\", "C:\\models\\mine"),
        ("C:/models/mine", "C:\\models\\mine"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the expected paths are those of POSIX")
def test_a_folder_is_named_by_its_full_path(monkeypatch, tmp_path, value, path):
    for name in ("there", "org/there"):
        (tmp_path / "here" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COURSE_MODEL", value)
    expected = path.format(here=tmp_path / "here", above=tmp_path, home=Path.home())
    assert settings.model_source() == settings.model_name() == expected


def test_on_windows_a_path_stays_one(monkeypatch):
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(settings, "absolute", ntpath.normpath)
    for value in ("C:\\models\\mine\\", "C:/models/mine", "C:\\models\\.\\mine"):
        monkeypatch.setenv("COURSE_MODEL", value)
        assert settings.model_name() == "C:\\models\\mine"


def test_without_the_variable_it_is_the_courses_own_model(monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", "")
    assert settings.model_source() is None and settings.model_name() == settings.COURSE_MODEL


def test_a_relative_folder_is_fixed_for_processes_that_work_elsewhere(monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    for name, value in (("RESULTS", "out"), ("CACHE", "./cache/"), ("MODEL", "models")):
        monkeypatch.setenv(f"COURSE_{name}", value)
    before = settings.results_folder(), settings.cache_folder(), settings.model_name()
    assert before == (tmp_path / "out", tmp_path / "cache", str(tmp_path / "models"))
    settings.fix_folders()
    monkeypatch.chdir("/")
    after = settings.results_folder(), settings.cache_folder(), settings.model_name()
    assert after == before


def test_what_is_not_set_is_not_fixed(monkeypatch):
    for name in ("COURSE_RESULTS", "COURSE_CACHE", "COURSE_MODEL"):
        monkeypatch.setenv(name, "")
    settings.fix_folders()
    assert {os.environ[f"COURSE_{name}"] for name in ("RESULTS", "CACHE", "MODEL")} == {""}
    monkeypatch.setenv("COURSE_MODEL", "org/model")
    settings.fix_folders()
    assert os.environ["COURSE_MODEL"] == "org/model"


def test_the_micro_batch_is_a_whole_number_or_left_open(monkeypatch):
    monkeypatch.delenv("COURSE_MICRO_BATCH", raising=False)
    assert settings.micro_batch() is None
    for given, found in (("", None), ("4096", 4096)):
        monkeypatch.setenv("COURSE_MICRO_BATCH", given)
        assert settings.micro_batch() == found
    for given in ("0", "-3", "many", "1.5"):
        monkeypatch.setenv("COURSE_MICRO_BATCH", given)
        with pytest.raises(CourseError, match="COURSE_MICRO_BATCH"):
            settings.micro_batch()


@pytest.mark.parametrize(("value", "name"), [("", None), ("float16", "float16")])
def test_the_precision_is_named_or_left_open(monkeypatch, value, name):
    monkeypatch.setenv("COURSE_DTYPE", value)
    assert settings.dtype_name() == name


@pytest.mark.parametrize("value", ["fp16", "Float32", "bf16", "torch.float32", "int8"])
def test_another_precision_is_refused(monkeypatch, value):
    monkeypatch.setenv("COURSE_DTYPE", value)
    with pytest.raises(CourseError, match="COURSE_DTYPE = .*give one of bfloat16, float16"):
        settings.dtype_name()


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


def test_graded_results_stay_with_the_submission(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_RESULTS", raising=False)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)
    assert settings.results_folder() == tmp_path / "results"
    monkeypatch.setenv("COURSE_RESULTS", "/elsewhere")
    assert settings.results_folder() == Path("/elsewhere")


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
