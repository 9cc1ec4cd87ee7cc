"""The report of free text: rates by their definitions, from a made-up report."""

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.evaluation import wilson_interval
from course_utils.recorded.free_text import recorded_free_text
from course_utils.recorded.reports import write_report

DESIGN = {
    "template": "{text}:",
    "prefix": "",
    "label_words": [" negative", " positive"],
    "new_tokens": 20,
    "correct": "1100000000",
    "parsed": "1110000000",
    "scored": "1111111100",
    "same_alone": 10,
    "alone": 10,
    "tokens": 180,
    "seconds": 1.5,
    "samples": [{"text": "a", "label": 1, "reply": "positive", "answer": 1}],
}
REPORT = {
    "settings": {"items": 10},
    "device": "a GPU",
    "versions": {"torch": "2"},
    "date": "2026-11-26",
    "designs": {"raw": DESIGN, "thinking": DESIGN | {"scored": "", "parsed": "0" * 10}},
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return tmp_path


def test_the_rates_are_shares_of_all_or_of_the_parsed(folder):
    write_report(folder, "free_text", REPORT)
    report = recorded_free_text()
    design = report.designs["raw"]
    assert list(report.designs) == ["raw", "thinking"] and report.settings == {"items": 10}
    assert design.parse_rate.value == 0.3 and design.accuracy.value == 0.2
    assert design.accuracy_of_parsed.value == pytest.approx(2 / 3)
    assert design.accuracy_of_scores.value == 0.8
    assert design.accuracy_of_parsed.interval == wilson_interval(2, 3)
    assert str(design.accuracy) == "0.200 [0.057, 0.510], n = 10"


def test_without_labels_or_scores_there_is_no_share(folder):
    write_report(folder, "free_text", REPORT)
    thinking = recorded_free_text().designs["thinking"]
    assert thinking.accuracy_of_parsed is None and thinking.accuracy_of_scores is None


def test_what_was_not_recorded_says_how_to_make_it(folder):
    with pytest.raises(CourseError, match="experiments free_text"):
        recorded_free_text()
