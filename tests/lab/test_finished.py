"""Which lessons a run has finished: same notebook, same version, same settings."""

import pytest

import course_utils
from course_utils.lab.finished import FILE, count_finished, mark_finished

VARIABLES = ("MODEL", "DEVICE", "DTYPE", "QUICK", "STRICT")


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(f"COURSE_{name}", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    folder = tmp_path / "run"
    folder.mkdir()
    sources = [tmp_path / f"0{n}.ipynb" for n in (1, 2, 3)]
    for source in sources:
        source.write_text(source.name)
        (folder / source.name).write_text("executed")
    return folder, sources


def test_nothing_is_finished_before_it_is_marked(lessons):
    folder, sources = lessons
    assert count_finished(folder, sources) == 0
    for done in (1, 2, 3):
        mark_finished(folder, sources[:done])
        assert count_finished(folder, sources) == done


def test_a_lesson_that_changed_is_run_again_and_so_are_those_after_it(lessons):
    folder, sources = lessons
    mark_finished(folder, sources)
    sources[1].write_text("changed")
    assert count_finished(folder, sources) == 1
    mark_finished(folder, sources[:2])
    assert count_finished(folder, sources) == 2


def test_without_its_executed_copy_a_lesson_is_not_finished(lessons):
    folder, sources = lessons
    mark_finished(folder, sources)
    (folder / sources[0].name).unlink()
    assert count_finished(folder, sources) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("MODEL", "org/other"), ("DEVICE", "cuda:1"), ("DTYPE", "float16"), ("QUICK", "1"),
     ("STRICT", "1")],
)  # fmt: skip
def test_other_settings_are_another_run(lessons, monkeypatch, name, value):
    folder, sources = lessons
    mark_finished(folder, sources)
    monkeypatch.setenv(f"COURSE_{name}", value)
    assert count_finished(folder, sources) == 0
    monkeypatch.delenv(f"COURSE_{name}")
    assert count_finished(folder, sources) == 3


def test_another_version_of_the_course_is_another_run(lessons, monkeypatch):
    folder, sources = lessons
    mark_finished(folder, sources)
    monkeypatch.setattr(course_utils, "__version__", "99")
    assert count_finished(folder, sources) == 0


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"01": 3}', "\xff"])
def test_a_damaged_file_knows_of_none(lessons, content):
    folder, sources = lessons
    (folder / FILE).write_text(content, encoding="latin-1")
    assert count_finished(folder, sources) == 0
