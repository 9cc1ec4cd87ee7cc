"""The plan of the studies: every setting, with its seeds, and what is measured."""

import collections
import dataclasses

import pytest

from course_utils.experiments import plan
from course_utils.experiments.finals import is_compared
from course_utils.methods.names import Method

SEEDS = {"lora_grid": {2, 3}, "prompt_grid": {2, 3}, "steps": {1}, "clusters": {5}, "paths": {1, 2}}
SEARCHES = ("lora_grid", "prompt_grid", "steps")


@pytest.mark.parametrize("study", plan.STUDIES)
def test_every_setting_is_run_once_with_each_seed(study):
    runs = plan.STUDIES[study]()
    assert len(set(runs)) == len(runs)
    settings = collections.Counter(dataclasses.replace(run, seed=0) for run in runs)
    assert set(settings.values()) == SEEDS[study] and {run.study for run in runs} == {study}
    for setting, seeds in settings.items():
        assert seeds == 3 or study in ("steps", "clusters", "paths") or not is_compared(setting)


@pytest.mark.parametrize("study", plan.STUDIES)
def test_a_search_reads_no_test_item(study):
    items = {run.items for run in plan.STUDIES[study]()}
    assert items == {"validation" if study in SEARCHES else "test"}


def rates(study, **wanted):
    runs = plan.STUDIES[study]()
    found = [r for r in runs if all(getattr(r, key) == value for key, value in wanted.items())]
    return {run.learning_rate for run in found}


def test_the_compared_methods_are_tried_at_equally_many_settings():
    full = len(rates("lora_grid", method=Method.FULL))
    lora = {"method": Method.LORA, "rank": 8, "alpha": 16.0, "targets": "all", "init": ""}
    prompt = {"init": "labels", "length": 20}
    assert full == len(rates("lora_grid", **lora)) == len(rates("prompt_grid", **prompt)) == 7
    longer = [rates("steps", method=m) for m in (Method.FULL, Method.LORA, Method.PROMPT_TUNING)]
    assert [len(found) for found in longer] == [4, 4, 4]


def test_a_prompts_vectors_have_a_name_of_their_own_in_each_study():
    for study in ("prompt_grid", "clusters"):
        parts = [
            (r.task, r.init, r.length, r.learning_rate, r.seed, r.shuffled)
            for r in plan.STUDIES[study]()
        ]
        assert len(set(parts)) == len(parts)


def test_every_path_has_its_control_and_is_as_the_clusters_are():
    shown = {(r.init, r.seed, r.shuffled) for r in plan.paths()}
    both = {(init, 0, shuffled) for init in ("labels", "random") for shuffled in (False, True)}
    assert shown == both | {("labels", 1, False)}
    alike = {dataclasses.replace(run, study="clusters") for run in plan.paths()}
    assert alike <= set(plan.clusters())


def test_vectors_are_kept_of_the_prompts_that_the_lessons_look_at():
    kept = {
        study: [run for run in plan.STUDIES[study]() if plan.keeps_vectors(run)]
        for study in plan.STUDIES
    }
    assert (
        kept["lora_grid"] == kept["steps"] == kept["paths"] == [] and len(kept["clusters"]) == 100
    )
    assert {run.length for run in kept["prompt_grid"]} == {1, 5, 20}
    assert plan.keeps_vectors(plan.prompt("methods", 1e-2, 0))
    assert not plan.keeps_vectors(plan.prompt("pair", 1e-2, 0, items="validation"))
    assert not plan.keeps_vectors(plan.lora("methods", 1e-2, 0))


def test_lora_has_alpha_of_twice_the_rank_unless_given():
    assert plan.lora("s", 1e-3, 0, rank=4).alpha == 8.0
    assert plan.lora("s", 1e-3, 0, rank=4, alpha=3.0).alpha == 3.0
