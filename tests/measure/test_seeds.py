"""Means over seeds: against the comparison of two runs, published formulas and simulations."""

import numpy
import pytest
from scipy import stats

from course_utils.errors import CourseError
from course_utils.measure.evaluation import compare, wilson_interval
from course_utils.measure.seeds import (
    Spread,
    accuracies,
    compare_differences,
    compare_means,
    mean_accuracy,
    p_within,
    spread,
)


def drawn(share, items=400, seeds=3, seed=0):
    generator = numpy.random.default_rng(seed)
    return ["".join(map(str, row)) for row in (generator.random((seeds, items)) < share) * 1]


def test_accuracies_of_each_seed():
    assert accuracies(["1100", "1110", "0000"]).tolist() == [0.5, 0.75, 0.0]


def agresti_min(first, second):
    """Wald's interval of a paired difference, half an item added to each of the four cells."""
    changes = [int(a) - int(b) for a, b in zip(first, second)] * 2 + [1, -1, 0, 0]  # in half items
    centre, half = numpy.mean(changes), 1.96 * numpy.std(changes) / (len(changes) / 2) ** 0.5
    return max(-1, centre - half), min(1, centre + half)


def test_one_seed_each_is_the_paired_comparison():
    [first], [second] = drawn(0.85, seeds=1), drawn(0.8, seeds=1, seed=1)
    found, exact = compare_means([first], [second]), compare(first, second)
    assert found.difference == pytest.approx(exact.difference)
    assert (found.low, found.high) == pytest.approx(agresti_min(first, second))
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.005)


def test_the_difference_is_that_of_the_means():
    first, second = drawn(0.9), drawn(0.8, seeds=2, seed=1)
    found = compare_means(first, second)
    assert found.difference == pytest.approx(accuracies(first).mean() - accuracies(second).mean())
    back = compare_means(second, first)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


def test_a_difference_less_one_that_is_always_0_is_itself():
    first, second = drawn(0.9), drawn(0.8, seeds=2, seed=1)
    [alike] = drawn(0.7, seeds=1, seed=2)
    found = compare_differences((first, second), ([alike], [alike]))
    assert found == compare_means(first, second)
    back = compare_differences(([alike], [alike]), (first, second))
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


@pytest.mark.slow
def test_intervals_of_a_difference_of_differences_cover():
    """Two models, two methods, three seeds each: skill varies by seed, difficulty by item."""
    generator = numpy.random.default_rng(3)
    skills = numpy.array([1.0, 0.4, 1.5, 1.4])
    found = []
    for _ in range(300):
        difficulty = generator.normal(0.0, 1.0, 300)
        skill = skills[:, None, None] + generator.normal(0.0, 0.2, (4, 3, 1))
        right = (generator.random((4, 3, 300)) < 1 / (1 + numpy.exp(difficulty - skill))) * 1
        a, b, c, d = (["".join(map(str, row)) for row in method] for method in right)
        found.append(compare_differences((a, b), (c, d)))
    truth = numpy.mean([each.difference for each in found])
    covered = numpy.mean([each.low <= truth <= each.high for each in found])
    assert 0.93 <= covered <= 1.0 and truth == pytest.approx(0.09, abs=0.02)


@pytest.mark.slow
def test_intervals_cover_when_items_and_seeds_vary():
    """A method's skill varies by seed, an item's difficulty by item: 95 % should hold the truth."""
    generator = numpy.random.default_rng(2)
    covered = 0
    for _ in range(400):
        difficulty = generator.normal(1.5, 1.0, 300)
        skill = generator.normal(0.0, 0.25, (2, 8, 1))
        chance = 1 / (1 + numpy.exp(-difficulty - skill))
        right = (generator.random(chance.shape) < chance) * 1
        first, second = (["".join(map(str, row)) for row in method] for method in right)
        found = compare_means(first, second)
        covered += found.low <= 0 <= found.high
    assert 0.92 < covered / 400 <= 0.99


def test_a_mean_accuracy_has_the_interval_of_its_items_and_its_seeds():
    [one] = drawn(0.85, items=1000, seeds=1)
    found = mean_accuracy([one])
    assert found.difference == one.count("1") / 1000
    assert (found.low, found.high) == pytest.approx(wilson_interval(one.count("1"), 1000), abs=3e-3)
    apart = ["1" * 9 + "0", "1" * 5 + "0" * 5]
    wide, narrow = mean_accuracy(apart), mean_accuracy(apart[:1] * 2)
    assert wide.difference == pytest.approx(0.7)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    with pytest.raises(ValueError, match="at least two"):
        mean_accuracy([])


def test_seeds_that_agree_narrow_nothing():
    [first], [second] = drawn(0.9, seeds=1), drawn(0.8, seeds=1, seed=1)
    once, thrice = compare_means([first], [second]), compare_means([first] * 3, [second] * 3)
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_seeds_that_differ_widen_the_interval():
    steady, other = drawn(0.9, seeds=1) * 3, drawn(0.8, seeds=1, seed=1)
    wild = [steady[0], "0" * 40 + steady[0][40:], steady[0]]
    narrow, wide = compare_means(steady, other), compare_means(wild, other)
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


@pytest.mark.parametrize("seeds", [1, 3])
def test_the_interval_reaches_to_the_margin_that_is_just_not_excluded(seeds):
    """Two one-sided tests at 0.025 and an interval of 95 % are the same statement."""
    first, second = drawn(0.86, seeds=seeds), drawn(0.84, seeds=seeds, seed=7)
    found = compare_means(first, second)
    further = max(-found.low, found.high)
    assert p_within(first, second, further) == pytest.approx(0.025, rel=1e-3)
    assert p_within(second, first, further) == pytest.approx(0.025, rel=1e-3)


