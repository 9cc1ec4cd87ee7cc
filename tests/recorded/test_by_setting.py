"""Runs that differ in the seed alone: grouped and averaged."""

import dataclasses

from course_utils.experiments import plan
from course_utils.measure.seeds import Spread, spread
from course_utils.recorded.runs import Record, by_setting, recorded


def record(run, correct="10110"):
    fields = {field.name: None for field in dataclasses.fields(Record)}
    return Record(**fields | dataclasses.asdict(run) | {"correct": correct})


def test_settings_are_grouped_whatever_the_order_of_their_runs():
    runs = plan.methods()
    groups = by_setting(record(run) for run in reversed(runs))
    assert len(groups) == 4
    for setting, records in groups.items():
        assert setting.seed == 0 and [r.seed for r in records] == [0, 1, 2]
        assert all(r.learning_rate == setting.learning_rate for r in records)


def test_a_spread_has_a_mean_and_ends():
    measured = spread([record(plan.methods()[0], c) for c in ("1111", "1100", "1110")],
                      lambda r: r.accuracy)  # fmt: skip
    assert measured == Spread((1.0, 0.5, 0.75))
    assert (measured.mean, measured.low, measured.high) == (0.75, 0.5, 1.0)


def test_the_recorded_methods_have_three_seeds_each():
    groups = by_setting(recorded("methods"))
    assert [len(records) for records in groups.values()] == [3] * 4
