"""Which jobs of the ladder come next."""

import pytest

from course_utils.experiments.ladder_plan import (
    GRID,
    MORE_SEEDS,
    PROMPTS,
    RATES,
    Job,
    LadderSchedule,
    cells,
    missing,
    ready,
)
from course_utils.methods.names import Method
from course_utils.recorded.ladder import FEW_SHOT, TRAINED, ZERO_SHOT
from tests.recorded.made_up_ladder import rung

FULL, LORA, SOFT = Method.FULL.value, Method.LORA.value, Method.PROMPT_TUNING.value


def searched(method, losses, **more):
    return [
        rung(method=method, learning_rate=rate, loss=loss, **more)
        for rate, loss in zip(RATES[method], losses)
    ]


def test_every_method_has_as_many_rates_all_of_the_grid():
    assert {len(rates) for rates in RATES.values()} == {3} and set(RATES) == set(TRAINED)
    for rates in RATES.values():
        start = GRID.index(rates[0])
        assert list(rates) == GRID[start : start + 3]


def test_soft_prompts_and_lora_search_together_and_full_fine_tuning_one_by_one():
    whole = ready(Job("", "m", "pair", SOFT), [])
    assert [job.trials for job in whole] == [tuple((rate, 0) for rate in RATES[SOFT])]
    single = ready(Job("", "m", "pair", FULL), searched(FULL, (1.0,), task="pair"))
    assert [job.trials for job in single] == [((rate, 0),) for rate in RATES[FULL][1:]]


def test_apart_each_training_is_a_job():
    jobs = ready(Job("", "m", "pair", LORA, apart=True), [])
    assert [job.trials for job in jobs] == [((rate, 0),) for rate in RATES[LORA]]
    assert {cell.apart for cell in cells([("", "m")], ["pair"], apart=True)} == {True}


@pytest.mark.parametrize("losses, place", [((1, 2, 3), -1), ((3, 2, 1), 3)])
def test_a_best_rate_at_the_edge_is_searched_beyond_three_times_at_most(losses, place):
    rungs = searched(LORA, losses)
    beyond = GRID[GRID.index(RATES[LORA][0]) + place]
    assert missing(rungs, RATES[LORA]) == [(beyond, 0)]
    rungs.append(rung(method=LORA, learning_rate=beyond, loss=0.5))
    for loss in (0.4, 0.3):
        beyond = GRID[GRID.index(beyond) + (1 if place > 0 else -1)]
        assert missing(rungs, RATES[LORA]) == [(beyond, 0)]
        rungs.append(rung(method=LORA, learning_rate=beyond, loss=loss))
    assert missing(rungs, RATES[LORA]) == [(beyond, seed) for seed in MORE_SEEDS]


def test_rates_of_another_grid_count_too():
    tried = [
        rung(method=LORA, learning_rate=rate, loss=loss)
        for rate, loss in ((3e-4, 0.3), (1e-3, 0.2), (3e-3, 0.4))
    ]
    assert missing(tried, RATES[LORA]) == [(1e-3, seed) for seed in MORE_SEEDS]


def test_the_other_seeds_train_at_the_best_rate_and_then_the_cell_is_done():
    rungs = searched(LORA, (4, 1, 2))
    best = RATES[LORA][1]
    assert missing(rungs, RATES[LORA]) == [(best, 1), (best, 2)]
    rungs.append(rung(method=LORA, learning_rate=best, seed=1, loss=0.1))
    assert missing(rungs, RATES[LORA]) == [(best, 2)]
    rungs.append(rung(method=LORA, learning_rate=best, seed=2, loss=9))
    assert missing(rungs, RATES[LORA]) == []


def test_where_every_rate_diverged_there_is_nothing_more_to_do():
    rungs = searched(LORA, (1, 1, 1), ended="diverged")
    assert missing(rungs, RATES[LORA]) == []
    rungs[0] = rung(method=LORA, learning_rate=RATES[LORA][0], loss=3)
    assert missing(rungs, RATES[LORA]) == [(3e-5, 0)]


def test_tasks_come_first_then_models_then_methods():
    order = list(cells([("a/one", "one"), ("two", "two")], ["pair", "movies"]))
    assert order[0] == Job("a/one", "one", "pair", PROMPTS) and len(order) == 16
    assert [cell.task for cell in order] == ["pair"] * 8 + ["movies"] * 8
    assert [cell.name for cell in order[:8]] == ["one"] * 4 + ["two"] * 4


def test_a_schedule_goes_on_to_the_next_cell_while_a_search_runs():
    schedule = LadderSchedule(list(cells([("", "m")], ["pair"])), [])
    begun = [schedule.next_job() for _ in range(6)]
    assert [job.method for job in begun] == [PROMPTS, SOFT, LORA, FULL, FULL, FULL]
    assert schedule.next_job() is None
    schedule.settle(searched(SOFT, (4, 1, 2), task="pair", model="m"))
    best = RATES[SOFT][1]
    assert schedule.next_job() == Job("", "m", "pair", SOFT, trials=((best, 1), (best, 2)))
    assert schedule.next_job() is None


def test_what_is_there_is_not_done_again():
    prompts = [rung(method=method, task="pair", model="m") for method in (ZERO_SHOT, FEW_SHOT)]
    schedule = LadderSchedule(list(cells([("", "m")], ["pair"])), prompts)
    assert schedule.next_job().method == SOFT


def test_where_validation_says_that_a_seed_got_stuck_two_more_train():
    def at_best(seed, accuracy):
        validations = [(0, 5.0, 0.5), (100, 1.0, accuracy), (150, 1.5, 0.4)]
        return rung(method=SOFT, learning_rate=0.1, seed=seed, validations=validations)

    search = searched(SOFT, (4, 1, 2))
    near = [*search, at_best(1, 0.7), at_best(2, 0.78)]
    assert missing(near, RATES[SOFT]) == []
    stuck = [*search, at_best(1, 0.75), at_best(2, 0.6)]
    assert missing(stuck, RATES[SOFT]) == [(0.1, 3), (0.1, 4)]
    assert missing([*stuck, at_best(3, 0.6)], RATES[SOFT]) == [(0.1, 4)]
    assert missing([*stuck, at_best(3, 0.6), at_best(4, 0.9)], RATES[SOFT]) == []
