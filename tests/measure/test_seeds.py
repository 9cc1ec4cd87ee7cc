"""Means over seeds: against the comparison of two runs, and against a bootstrap."""

import numpy
import pytest

from course_utils.measure.evaluation import compare
from course_utils.measure.seeds import accuracies, compare_means


def drawn(share, items=400, seeds=3, seed=0):
    generator = numpy.random.default_rng(seed)
    return ["".join(map(str, row)) for row in (generator.random((seeds, items)) < share) * 1]


def test_accuracies_of_each_seed():
    assert accuracies(["1100", "1110", "0000"]).tolist() == [0.5, 0.75, 0.0]


def test_one_seed_each_is_the_paired_comparison():
    [first], [second] = drawn(0.85, seeds=1), drawn(0.8, seeds=1, seed=1)
    found, expected = compare_means([first], [second]), compare(first, second)
    assert found.difference == pytest.approx(expected.difference)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=2e-3)


def test_the_difference_is_that_of_the_means():
    first, second = drawn(0.9), drawn(0.8, seeds=2, seed=1)
    found = compare_means(first, second)
    assert found.difference == pytest.approx(accuracies(first).mean() - accuracies(second).mean())
    back = compare_means(second, first)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


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


def test_seeds_that_agree_narrow_nothing():
    [first], [second] = drawn(0.9, seeds=1), drawn(0.8, seeds=1, seed=1)
    once, thrice = compare_means([first], [second]), compare_means([first] * 3, [second] * 3)
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_seeds_that_differ_widen_the_interval():
    steady, other = drawn(0.9, seeds=1) * 3, drawn(0.8, seeds=1, seed=1)
    wild = [steady[0], "0" * 40 + steady[0][40:], steady[0]]
    narrow, wide = compare_means(steady, other), compare_means(wild, other)
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_no_difference_has_p_of_one():
    assert compare_means(["1010"], ["1010", "1010"]).p == 1.0


@pytest.mark.parametrize("seed", range(8))
def test_p_and_interval_agree(seed):
    found = compare_means(drawn(0.86, seed=seed), drawn(0.84, seed=seed + 20))
    assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_it_reads_in_points():
    text = str(compare_means(drawn(0.9), drawn(0.8, seed=1)))
    assert text.startswith("+") and "points [+" in text and "p = " in text


@pytest.mark.parametrize(
    "first, second", [(["101"], ["10"]), (["1"], ["1"]), (["11", "1"], ["11"])]
)
def test_other_items_are_refused(first, second):
    with pytest.raises(ValueError, match="same items"):
        compare_means(first, second)
