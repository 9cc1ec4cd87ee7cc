"""What lesson 3 says of the recorded runs, held against them: a rerun that differs shows here."""

import math

import pytest

from course_utils.measure.means import mean_difference, mean_of
from course_utils.measure.seeds import accuracies, compare_means
from course_utils.recorded.intruders import TUNED, Setting, recorded_intruders
from course_utils.recorded.runs import by_setting, recorded
from course_utils.recorded.update import BFLOAT16, recorded_update
from course_utils.show.lora_grid import PISSA, best_rates, points, tried_rates

LORA, HIGH = Setting(8, 2e-3), Setting(8, 5e-3)


@pytest.fixture(scope="module")
def grid():
    return recorded("lora_grid")


@pytest.fixture(scope="module")
def methods():
    groups = by_setting(recorded("methods")).items()
    return {(run.rank, run.init): records for run, records in groups if not run.length}


@pytest.fixture(scope="module")
def inside():
    return recorded_intruders()


def mean(group):
    return accuracies([r.correct for r in group]).mean()


def against(first, second):
    return compare_means([r.correct for r in first], [r.correct for r in second])


def covers_zero(difference):
    return difference.low < 0 < difference.high


def perplexity(group):
    return sum(r.perplexity for r in group) / len(group)


def logs(group):
    return [math.log(r.perplexity) for r in group]


# What did full fine-tuning change?


def test_beyond_rank_8_lies_nearly_half_of_the_energy_and_hardly_any_of_the_gain():
    report = recorded_update()
    rate = report.rates[-1]
    assert 0.5 < report.energy(rate, 8) < 0.6
    assert report.gain(rate, "8").low > 0.85 and 0.5 < report.gain(rate, "1").mean < 0.75


def test_at_the_low_rate_more_than_half_is_rounding_and_at_the_high_one_little():
    report = recorded_update()
    low, high = report.rates
    assert report.rounding(low).low > 0.5 and report.rounding(high).high < 0.15
    for rate, apart in ((low, 0.3), (high, 0.03)):
        assert report.energy(rate, 8) - report.energy(rate, 8, BFLOAT16) > apart


# Look inside


def test_the_update_of_lora_is_several_times_as_large_for_the_same_accuracy(inside):
    ratio = inside.norms(LORA).relative.mean() / inside.norms(TUNED).relative.mean()
    assert 3 < ratio < 5
    assert abs(inside.accuracy(LORA).mean - inside.accuracy(TUNED).mean) < 0.01


def overlap(inside, first, second, side):
    found = [v for pairs in inside.overlap(first, second, side).values() for v in pairs]
    return sum(found) / len(found)


def test_lora_writes_some_of_the_same_directions_and_reads_others(inside):
    chance = [max(inside.by_chance(LORA, TUNED, side).values()) for side in ("left", "right")]
    written, read = (
        (overlap(inside, LORA, LORA, side), overlap(inside, LORA, TUNED, side),
         overlap(inside, TUNED, TUNED, side))
        for side in ("left", "right")
    )  # fmt: skip
    assert 3 * chance[0] < written[0] < written[1] < 0.5 * written[2]
    assert read[0] < 0.05 and read[1] < 0.1 and read[2] > 0.5


def test_intruders_come_only_where_the_rate_is_too_high(inside):
    for setting in inside.trained:
        if setting != HIGH:
            assert inside.counts(setting).mean == 0
    found, control = inside.counts(HIGH).mean, inside.control(HIGH).mean
    assert found > 50 and control > found / 3
    assert inside.perplexity(HIGH).low < inside.perplexity(HIGH).mean / 3  # the seeds differ


def test_without_intruders_lora_and_full_fine_tuning_forget_all_the_same(inside):
    for setting in (LORA, Setting(0, 3e-4)):
        assert inside.perplexity(setting).mean > 1.5 * inside.untrained.perplexity


def rise(inside, way="whole", factor=1.0):
    found = [run.answer(way, factor).perplexity for run in inside.of(HIGH)]
    return [math.log(value / inside.untrained.perplexity) for value in found]


def test_taking_them_away_helps_and_shrinking_the_whole_update_helps_more(inside):
    gone = {
        way: 1 - mean_of(rise(inside, way, 0.0)).mean / mean_of(rise(inside)).mean
        for way in ("intruders", "others", "update")
    }
    assert 0.1 < gone["intruders"] < 0.5 and gone["others"] < 0 and gone["update"] > 0.95
    whole, without, others = (rise(inside, way, 0.0) for way in ("whole", "intruders", "others"))
    assert all(a < b < c for a, b, c in zip(without, whole, others))  # in each seed
    assert abs(inside.against_whole(HIGH, "intruders", 0.0).difference) < 0.01
    assert -0.02 < inside.against_whole(HIGH, "update", 0.0).difference < 0


