"""Reports: what was never recorded says how to make it, and what is written comes back."""

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.recorded.memory_held_out import recorded_held_out, recorded_in_backward
from course_utils.recorded.reports import read_report, write_report
from course_utils.recorded.small_card import recorded_small_card


@pytest.mark.parametrize("read", [recorded_held_out, recorded_in_backward, recorded_small_card])
def test_what_was_never_recorded_says_how_to_make_it(read, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments"):
        read()


def test_what_is_written_comes_back_and_has_a_line_a_row(tmp_path, monkeypatch):
    report = [
        {"device": "a", "rows": [{"x": 1, "y": [1, 2]}, {"x": 2, "y": []}], "versions": {"b": "1"}},
        {"device": "b", "rows": [], "versions": {}},
    ]
    write_report(tmp_path, "study", report)
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    assert read_report("study", "study") == report
    text = (tmp_path / "study.json").read_text()
    assert '{"x": 2, "y": []}' in text.splitlines()[5] and text.endswith("]\n")


def test_the_shipped_reports_are_as_the_writer_writes_them(tmp_path):
    for path in sorted(settings.RECORDED.glob("*.json")):
        report = read_report(path.stem, path.stem)
        write_report(tmp_path, path.stem, report)
        assert (tmp_path / path.name).read_text() == path.read_text(), path.name
