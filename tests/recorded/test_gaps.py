"""Gaps along a training and over sizes: known ones, and what is missing."""

import dataclasses

import pytest

from course_utils.recorded.gaps import gaps_by_size, gaps_by_steps, reading_steps
from course_utils.recorded.ladder import ZERO_SHOT, gap
from tests.recorded.made_up_ladder import rung
from tests.recorded.made_up_studies import (
    BEHIND,
    FULL,
    LAG,
    LORA,
    MODELS,
    MOMENTS,
    SOFT,
    ladder,
    soft_gap,
    without,
)

SMALL = next(iter(MODELS))


@pytest.fixture(scope="module")
def rungs():
    return ladder(tasks=("pair",))


def test_gaps_over_sizes_are_those_that_were_made_up(rungs):
    found = gaps_by_size(reversed(rungs), "pair", SOFT)
    assert [each.model for each in found] == list(MODELS)
    assert [each.parameters for each in found] == list(MODELS.values())
    assert [each.points for each in found] == pytest.approx(
        [soft_gap("pair", number) for number in range(4)], abs=0.051
    )
    assert all(each.seeds == 3 and each.ends[0] < each.points < each.ends[1] for each in found)
    assert found[0].difference == gap(rungs, SMALL, "pair", SOFT)
    prompts = gaps_by_size(rungs, "pair", ZERO_SHOT)
    assert [each.points for each in prompts] == pytest.approx([BEHIND[ZERO_SHOT]] * 4)
    assert prompts[0].seeds == 3


def test_each_seed_has_its_own_distance(rungs):
    found = gaps_by_size(rungs, "pair", SOFT)[0]
    assert len(found.singles) == 3
    assert sum(found.singles) / 3 == pytest.approx(found.points, abs=0.051)
    soft = [r for r in rungs if (r.model, r.method) == (SMALL, SOFT) and r.validations]
    worse = next(each for each in soft if each.seed == 2)
    cut = dataclasses.replace(worse, correct="0" * len(worse.correct))
    changed = gaps_by_size([cut if r is worse else r for r in rungs], "pair", SOFT)[0]
    assert changed.singles[:2] == found.singles[:2]
    lost = 100 * worse.accuracy
    assert changed.singles[2] == pytest.approx(found.singles[2] + lost)


def test_along_a_training_the_gap_halves_when_the_steps_double(rungs):
    found = gaps_by_steps(rungs, SMALL, "pair", SOFT)
    assert [each.steps for each in found] == [*MOMENTS, 1000]
    end = soft_gap("pair", 0)
    lags = [LAG * 50 / steps for steps in MOMENTS]
    assert [each.points for each in found] == pytest.approx(
        [*(end + lag for lag in lags), end], abs=0.06
    )


def test_what_is_missing_is_left_out(rungs):
    some = without(rungs, model=SMALL, method=FULL)
    assert [each.model for each in gaps_by_size(some, "pair", LORA)] == list(MODELS)[1:]
    assert gaps_by_steps(some, SMALL, "pair", LORA) == []
    assert gaps_by_steps(without(rungs, method=SOFT), SMALL, "pair", SOFT) == []
    assert gaps_by_size(rungs, "movies", SOFT) == []


def test_two_seeds_have_no_interval(rungs):
    alone = without(rungs, model=SMALL, method=SOFT, seed=1)
    first, second, *_ = gaps_by_size(alone, "pair", SOFT)
    assert first.seeds == 2 and first.ends is None
    assert second.ends is not None


def test_single_ends_are_no_moments_but_the_last():
    readings = [(50, "1000"), (100, "1010")]
    seeds = [
        rung(readings=[*readings, (150, "1100")], steps=150),
        rung(readings=[*readings, (200, "1100"), (350, "1110")], steps=350),
    ]
    assert reading_steps(seeds) == [50, 100, 200, 350]
    late = rung(readings=[(100, "1000"), (120, "1100")], steps=120)
    assert reading_steps([*seeds, late]) == [100, 200, 350]
