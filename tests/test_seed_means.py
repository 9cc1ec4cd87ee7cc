"""Means over seeds: against the comparison of two runs, and against a bootstrap."""

import numpy
import pytest

from course_utils.evaluation import compare
from course_utils.seed_means import accuracies, compare_means


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
    assert (found.only_first, found.only_second) == (expected.only_first, expected.only_second)
    assert found.p == pytest.approx(expected.p)


def test_the_difference_is_that_of_the_means():
    first, second = drawn(0.9), drawn(0.8, seeds=2, seed=1)
    found = compare_means(first, second)
    assert found.difference == pytest.approx(accuracies(first).mean() - accuracies(second).mean())
    back = compare_means(second, first)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


def test_the_interval_is_that_of_a_bootstrap_over_items():
    first, second = drawn(0.9), drawn(0.8, seed=1)
    change = sum(numpy.array(list(row), int) for row in first) / 3
    change -= sum(numpy.array(list(row), int) for row in second) / 3
    generator = numpy.random.default_rng(2)
    means = change[generator.integers(0, len(change), (4000, len(change)))].mean(1)
    found = compare_means(first, second)
    expected = numpy.percentile(means, [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx(expected, abs=0.003)


def test_seeds_that_agree_narrow_nothing():
    [first], [second] = drawn(0.9, seeds=1), drawn(0.8, seeds=1, seed=1)
    once, thrice = compare_means([first], [second]), compare_means([first] * 3, [second] * 3)
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_no_difference_has_p_of_one():
    assert compare_means(["1010"], ["1010", "1010"]).p == 1.0


@pytest.mark.parametrize(
    "first, second", [(["101"], ["10"]), (["1"], ["1"]), (["11", "1"], ["11"])]
)
def test_other_items_are_refused(first, second):
    with pytest.raises(ValueError, match="same items"):
        compare_means(first, second)
