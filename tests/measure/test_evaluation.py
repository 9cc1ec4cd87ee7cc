"""Intervals and comparisons against known answers."""

import math

import numpy
import pytest
import torch

from course_utils.data.tasks import majority_baseline
from course_utils.errors import CourseError
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


def mcnemar(b, c):
    """The exact two-sided p by enumeration: heads of b + c tosses at least as far from the half."""
    tosses = b + c
    ways = [math.comb(tosses, k) for k in range(tosses + 1)]
    return sum(w for k, w in enumerate(ways) if abs(2 * k - tosses) >= abs(b - c)) / 2**tosses


TABLES = [
    (both, b, c, none)
    for both in (0, 1, 5)
    for b in (0, 1, 2, 5, 20)
    for c in (0, 1, 2, 20)
    for none in (0, 3)
    if both + b + c + none
]


@pytest.mark.parametrize("table", TABLES)
def test_every_small_table(table):
    """n = 1, no discordant pair, all discordant, ties: exact p, and the interval of the paper."""
    both, b, c, none = table
    first = "1" * (both + b) + "0" * (c + none)
    second = "1" * both + "0" * b + "1" * c + "0" * none
    result = compare(first, second)
    assert (result.only_first, result.only_second) == (b, c)
    assert result.p == pytest.approx(mcnemar(b, c)) and 0 < result.p <= 1
    assert result.difference == pytest.approx((b - c) / sum(table))
    assert -1 <= result.low <= result.difference <= result.high <= 1
    cells = numpy.array([both, b, c, none]) + 0.5
    values = numpy.repeat([0, 1, -1, 0], (2 * cells).astype(int))  # in half items
    half = 1.96 * values.std() / math.sqrt(cells.sum())
    assert result.low == pytest.approx(max(-1, values.mean() - half))
    assert result.high == pytest.approx(min(1, values.mean() + half))
    back = compare(second, first)
    assert (back.low, back.high, back.p) == pytest.approx((-result.high, -result.low, result.p))


@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_all_right_against_all_wrong_ends_at_one(n):
    result = compare("1" * n, "0" * n)
    assert result.high == result.difference == 1 and result.low < 1
    assert result.p == pytest.approx(min(1.0, 2.0 ** (1 - n)))


@pytest.mark.parametrize("answers", ["12", "1 ", "1x", "TF", [True, False]])
def test_other_characters_are_refused(answers):
    with pytest.raises(ValueError, match="written as 1 and 0"):
        compare("10", answers)
    with pytest.raises(ValueError, match="written as 1 and 0"):
        compare(answers, "10")


def test_no_item_cannot_be_compared():
    with pytest.raises(ValueError, match="same items"):
        compare("", "")


@pytest.mark.parametrize("n", [1, 2, 10, 50])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_wilson_by_its_formula_also_for_none_and_all(n, share):
    k, z2 = round(share * n), 1.959963985**2
    centre = (k + z2 / 2) / (n + z2)
    half = math.sqrt(z2) * math.sqrt(k * (n - k) / n + z2 / 4) / (n + z2)
    low, high = wilson_interval(k, n)
    assert (low, high) == pytest.approx((centre - half, centre + half), abs=1e-9)
    assert 0 <= low <= k / n <= high <= 1


@pytest.mark.parametrize("correct, n", [(0, 0), (-1, 5), (6, 5), (2.0, 5), (2, 5.0), (1, -1)])
def test_wilson_of_other_counts_is_refused(correct, n):
    with pytest.raises(CourseError, match="n = |correct = "):
        wilson_interval(correct, n)


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


GOOD = torch.tensor([[0.9, 0.1], [0.4, 0.6]])


@pytest.mark.parametrize(
    "scores, labels, words",
    [
        (GOOD, [0], "2 labels|1 labels"),
        (GOOD[:0], [], "no accuracy"),
        (GOOD[:, :0], [0, 1], "no accuracy"),
        (GOOD[0], [0, 1], "no accuracy"),
        (GOOD * torch.nan, [0, 1], "NaN"),
        (GOOD / 0, [0, 1], "infinite"),
        (GOOD, [0, 2], "from 0 to 2 do not fit.*0 to 1"),
        (GOOD, [-1, 0], "from -1 to 0 do not fit"),
    ],
)
def test_an_evaluation_of_nothing_or_of_nan_is_refused(scores, labels, words):
    with pytest.raises(CourseError, match=words):
        Evaluation(scores, torch.tensor(labels), "x")


def test_an_evaluation_of_one_item():
    result = Evaluation(GOOD[:1], torch.tensor([1]), "x")
    assert str(result) == "0.000 [0.000, 0.793], n = 1"
