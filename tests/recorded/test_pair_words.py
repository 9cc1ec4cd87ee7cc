"""The report of words on pairs: what was chosen, and the figures by their definitions."""

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.evaluation import wilson_interval
from course_utils.measure.selection import expected_best
from course_utils.recorded import runs
from course_utils.recorded.pair_words import Asked, chosen, recorded_pair_words
from course_utils.recorded.reports import write_report

ASKED = [
    {"template": "a", "shots": 0, "draw": 0, "plain": 0.5, "calibrated": 0.52, "auc": 0.51},
    {"template": "a", "shots": 2, "draw": 0, "plain": 0.56, "calibrated": 0.49, "auc": 0.5},
    {"template": "a", "shots": 2, "draw": 1, "plain": 0.48, "calibrated": 0.51, "auc": 0.5},
    {"template": "b", "shots": 0, "draw": 0, "plain": 0.5, "calibrated": 0.56, "auc": 0.58},
]
ANSWERS = {"name": "x", "said_a": 0.25, "correct": runs.pack("1110")}
REPORT = {
    "settings": {"validation": 100, "test": 4},
    "device": "a GPU",
    "versions": {"torch": "2"},
    "date": "2026-11-26",
    "asked": ASKED,
    "answers": {
        name: ANSWERS | {"name": name} for name in ("plain", "best", "one_by_one", "bag_of_words")
    },
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return tmp_path


def test_the_report_gives_every_prompt_and_four_sets_of_answers(folder):
    write_report(folder, "pair_words", REPORT)
    report = recorded_pair_words()
    assert [(row.template, row.shots, row.draw) for row in report.asked] == [
        ("a", 0, 0), ("a", 2, 0), ("a", 2, 1), ("b", 0, 0)
    ]  # fmt: skip
    assert report.best.name == "best" and report.bag_of_words.name == "bag_of_words"
    assert report.plain.accuracy == 0.75 and report.plain.interval == wilson_interval(3, 4)
    assert str(report.one_by_one) == "0.750 [0.301, 0.954], n = 4"


def test_the_best_of_each_template_and_of_guesses(folder):
    write_report(folder, "pair_words", REPORT)
    report = recorded_pair_words()
    assert report.templates == {"a": {0: 0.52, 2: 0.56}, "b": {0: 0.56}}
    assert report.tried == 8
    assert report.best_of_guesses == expected_best(0.5, 100, 8)


def test_the_best_on_validation_is_chosen_of_equal_ones_the_first():
    rows = [Asked(**row) for row in ASKED]
    assert chosen(rows) == (rows[1], False)
    assert chosen(rows[::-1]) == (rows[3], True)
    assert chosen(rows[:1]) == (rows[0], True)


def test_plain_goes_before_calibrated_where_they_are_equal():
    row = Asked("a", 0, 0, 0.5, 0.5, 0.5)
    assert chosen([row]) == (row, False)


def test_what_was_not_recorded_says_how_to_make_it(folder):
    with pytest.raises(CourseError, match="experiments pair_words"):
        recorded_pair_words()
