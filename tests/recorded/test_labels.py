"""The recorded study of labels: each number of labels at its own rate, one rung a draw."""

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.seeds import compare_means
from course_utils.methods.names import Method
from course_utils.recorded import labels
from course_utils.recorded.ladder import write_rungs
from tests.recorded.made_up_ladder import rung

LORA = Method.LORA.value


def test_a_number_of_labels_has_a_rate_of_its_own():
    rungs = [
        rung(labels=32, learning_rate=1e-4, loss=0.9),
        rung(labels=32, learning_rate=1e-3, loss=0.5),
        rung(labels=8, learning_rate=1e-4, loss=1.0),
        rung(labels=8, learning_rate=1e-3, loss=2.0),
        rung(labels=32, learning_rate=1e-3, seed=1, loss=3.0),
        rung(labels=8, learning_rate=1e-3, seed=1, loss=0.0),  # seed 0 chooses
        rung(labels=8, learning_rate=1e-4, seed=1, loss=3.0),
    ]
    found = labels.by_labels(reversed(rungs), LORA)
    rates = {n: [(r.learning_rate, r.seed) for r in own] for n, own in found.items()}
    assert rates == {8: [(1e-4, 0), (1e-4, 1)], 32: [(1e-3, 0), (1e-3, 1)]}
    assert list(rates) == [8, 32]


def test_what_is_not_trained_has_no_rate_to_choose():
    rungs = [rung(method=labels.TFIDF, learning_rate=0, seed=s, validations=[]) for s in (1, 0)]
    assert [r.seed for r in labels.by_labels(rungs, labels.TFIDF)[32]] == [0, 1]


def test_a_lead_is_told_where_both_have_as_many_labels():
    own = [rung(seed=s, correct="1110") for s in (0, 1)]
    other = [rung(method=labels.TFIDF, seed=s, correct="0110", validations=[]) for s in (0, 1)]
    alone = rung(method=labels.TFIDF, labels=8, validations=[])
    found = labels.leads([*own, *other, alone], LORA, labels.TFIDF)
    assert found == {32: compare_means(["1110"] * 2, ["0110"] * 2)}
    assert found[32].difference == pytest.approx(0.25)


def test_the_study_of_the_courses_model_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="no recorded study of labels.*experiments labels"):
        labels.recorded_labels()
    path = tmp_path / labels.FOLDER / f"{settings.COURSE_MODEL}.jsonl"
    path.parent.mkdir(parents=True)
    write_rungs([rung()], path)
    assert labels.recorded_labels() == [rung()]
