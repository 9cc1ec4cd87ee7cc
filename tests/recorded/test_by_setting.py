"""Runs that differ in the seed alone: grouped and averaged."""

import dataclasses

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import plan
from course_utils.measure.seeds import Spread, spread
from course_utils.recorded.runs import Record, by_setting, chosen, recorded


def record(run, correct="10110"):
    fields = {field.name: None for field in dataclasses.fields(Record)}
    return Record(**fields | dataclasses.asdict(run) | {"correct": correct})


def test_settings_are_grouped_whatever_the_order_of_their_runs():
    runs = [plan.lora("s", rate, seed) for rate in (1e-3, 1e-4) for seed in (0, 1, 2)]
    groups = by_setting(record(run) for run in reversed(runs))
    assert len(groups) == 2
    for setting, records in groups.items():
        assert setting.seed == 0 and [r.seed for r in records] == [0, 1, 2]
        assert all(r.learning_rate == setting.learning_rate for r in records)


def test_a_spread_has_a_mean_and_ends():
    measured = spread([record(plan.clusters()[0], c) for c in ("1111", "1100", "1110")],
                      lambda r: r.accuracy)  # fmt: skip
    assert measured == Spread((1.0, 0.5, 0.75))
    assert (measured.mean, measured.low, measured.high) == (0.75, 0.5, 1.0)


def test_the_setting_with_the_lowest_mean_loss_is_chosen_of_all_steps_and_rates():
    losses = {(1e-3, 245): (0.1, 0.5), (1e-4, 245): (0.2, 0.3), (1e-4, 735): (0.26,)}
    records = [
        dataclasses.replace(record(plan.lora("s", rate, seed, steps=steps)), best=[3, loss])
        for (rate, steps), found in losses.items()
        for seed, loss in enumerate(found)
    ]
    best = chosen(records)
    assert [(r.learning_rate, r.steps, r.seed) for r in best] == [(1e-4, 245, 0), (1e-4, 245, 1)]
    assert chosen(r for r in records if r.steps == 735)[0].best == [3, 0.26]
    with pytest.raises(CourseError, match="no record to choose"):
        chosen([])


def test_the_recorded_methods_have_at_least_three_seeds_from_0_on():
    for records in by_setting(recorded("methods")).values():
        seeds = [record.seed for record in records]
        assert seeds == list(range(len(seeds))) and len(seeds) >= 3
