"""Intervals and comparisons against known answers."""

import numpy
import pytest
import torch

from course_utils.data.tasks import majority_baseline
from course_utils.measure.evaluation import Evaluation, compare, fingerprint, wilson_interval


def test_wilson_against_the_published_formula():
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)


def test_comparison_counts_items_that_one_method_gets_right_alone():
    result = compare("1111100000", "1100010000")
    assert (result.only_first, result.only_second) == (3, 1)
    assert result.difference == pytest.approx(0.2)
    assert result.low < 0.2 < result.high
    assert result.p == pytest.approx(0.625)  # two-sided sign test, 3 against 1


def test_equal_methods_do_not_differ():
    result = compare("1010", "1010")
    assert (result.difference, result.p) == (0.0, 1.0)


def test_only_the_same_items_can_be_compared():
    with pytest.raises(ValueError, match="same items"):
        compare("101", "10")


def test_the_interval_covers_the_true_difference():
    """5 points on 500 items, 400 times: about 95 % of the intervals hold the truth."""
    generator, covered = numpy.random.default_rng(0), 0
    for _ in range(400):
        cells = generator.choice(4, size=500, p=[0.70, 0.10, 0.05, 0.15])
        first = "".join("1" if cell in (0, 1) else "0" for cell in cells)
        second = "".join("1" if cell in (0, 2) else "0" for cell in cells)
        result = compare(first, second)
        covered += result.low <= 0.05 <= result.high
    assert 370 <= covered <= 394


def test_majority_is_of_the_training_labels():
    assert majority_baseline([0, 0, 1], [1, 1, 1, 0]) == 0.25


def test_an_evaluation_knows_what_is_right():
    result = Evaluation(torch.tensor([[0.9, 0.1], [0.4, 0.6]]), torch.tensor([0, 0]), "x")
    assert (result.correct, result.accuracy) == ("10", 0.5)


def test_fingerprints_see_the_order():
    assert fingerprint(["a", "b"]) != fingerprint(["b", "a"]) != fingerprint(["ab"])
