"""Finals: five seeds at the settings that the searches chose by their validation loss."""

import collections
import dataclasses

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import finals, plan
from course_utils.methods.names import Method
from tests.experiments.made_up_records import record

SEARCHES = {study: plan.STUDIES[study]() for study in finals.SEARCHED}


def searched(best):
    """Records of all searches: the loss of a run is low where ``best`` says so."""
    return {
        study: [record(run, 0.1 if best(run) else 0.3 + 0.01 * run.seed) for run in runs]
        for study, runs in SEARCHES.items()
    }


def settings(runs):
    """Rate and steps by method, rank and init; each setting has its five seeds."""
    seeds = collections.Counter(dataclasses.replace(run, seed=0) for run in runs)
    assert set(seeds.values()) == {5} and len(set(runs)) == len(runs)
    return {(r.method, r.rank, r.init): (r.learning_rate, r.steps) for r in seeds}


def test_each_method_is_run_at_the_rate_and_the_steps_of_the_lowest_loss():
    wanted = {
        (Method.FULL, 0, ""): (1e-4, 735),
        (Method.LORA, 8, ""): (2e-3, 245),
        (Method.LORA, 1, ""): (5e-3, 245),
        (Method.LORA, 8, "pissa"): (5e-4, 245),
        (Method.PROMPT_TUNING, 0, "labels"): (1e-1, 1960),
        (Method.PROMPT_TUNING, 0, "normal"): (1.0, 735),
    }

    def best(run):
        return wanted.get((run.method, run.rank, run.init)) == (run.learning_rate, run.steps)

    runs = finals.methods(searched(best))
    assert settings(runs) == wanted and len(runs) == 30
    assert {(r.study, r.items, r.shuffled) for r in runs} == {("methods", "test", False)}
    assert {r.alpha for r in runs if r.rank == 8 and not r.init} == {16.0}


def test_another_alpha_target_or_length_is_not_compared():
    def best(run):
        strange = run.alpha == 256.0 or run.targets == "MLP" or run.length == 100
        return strange or (run.rank, run.learning_rate) == (8, 1e-3)

    runs = finals.methods(searched(best))
    assert settings(runs)[Method.LORA, 8, ""][0] == 1e-3
    assert {r.length for r in runs} == {0, 20} and {r.targets for r in runs} == {"", "all"}


def test_the_mean_over_seeds_decides_not_one_lucky_seed():
    losses = searched(lambda run: run.learning_rate == 2e-4 and run.seed == 2)
    steady = searched(lambda run: run.learning_rate == 2e-4)
    steady["lora_grid"] = [
        dataclasses.replace(r, best=[3, 0.05 if r.learning_rate == 5e-4 and r.seed == 0 else 0.3])
        if r.learning_rate == 5e-4
        else r
        for r in steady["lora_grid"]
    ]
    assert settings(finals.methods(steady))[Method.FULL, 0, ""][0] == 2e-4
    assert losses["lora_grid"] != steady["lora_grid"]


def test_the_control_has_the_setting_of_lora_and_shuffled_labels():
    records = searched(lambda run: (run.rank, run.learning_rate, run.steps) == (8, 5e-4, 735))
    runs = finals.controls(records)
    assert settings(runs) == {(Method.LORA, 8, ""): (5e-4, 735)}
    assert {(r.study, r.shuffled, r.items) for r in runs} == {("controls", True, "test")}


def test_without_a_search_there_is_no_final():
    with pytest.raises(CourseError, match="run the search first"):
        finals.methods({})


def test_pair_is_searched_first_and_then_run_with_five_seeds():
    search = finals.pair({})
    assert search == finals.pair_search() and {r.items for r in search} == {"validation"}
    assert finals.pair({"pair": [record(run) for run in search[1:]]}) == search

    def loss(run):
        return 0.1 if run.learning_rate in (1e-4, 5e-4, 3e-1) else 0.3

    runs = finals.pair({"pair": [record(run, loss(run)) for run in search]})
    assert runs[: len(search)] == search
    assert settings(runs[len(search) :]) == {
        (Method.PROMPT_TUNING, 0, "labels"): (3e-1, 1500),
        (Method.LORA, 8, ""): (5e-4, 500),
        (Method.FULL, 0, ""): (1e-4, 500),
    }
    assert {(r.task, r.items) for r in runs[len(search) :]} == {("pair", "test")}


def test_what_is_compared_is_a_part_of_the_searches():
    kinds = {
        study: {(r.method, r.rank, r.init) for r in runs if finals.is_compared(r)}
        for study, runs in SEARCHES.items()
    }
    assert len(kinds["lora_grid"]) == 4 and len(kinds["prompt_grid"]) == 2
    assert all(map(finals.is_compared, SEARCHES["steps"]))
    assert not any(map(finals.is_compared, plan.clusters()))
