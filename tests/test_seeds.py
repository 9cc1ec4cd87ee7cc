"""Runs that differ in the seed alone: grouped, averaged, compared."""

import dataclasses

import numpy
import pytest

from course_utils.evaluation import compare
from course_utils.experiments import plan
from course_utils.experiments.records import Record, recorded
from course_utils.seeds import Spread, by_setting, compare_seeds, spread


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


def random_answers(share, items, seed):
    return "".join("01"[x] for x in (numpy.random.default_rng(seed).random(items) < share) * 1)


def test_the_difference_is_that_of_the_mean_accuracies():
    first = [random_answers(0.9, 400, seed) for seed in (1, 2, 3)]
    second = [random_answers(0.8, 400, seed) for seed in (4, 5, 6)]
    found = compare_seeds(first, second)
    accuracy = lambda runs: sum(run.count("1") for run in runs) / 1200  # noqa: E731
    assert found.difference == pytest.approx(accuracy(first) - accuracy(second))
    seeds = [(a.count("1") - b.count("1")) / 400 for a, b in zip(first, second)]
    assert found.seeds == pytest.approx(seeds) and found.items == 400


def test_with_one_seed_it_agrees_with_the_paired_comparison():
    first, second = random_answers(0.9, 1000, 1), random_answers(0.85, 1000, 2)
    found, paired = compare_seeds([first], [second]), compare(first, second)
    assert (found.low, found.high) == pytest.approx((paired.low, paired.high), abs=1e-3)


def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty():
    hits = 0
    for trial in range(400):
        first = [random_answers(0.9, 300, 10 * trial + i) for i in range(2)]
        second = [random_answers(0.85, 300, 10 * trial + 5 + i) for i in range(2)]
        found = compare_seeds(first, second)
        hits += found.low < 0.05 < found.high
    assert 0.92 < hits / 400 < 0.98


def test_seeds_that_agree_on_the_items_do_not_narrow_the_interval():
    """Three copies of a run are one run: dividing by the number of runs would be wrong."""
    first, second = random_answers(0.9, 500, 1), random_answers(0.8, 500, 2)
    once, thrice = compare_seeds([first], [second]), compare_seeds([first] * 3, [second] * 3)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize(
    ("first", "second"), [([], []), (["101"], ["10"]), (["10", "11"], ["10"]), ([""], [""])]
)
def test_unlike_runs_are_refused(first, second):
    with pytest.raises(ValueError, match="same items"):
        compare_seeds(first, second)


def test_it_prints_points_and_says_how_many():
    assert str(compare_seeds(["1110", "1111"], ["1000", "1100"])).endswith(
        "n = 4 items, mean of 2 seeds"
    )
    assert str(compare_seeds(["1110"], ["1000"])).startswith("+50.0 points [")


def test_the_recorded_methods_have_three_seeds_each():
    groups = by_setting(recorded("methods"))
    assert [len(records) for records in groups.values()] == [3] * 4
