"""The report of label counts: curves, intervals and crossings of made-up answers."""

import pytest
from scipy import stats

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.seeds import compare_means
from course_utils.recorded import label_counts
from course_utils.recorded.label_counts import AS_IT_IS, FULL, PROMPT, TFIDF, Answers, Training
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import to_row

ITEMS = 40


def right(count):
    return "1" * count + "0" * (ITEMS - count)


PROMPTS = {0: [20], 16: [30, 30, 30], 64: [30, 31, 29], 256: [30]}
WORDS = {16: [20, 22, 24], 64: [30, 30, 30], 256: [38]}
TUNED = {16: [25, 26, 30], 64: [35, 36, 37], 256: [39, 39, 39]}
ANSWERS = [
    Answers(method, labels, seed, "a", right(count))
    for method, counts in ((PROMPT, PROMPTS), (TFIDF, WORDS))
    for labels, seeds in counts.items()
    for seed, count in enumerate(seeds)
] + [Answers(AS_IT_IS, 0, 0, "b", right(10))]
TRAININGS = [
    Training(labels, seed, 2e-5, 60, 16, 50, 0.3, right(count))
    for labels, seeds in TUNED.items()
    for seed, count in enumerate(seeds)
] + [Training(labels, 0, 1e-5, 60, 16, 50, 0.4, right(1)) for labels in TUNED]
REPORT = {
    "settings": {"validation": 200},
    "answers": [to_row(row) for row in reversed(ANSWERS)],
    "trainings": [to_row(row) for row in TRAININGS],
    "workers": 6,
    "device": "a GPU",
    "versions": {},
    "date": "2026-11-26",
}


@pytest.fixture
def report(monkeypatch, tmp_path):
    write_report(tmp_path, "label_counts", REPORT)
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return label_counts.recorded_label_counts()


def test_a_curve_has_means_and_students_interval_over_seeds(report):
    none, few, some, everything = report.curve(PROMPT)
    assert [point.labels for point in report.curve(PROMPT)] == [0, 16, 64, 256]
    assert none.interval is None and everything.interval is None and none.mean == 0.5
    assert few.interval == (0.75, 0.75)
    expected = stats.t.interval(0.95, 2, loc=0.75, scale=stats.sem(some.values))
    assert some.interval == pytest.approx(expected) and some.values == (0.75, 0.775, 0.725)


def test_fine_tuning_is_that_of_the_chosen_rate_and_used_more_labels(report):
    first = report.curve(FULL)[0]
    assert first.values == (25 / ITEMS, 26 / ITEMS, 30 / ITEMS)
    assert (first.labels, first.labels_used) == (16, 216)
    assert report.curve(TFIDF)[0].labels_used == 16
    assert label_counts.chosen_rate(report.trainings, 16) == 2e-5
    assert report.of(FULL)[16][0].chosen == "2e-05"


def test_an_interval_is_cut_where_accuracies_end():
    assert label_counts._t_interval((1.0, 0.5)) == (0.0, 1.0)


def test_differences_are_of_both_methods_means(report):
    found = report.differences(FULL, TFIDF)
    assert list(found) == [16, 64, 256]
    answers = [[right(count) for count in counts[64]] for counts in (TUNED, WORDS)]
    assert found[64] == compare_means(*answers)


def test_all_methods_are_named_and_another_is_refused(report):
    assert set(report.methods()) == {PROMPT, AS_IT_IS, TFIDF, FULL}
    with pytest.raises(CourseError, match="no answers of 'LoRA'.*TF-IDF"):
        report.of("LoRA")


def test_what_was_not_recorded_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="experiments label_counts"):
        label_counts.recorded_label_counts()
