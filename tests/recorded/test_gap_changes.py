"""Gaps of the ladder's two ends: known ones, and which models are taken."""

import pytest

from course_utils.measure.holm import adjusted
from course_utils.recorded.gap_changes import gap_changes
from course_utils.recorded.ladder import finals
from tests.recorded.made_up_studies import (
    FULL,
    MODELS,
    SLOPES,
    SOFT,
    ladder,
    soft_gap,
    training,
    without,
)

SMALLEST, *_, LARGEST = MODELS


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_a_gap_that_shrinks_is_found_and_one_that_does_not_is_not_claimed(rungs):
    found = gap_changes(rungs, SOFT)
    assert list(found) == list(SLOPES)
    for task, each in found.items():
        assert (each.smallest.model, each.largest.model) == (SMALLEST, LARGEST)
        known = soft_gap(task, 0) - soft_gap(task, 3)
        assert 100 * each.change.difference == pytest.approx(known, abs=0.2)
        assert 100 * each.change.difference == pytest.approx(
            each.smallest.points - each.largest.points
        )
    assert found["pair"].change.low > 0 > found["movies"].change.low
    assert [e.holm_p for e in found.values()] == adjusted([e.change.p for e in found.values()])


@pytest.mark.parametrize("method", [FULL, SOFT])
@pytest.mark.parametrize("model", [SMALLEST, LARGEST])
def test_the_seeds_of_all_four_trainings_count(rungs, model, method):
    [kept] = [r for r in finals(rungs, model, "pair", method) if r.seed == 1]
    odd = [rung for rung in rungs if rung is not kept]
    odd.append(training(model, "pair", method, 1, kept.accuracy - 0.1))
    before, after = (gap_changes(some, SOFT)["pair"].change for some in (rungs, odd))
    assert after.high - after.low > 2 * (before.high - before.low)


def test_an_end_without_an_interval_is_left_out_and_one_model_alone_has_no_change(rungs):
    few = without(rungs, model=LARGEST, task="pair", method=FULL, seed=1)
    assert gap_changes(few, SOFT)["pair"].largest.model == list(MODELS)[2]
    assert gap_changes(few, SOFT)["movies"].largest.model == LARGEST
    assert gap_changes(ladder(models=(SMALLEST,)), SOFT) == {}
