"""Intervals and comparisons against known answers."""

import math

import numpy
import pytest
import torch
from scipy import stats

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


def two_methods(both, b, c, none):
    """Two methods' answers with these four counts of items."""
    return "1" * (both + b) + "0" * (c + none), "1" * both + "0" * b + "1" * c + "0" * none


def clopper_pearson(b, m):
    """The exact 95 % interval of a share, by quantiles of the beta distribution."""
    low = stats.beta.ppf(0.025, b, m - b + 1) if b else 0.0
    high = stats.beta.ppf(0.975, b + 1, m - b) if b < m else 1.0
    return low, high


def agresti_min(b, c, n):
    """Agresti and Min (2005): Wald's interval with half an item added to each count, cut at 1."""
    n, b, c = n + 2, b + 0.5, c + 0.5
    half = 1.96 * math.sqrt(b + c - (b - c) ** 2 / n) / n
    return max(-1, (b - c) / n - half), min(1, (b - c) / n + half)


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
    """n = 1, no discordant pair, all discordant, ties: exact p, exact interval."""
    both, b, c, none = table
    n, m = sum(table), b + c
    first, second = two_methods(*table)
    result = compare(first, second)
    assert (result.only_first, result.only_second) == (b, c)
    assert result.p == pytest.approx(mcnemar(b, c)) and 0 < result.p <= 1
    assert result.difference == pytest.approx((b - c) / n)
    assert -1 <= result.low <= result.difference <= result.high <= 1
    low, high = clopper_pearson(b, m) if m else (0.5, 0.5)
    ends, wald = ((2 * low - 1) * m / n, (2 * high - 1) * m / n), agresti_min(b, c, n)
    wide = (min(ends[0], wald[0]), max(ends[1], wald[1]))
    assert (result.low, result.high) == pytest.approx(wide, abs=1e-4)
    back = compare(second, first)
    assert (back.low, back.high, back.p) == pytest.approx((-result.high, -result.low, result.p))


def least_significant(m):
    """The fewest of m discordant items on one side with p < 0.05; None where even all are few."""
    return next((b for b in range((m + 1) // 2, m + 1) if mcnemar(b, m - b) < 0.05), None)


SMALL_PAIRS = [(b, c) for b in range(16) for c in range(16)]
EDGES = [
    (b, m - b)
    for m in [*range(5, 60), 100, 101, 200, 333, 500]
    for b in range((least_significant(m) or m) - 2, (least_significant(m) or m) + 2)
    if b <= m
]


@pytest.mark.slow
@pytest.mark.parametrize("others", [0, 1, 700])
def test_the_interval_excludes_0_exactly_where_p_is_below_005(others):
    """All small pairs, and both sides of the border for more; p by enumeration is the judge.

    It is never 0.05 itself: a whole number over a power of 2 is not 1/20.
    """
    verdicts = set()
    for b, c in SMALL_PAIRS + EDGES + [(c, b) for b, c in EDGES]:
        if b + c + others:
            result = compare(*two_methods(others, b, c, 0))
            significant = mcnemar(b, c) < 0.05
            verdicts.add(significant)
            assert (result.low > 0 or result.high < 0) == significant == (result.p < 0.05), (b, c)
            assert result.low <= result.difference <= result.high, (b, c)
    assert verdicts == {True, False}


def test_an_interval_that_once_covered_what_p_did_not():
    """Seven against one: p = 0.07, and an interval by another method began above 0."""
    result = compare(*two_methods(60, 7, 1, 10))
    assert result.p == pytest.approx(0.0703125)
    assert result.low < 0 < result.high


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


def held(n, alone_first, alone_second, times=400):
    """Share of the intervals that hold the true difference, over data sets drawn anew."""
    generator, covered = numpy.random.default_rng(0), 0
    for _ in range(times):
        shares = [alone_first, alone_second, 1 - alone_first - alone_second]
        b, c, both = generator.multinomial(n, shares)
        result = compare(*two_methods(both, b, c, 0))
        covered += result.low <= alone_first - alone_second <= result.high
    return covered / times


@pytest.mark.slow
@pytest.mark.parametrize("alone", [(0.10, 0.05), (0.10, 0.01), (0.10, 0.0), (0.02, 0.02)])
def test_the_interval_holds_the_true_difference_in_95_of_100_sets_of_items(alone):
    assert held(500, *alone) >= 0.92  # 400 sets: give or take 0.01


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
