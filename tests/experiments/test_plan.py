"""The plan of the studies: every setting, with each seed."""

import collections
import dataclasses

import pytest

from course_utils.experiments import plan


@pytest.mark.parametrize("study", plan.STUDIES)
def test_every_setting_is_run_once_with_each_of_three_seeds(study):
    runs = plan.STUDIES[study]()
    assert len(set(runs)) == len(runs)
    settings = collections.Counter(dataclasses.replace(run, seed=0) for run in runs)
    assert set(settings.values()) == {3} and {run.study for run in runs} == {study}


def test_lora_has_alpha_of_twice_the_rank_unless_given():
    assert plan.lora("s", 1e-3, 0, rank=4).alpha == 8.0
    assert plan.lora("s", 1e-3, 0, rank=4, alpha=3.0).alpha == 3.0
