"""The lab book loses nothing and shows the right line."""

import json
import multiprocessing

import pytest

import course_utils
from course_utils import settings
from course_utils.errors import CourseError
from course_utils.lab import labbook


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr(labbook, "RECORDED", tmp_path / "recorded.jsonl")


def result(correct="1110", method="prompt", **changes):
    values = {"task": "movies", "model": "m", "items": "i", "seed": 0, "device": "cpu"}
    values |= {"trainable_parameters": 0, "peak_memory": 0, "seconds": 1.0, "disk": 10}
    return labbook.Result(method=method, correct=correct, **(values | changes))


def write_recorded(*results):
    lines = [json.dumps(vars(r)) for r in results]
    labbook.RECORDED.write_text("\n".join(lines) + "\n")


def test_the_newest_line_is_shown_and_the_older_kept():
    labbook.record(result("1000"))
    labbook.record(result("1100"))
    assert [r.accuracy for r in labbook.current()] == [0.5]
    assert len(labbook.read(settings.results_folder() / "labbook.jsonl")) == 2


def test_quick_results_never_replace_full_ones():
    labbook.record(result("1111"))
    labbook.record(result("0000", quick=True))
    assert labbook.find("prompt", "movies", "m").source == "yours"


def test_recorded_results_fill_gaps_only():
    write_recorded(result("0000", recorded=True), result(method="other", recorded=True))
    labbook.record(result("1111"))
    assert {r.method: r.source for r in labbook.current()} == {
        "prompt": "yours",
        "other": "recorded",
    }


def test_a_torn_line_costs_only_itself():
    labbook.record(result("1111"))
    path = settings.results_folder() / "labbook.jsonl"
    with open(path, "a") as file:
        file.write('{"method": "pro')
    labbook.record(result("1000"))
    assert [r.accuracy for r in labbook.read(path)] == [1.0, 0.25]


def test_a_result_keeps_the_version_of_the_course_and_older_lines_are_read():
    labbook.record(result())
    path = settings.results_folder() / "labbook.jsonl"
    (row,) = map(json.loads, path.read_text().splitlines())
    assert row["versions"]["course"] == course_utils.__version__
    assert set(row["versions"]) == {"course", "python", *labbook.PACKAGES}
    del row["versions"]["course"]
    path.write_text(json.dumps(row) + "\n")
    (old,) = labbook.current()
    assert old.versions == row["versions"] and old.accuracy == 0.75


def _record_many(count):
    for _ in range(count):
        labbook.record(result())


def test_many_notebooks_at_once():
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_record_many, args=(20,)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(labbook.read(settings.results_folder() / "labbook.jsonl")) == 120


def test_a_missing_result_says_what_to_do():
    with pytest.raises(CourseError, match="run the lesson"):
        labbook.find("prompt", "movies", "m")


def test_an_unwritable_folder_says_what_to_do(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "file"))
    with pytest.raises(CourseError, match="COURSE_RESULTS"):
        labbook.record(result())


def test_shipped_results_come_back_as_recorded():
    labbook.ship([result("1111")])
    assert [r.source for r in labbook.current()] == ["recorded"]
    with pytest.raises(CourseError, match="in full"):
        labbook.ship([result(quick=True)])


def of_version(version, day=1, **changes):
    versions = {} if version is None else {"course": version}
    return result(versions=versions, when=f"2026-01-0{day}T00:00:00+00:00", **changes)


@pytest.mark.parametrize(
    ("versions", "said"),
    [(["1.0", "1.0"], None), (["1.0", "1.1"], "(1.0, 1.1)"), ([None, "1.1"], "(unknown, 1.1)")],
)
def test_results_of_several_versions_of_the_course_are_told(versions, said):
    first, second = versions
    note = labbook.mixed_versions([of_version(second, day=2), of_version(first, day=1)])
    assert said in note if said else note == ""


def test_the_courses_own_recorded_results_count_as_no_other_version():
    rows = [of_version("1.1"), of_version("1.0", recorded=True), of_version(None, recorded=True)]
    assert labbook.mixed_versions(rows) == ""
