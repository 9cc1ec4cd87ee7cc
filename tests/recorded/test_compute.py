"""The ladder by operations: readings, the frontier, and what equal compute gives."""

import pytest

from course_utils.measure.seeds import compare_means
from course_utils.recorded.compute import (
    Reading,
    frontier,
    full_budget,
    gap_at_full_budget,
    readings,
)
from course_utils.recorded.ladder import FEW_SHOT, ZERO_SHOT
from tests.recorded.made_up_ladder import rung
from tests.recorded.made_up_studies import (
    BEST,
    FULL,
    LAG,
    LORA,
    MODELS,
    MOMENTS,
    SOFT,
    ladder,
    without,
)

SMALL = next(iter(MODELS))


@pytest.fixture(scope="module")
def rungs():
    return ladder(tasks=("movies",))


def test_readings_stand_at_steps_times_operations(rungs):
    found = [r for r in readings(rungs, "movies") if (r.model, r.method) == (SMALL, FULL)]
    assert [r.steps for r in found] == [*MOMENTS, 1000]
    assert [r.flops for r in found] == [s * 6e6 * MODELS[SMALL] for s in (*MOMENTS, 1000)]
    known = [BEST - LAG / 100 * 50 / s for s in MOMENTS]
    assert [r.accuracy for r in found] == pytest.approx([*known, BEST], abs=0.0006)


def test_prompts_cost_nothing_and_what_is_missing_is_left_out(rungs):
    some = without(without(rungs, method=LORA), model=SMALL, method=ZERO_SHOT)
    found = readings(some, "movies")
    assert {r.method for r in found} == {ZERO_SHOT, FEW_SHOT, FULL, SOFT}
    assert [(r.steps, r.flops) for r in found if r.method == ZERO_SHOT] == [(0, 0.0)] * 3
    assert readings(rungs, "pair") == []


def test_the_frontier_is_what_no_cheaper_reading_equals():
    a, b, c, d = (Reading("m", FULL, 1, f, x) for f, x in ((5, 0.5), (1, 0.4), (9, 0.5), (7, 0.7)))
    assert frontier([a, b, c, d]) == [b, a, d]
    assert frontier([]) == []


def test_equal_compute_is_that_of_full_fine_tuning_until_its_best():
    full = [rung(method=FULL, correct="1111", seed=s, best_step=100 * (1 + s), step_flops=10.0)
            for s in (0, 1)]  # fmt: skip
    soft = [rung(method=SOFT, seed=s, step_flops=15.0) for s in (0, 1)]
    assert full_budget([*full, *soft], "m", "movies") == 1500
    found = gap_at_full_budget([*full, *soft], "m", "movies", SOFT)  # 100 steps
    assert found.difference == compare_means(["1111"] * 2, ["1010"] * 2) and found.seeds == 2
    late = [rung(method=SOFT, seed=0, step_flops=31.0)]  # 48 steps: before the first reading
    assert gap_at_full_budget([*full, *late], "m", "movies", SOFT) is None
    assert gap_at_full_budget(full, "m", "movies", SOFT) is None
    assert gap_at_full_budget(soft, "m", "movies", SOFT) is None