def test_methods_as_far_apart_as_the_margin_are_not_shown_to_be_nearer():
    first, second = ["1" * 300 + "0" * 100], ["1" * 260 + "0" * 140]
    assert p_within(first, second, 40 / 402) == pytest.approx(0.5)
    assert p_within(first, second, 0.5) < 1e-6 < 0.99 < p_within(first, second, 1e-3)


def test_no_difference_has_p_of_one():
    assert compare_means(["1010"], ["1010", "1010"]).p == 1.0


@pytest.mark.parametrize("seed", range(8))
def test_p_and_interval_agree(seed):
    found = compare_means(drawn(0.86, seed=seed), drawn(0.84, seed=seed + 20))
    assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_it_reads_in_points():
    text = str(compare_means(drawn(0.9), drawn(0.8, seed=1)))
    assert text.startswith("+") and "points [+" in text and "p = " in text


SMALL = ["11", "00", "10", "11111", "00000", "1" * 8, "0" * 7 + "1"]


@pytest.mark.parametrize("first", SMALL)
@pytest.mark.parametrize("second", SMALL)
@pytest.mark.parametrize("seeds", [1, 2, 3])
def test_few_items_are_never_certain(first, second, seeds):
    if len(first) != len(second):
        return
    found, pair = compare_means([first] * seeds, [second] * seeds), compare(first, second)
    assert found.difference == pytest.approx(pair.difference)
    assert (found.low, found.high) == pytest.approx(agresti_min(first, second))
    assert -1 <= found.low <= found.difference <= found.high <= 1
    differing = pair.only_first + pair.only_second
    assert min(1.0, 2.0 ** (1 - differing)) <= found.p <= 1
    assert found.p > 0.05 or len(first) > 5


def of_shares(shares, items=20_000):
    """Answers in which each seed is right on the first share of the items."""
    return ["1" * round(share * items) + "0" * (items - round(share * items)) for share in shares]


@pytest.mark.parametrize(
    "first, second",
    [([1, 0, 1], [0, 1, 0]), ([1, 1, 0, 0], [1, 0, 0, 0, 0]), ([1, 0, 1, 1, 1], [1])],
)
def test_where_seeds_decide_it_is_welchs_t_test(first, second):
    """Each seed is right on all items or on none, so that the items add no variance."""
    found = compare_means(of_shares(first), of_shares(second))
    if len(second) > 1:
        expected = stats.ttest_ind(first, second, equal_var=False)
    else:
        expected = stats.ttest_1samp([share - second[0] for share in first], 0)
    low, high = expected.confidence_interval()
    assert found.p == pytest.approx(expected.pvalue, rel=1e-3)
    assert (found.low, found.high) == pytest.approx((max(low, -1), min(high, 1)), abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("others", [1, 3])
def test_intervals_of_three_seeds_cover_where_seeds_decide(others):
    """Skill varies by seed far more than chance by item: with 1.96 only 81 or 88 % would hold."""
    generator, covered = numpy.random.default_rng(3), 0
    spread_of = {1: 0.0, 3: 0.1}[others]
    for _ in range(400):
        first = of_shares(generator.normal(0.5, 0.1, 3).clip(0, 1), 5000)
        second = of_shares(generator.normal(0.5, spread_of, others).clip(0, 1), 5000)
        found = compare_means(first, second)
        covered += found.low <= 0 <= found.high
    assert 0.92 < covered / 400 <= 0.99


def test_where_items_decide_three_seeds_cost_next_to_nothing():
    """Seeds that answer nearly all items alike: the interval is nearly that of one seed."""
    [one], [two] = drawn(0.85, seeds=1), drawn(0.8, seeds=1, seed=9)
    first, second = ([row, "0" + row[1:], row[:-1] + "1"] for row in (one, two))
    found, single = compare_means(first, second), compare_means([one], [two])
    assert found.high - found.low == pytest.approx(single.high - single.low, rel=0.03)


@pytest.mark.parametrize(
    "first, second",
    [(["101"], ["10"]), (["1"], ["1"]), (["11", "1"], ["11"]), ([], ["11"]), (["11"], []),
     ([], []), (["11"], ["111"]), ([""], [""])],
)  # fmt: skip
def test_other_items_are_refused(first, second):
    with pytest.raises(ValueError, match="same items"):
        compare_means(first, second)


@pytest.mark.parametrize("answers", [["12"], ["1 "], ["10", "x1"]])
def test_other_characters_are_refused(answers):
    with pytest.raises(ValueError, match="written as 1 and 0"):
        compare_means(["10"], answers)
    with pytest.raises(ValueError, match="written as 1 and 0"):
        accuracies(answers)


@pytest.mark.parametrize("answers", [[], [""], ["1", "11"]])
def test_accuracies_of_nothing_are_refused(answers):
    with pytest.raises(ValueError, match="same items"):
        accuracies(answers)


def test_a_spread_is_of_at_least_one_number():
    found = spread([3, 1, 2], float)
    assert (found.low, found.mean, found.high) == (1, 2, 3) and Spread((4.0,)).mean == 4
    for values in ((), (1.0, float("nan"))):
        with pytest.raises(CourseError, match="no mean"):
            Spread(values)
