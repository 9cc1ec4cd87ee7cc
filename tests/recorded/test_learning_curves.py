"""Learning curves and their crossings against known ones."""

import math

import pytest

from course_utils.measure.crossing import crossing
from course_utils.measure.means import mean_of
from course_utils.recorded.labels import TFIDF, WORDS, leads
from course_utils.recorded.learning_curves import crossing_of, curve, more_labels
from tests.recorded.made_up_studies import CURVES, FULL, LORA, SOFT, label_study, without


@pytest.fixture(scope="module")
def rungs():
    return label_study()


def test_a_curve_has_the_means_over_the_draws(rungs):
    found = curve(rungs, LORA)
    assert [p.labels for p in found] == [8, 80, 800]
    assert [p.accuracy for p in found] == pytest.approx(list(CURVES[LORA].values()))
    known = mean_of(0.66 + k / 500 for k in (-2, -1, 0, 1, 2))
    assert (found[0].low, found[0].high, found[0].draws) == pytest.approx(
        (known.low, known.high, 5)
    )
    alone = curve(rungs, WORDS)[0]
    assert (alone.labels, alone.draws) == (0, 1) and alone.low == alone.accuracy == 0.65


def test_a_known_crossing_is_found_and_doubt_comes_later(rungs):
    found = crossing_of(rungs, LORA, WORDS)  # behind by 0.04 at 8, ahead by 0.04 at 80
    assert found.labels == (8, 80, 800)
    assert found.ahead == pytest.approx(8 * 10**0.5, rel=0.01)
    lows = [lead.low for n, lead in leads(rungs, LORA, WORDS).items() if n]
    assert found.sure == crossing(found.labels, lows) > found.ahead
    assert crossing_of(rungs, FULL, WORDS).ahead == 8
    assert math.isinf(crossing_of(rungs, TFIDF, SOFT).ahead)
    assert math.isinf(crossing_of(rungs, LORA, FULL).sure)


def test_what_is_missing_has_no_curve_and_no_crossing(rungs):
    assert curve(without(rungs, method=SOFT), SOFT) == []
    assert crossing_of(without(rungs, method=SOFT), SOFT, WORDS) is None
    only = [r for r in rungs if r.method != WORDS or r.labels == 0]
    assert crossing_of(only, LORA, WORDS) is None
    lost = without(rungs, method=LORA, labels=80, seed=0)  # none to choose a rate from
    assert [point.labels for point in curve(lost, LORA)] == [8, 800]


def test_labels_that_choose_are_told(rungs):
    assert more_labels(rungs) == 200
    assert more_labels(r for r in rungs if r.method == TFIDF) == 0
