"""Tests of movements: an effect of the task is found beneath that of the seed, and none of none."""

import dataclasses

import pytest
import torch

from course_utils.experiments import plan
from course_utils.recorded.cluster_prompts import STARTS, ClusterPrompts
from course_utils.recorded.runs import Record
from course_utils.show.movement_tests import movement_tests, movements, shared_table

TASKS = ("movies", "tweets", "products")
FIELDS = {field.name: None for field in dataclasses.fields(Record)}


def made_up(by_task):
    """Prompts that move by their seed, and by their task where ``by_task`` is not 0."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(20, 50, generator=generator)
    records, vectors = [], {}
    for run in plan.clusters():
        record = Record(**FIELDS | dataclasses.asdict(run))
        task = directions[5 + [*TASKS, "source"].index(run.task)] if not run.shuffled else 0
        moved = 5 * directions[run.seed] + by_task * task
        moved = moved + 0.3 * torch.randn(4, 50, generator=generator)
        records.append(record)
        vectors[record.key] = torch.stack([torch.zeros(4, 50), moved])
    return ClusterPrompts(records, vectors)


def test_movements_stand_by_task_and_seed():
    prompts = made_up(1.0)
    moved, task, seed = movements(prompts, TASKS, "random")
    assert moved.shape == (15, 50)
    assert task.tolist() == [0] * 5 + [1] * 5 + [2] * 5 and seed.tolist() == [*range(5)] * 3
    assert torch.equal(moved[7], prompts.movements("tweets", "random")[2])


def test_the_task_is_found_beneath_the_seed():
    frame = movement_tests(made_up(1.0), TASKS).frame
    assert frame["start"].tolist() == list(STARTS)
    assert set(frame["purity"]) == {"1.00"} and set(frame["p of purity"]) == {"0.00077"}
    assert set(frame["p of cosine"]) == {"0.00077"}  # 1 of 1,296
    assert "1,296 assignments" in movement_tests(made_up(1.0), TASKS).caption


def test_where_the_task_has_no_part_it_is_not_found():
    frame = movement_tests(made_up(0.0), TASKS).frame
    assert all(float(p) > 0.01 for p in [*frame["p of purity"], *frame["p of cosine"]])


def test_what_is_shared_is_told_from_pairs_of_different_seeds():
    frame = shared_table(made_up(3.0), TASKS).frame
    own, other, shuffled = (
        frame[name].astype(float) for name in ("movies", "tweets", "movies, shuffled")
    )
    assert (own > other).all() and (own > shuffled).all() and own.max() < 0.9


@pytest.mark.parametrize("table", [movement_tests, shared_table])
def test_lines_fit(table):
    assert max(map(len, repr(table(made_up(1.0), TASKS)).splitlines())) <= 90
