"""The recorded soft prompts by task, start and control: in the order of seeds, of made-up runs."""

import dataclasses

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import plan
from course_utils.recorded.cluster_prompts import KINDS, STARTS, ClusterPrompts
from course_utils.recorded.runs import Record

FIELDS = {field.name: None for field in dataclasses.fields(Record)}


def made_up(runs):
    """Prompts of two tokens and three numbers that tell where they belong."""
    records = [Record(**FIELDS | dataclasses.asdict(run)) for run in runs]
    vectors = {}
    for record in records:
        start = torch.full((2, 3), float(STARTS.index(record.init)))
        moved = torch.tensor([[1.0, record.seed, 0.0], [3.0, record.seed, 0.0]])
        if record.shuffled:
            moved = -moved
        vectors[record.key] = torch.stack([start, start + moved])
    return ClusterPrompts(records, vectors)


PROMPTS = made_up(reversed(plan.clusters()))


def test_seeds_stand_in_order_and_the_moments_are_start_and_end():
    found = PROMPTS.of("tweets", "matched")
    assert found.shape == (5, 2, 2, 3)
    assert found[:, 0].unique().tolist() == [STARTS.index("matched")]
    assert (found[:, 1] - found[:, 0])[:, 0, 1].tolist() == [0, 1, 2, 3, 4]
    assert [run.seed for run in PROMPTS.runs_of("tweets", "matched")] == [0, 1, 2, 3, 4]


def test_controls_are_the_start_and_the_shuffled_labels():
    found = PROMPTS.with_controls()
    assert tuple(found) == STARTS and all(tuple(kinds) == KINDS for kinds in found.values())
    before, trained, shuffled = found["random"].values()
    assert torch.equal(trained - before, before - shuffled) and not torch.equal(trained, before)


def test_a_movement_is_that_of_the_mean_of_the_tokens():
    moved = PROMPTS.movements("movies", "labels", shuffled=True)
    assert moved.tolist() == [[-2.0, -seed, 0.0] for seed in range(5)]


def test_a_start_that_was_not_recorded_is_left_out():
    prompts = made_up(run for run in plan.clusters() if run.init != "matched")
    assert prompts.starts == tuple(prompts.with_controls()) == ("labels", "sampled", "random")


def test_what_was_not_recorded_is_refused():
    with pytest.raises(CourseError, match="no recorded prompts of movies from the start 'text'"):
        PROMPTS.of("movies", "text")