# What matters


def test_the_grid_has_three_seeds_on_the_same_validation_items(grid):
    assert {(len(r.correct), r.steps, r.items) for r in grid} == {(792, 245, "validation")}
    for name in ("rank 1", "rank 8", "full fine-tuning"):
        assert len(tried_rates(grid, "rank", name)) == 7
        assert all(len(s.values) == 3 for _, s in points(grid, "rank", "validation loss")[name])


def test_the_best_rate_is_20_and_50_times_that_of_full_fine_tuning(grid):
    best = {name: group[0].learning_rate for name, group in best_rates(grid, "rank").items()}
    assert best["rank 8"] / best["full fine-tuning"] == pytest.approx(20)
    assert best["rank 1"] / best["full fine-tuning"] == pytest.approx(50)
    for name, rate in best.items():
        tried = tried_rates(grid, "rank", name)
        assert tried[0] < rate < tried[-1]


def test_the_rank_matters_less_the_better_the_rate(grid):
    series = points(grid, "rank", "accuracy on movies")
    low, high = (dict(series[name]) for name in ("rank 1", "rank 8"))
    gaps = {rate: high[rate].mean - low[rate].mean for rate in low}
    assert min(gaps[rate] for rate in (1e-4, 2e-4, 5e-4)) > 0.02 > 0.01 > gaps[1e-3] > gaps[2e-3]


def test_trained_at_rank_1_an_update_keeps_nearly_all_of_the_gain(methods):
    before = recorded_update().runs[0].accuracy("before")
    kept = (mean(methods[1, ""]) - before) / (mean(methods[0, ""]) - before)
    assert kept > 0.9 > 0.75 > recorded_update().gain(1e-4, "1").mean


# LoRA against full fine-tuning


def test_both_ranks_are_within_a_point_and_every_interval_covers_zero(methods):
    full = methods[0, ""]
    assert {len(group) for group in methods.values()} == {5} and len(full[0].correct) == 1010
    for rank in (8, 1):
        assert abs(against(methods[rank, ""], full).difference) < 0.01
        assert covers_zero(against(methods[rank, ""], full))
        for domain in full[0].domains:
            ours, theirs = ([r.domains[domain] for r in g] for g in (methods[rank, ""], full))
            assert covers_zero(compare_means(ours, theirs))


def test_lora_forgets_more_beyond_the_interval(methods):
    for rank in (8, 1):
        assert mean_difference(logs(methods[rank, ""]), logs(methods[0, ""])).low > 0


def test_rank_8_was_trained_longer_and_both_lengths_were_tried_for_both(methods):
    steps = {key: group[0].steps for key, group in methods.items()}
    assert steps == {(0, ""): 245, (8, ""): 735, (1, ""): 245, (8, "pissa"): 245}
    tried = {(r.rank, r.steps) for r in recorded("steps") if not r.length}
    assert tried == {(0, 735), (8, 735)}


def test_shuffled_labels_unlearn_what_the_prompt_could_do():
    untrained = recorded_update().runs[0].accuracy("before")
    runs = recorded("controls")
    assert len(runs) == 5 and all(r.shuffled and r.accuracy < 0.7 < untrained for r in runs)


# The price, and another start


def test_up_to_an_accuracy_of_092_neither_costs_much_and_the_last_half_point_is_dear(grid):
    accuracy = points(grid, "rank", "accuracy on movies")
    price = points(grid, "rank", "perplexity on editorials")
    for name, rates in (("rank 8", (1e-4, 2e-4, 5e-4)), ("full fine-tuning", (5e-6, 2e-5, 5e-5))):
        assert max(dict(accuracy[name])[rate].mean for rate in rates) > 0.915
        assert max(dict(price[name])[rate].mean for rate in rates) < 130
    best = best_rates(grid, "rank")
    assert abs(mean(best["rank 8"]) - mean(best["full fine-tuning"])) < 0.005
    assert perplexity(best["rank 8"]) > 1.3 * perplexity(best["full fine-tuning"])


def test_pissas_best_rate_is_lower_and_it_reaches_what_lora_reaches(grid, methods):
    best = best_rates(grid, "start")
    assert best[PISSA][0].learning_rate < best["rank 8"][0].learning_rate
    assert covers_zero(against(methods[8, "pissa"], methods[8, ""]))
