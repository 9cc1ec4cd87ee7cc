"""Answers to ``paired_p``: McNemar's exact test."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
from scipy import special, stats


def right_as_printed(first, second):
    b = sum(x > y for x, y in zip(first, second))
    c = sum(x < y for x, y in zip(first, second))
    tail = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2 ** (b + c))


def right_binomtest(first, second):
    """SciPy's two-sided test: the coin is fair, so both tails are equal."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return float(stats.binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0


def right_numpy(first, second):
    a = np.frombuffer(first.encode(), dtype=np.uint8).astype(int)
    difference = a - np.frombuffer(second.encode(), dtype=np.uint8)
    b, c = (difference > 0).sum(), (difference < 0).sum()
    if b == c:
        return 1.0
    return float(2 * stats.binom.cdf(min(b, c), b + c, 0.5))


def right_bits(first, second):
    """The strings as whole numbers in base 2; the p-value as a fraction until the end."""
    x, y = int("0" + first, 2), int("0" + second, 2)
    n, b = (x ^ y).bit_count(), (x & ~y).bit_count()
    term, tail = 1, 0
    for k in range(min(b, n - b) + 1):
        tail += term
        term = term * (n - k) // (k + 1)
    return float(min(Fraction(1), Fraction(2 * tail, 2**n)))


def right_upper_tail(first, second):
    """Twice the other tail, of at least max(b, c): the same for a fair coin."""
    apart = [x for x, y in zip(first, second) if x != y]
    n, wins = len(apart), apart.count("1")
    return min(1.0, 2 * float(stats.binom.sf(max(wins, n - wins) - 1, n, 0.5)))


def right_convolved(first, second):
    """Builds the row of Pascal's triangle from fair coins, in floats."""
    row = np.ones(1)
    score = 0
    for x, y in zip(first, second):
        if x != y:
            row = np.convolve(row, [0.5, 0.5])
            score += int(x) - int(y)
    fewer = (len(row) - 1 - abs(score)) // 2
    return min(1.0, 2 * row[: fewer + 1].sum().item())


def right_special_function(first, second):
    b = list(zip(first, second)).count(("1", "0"))
    c = list(zip(first, second)).count(("0", "1"))
    if b == c:
        return 1
    return 2 * special.betainc(b + c - min(b, c), min(b, c) + 1, 0.5)


def wrong_corrected_chi_square(first, second):
    """Uses the approximation by chi-square, with the correction by 1, not the exact test."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    if b + c == 0:
        return 1.0
    return float(stats.chi2.sf(max(0, abs(b - c) - 1) ** 2 / (b + c), df=1))


def wrong_mid_p(first, second):
    """Gives the mid-p value, which counts the probability of min(b, c) itself only half."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    if b == c:
        return 1.0
    coin = stats.binom(b + c, 0.5)
    return float(2 * coin.cdf(min(b, c)) - coin.pmf(min(b, c)))


def wrong_strict_tail(first, second):
    """Takes sf(max(b, c)), the probability of more than that, not of at least that."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return min(1.0, float(2 * stats.binom.sf(max(b, c), b + c, 0.5))) if b + c else 1.0


def wrong_less(first, second):
    """Tests one side only: whether the first wins less often."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return float(stats.binomtest(b, b + c, alternative="less").pvalue) if b + c else 1.0


def wrong_fisher(first, second):
    """Compares the two numbers of right answers as if they came from different items."""
    right = [first.count("1"), second.count("1")]
    return float(stats.fisher_exact([right, [len(first) - r for r in right]])[1])


def wrong_fisher_of_pairs(first, second):
    """Puts the table of pairs into Fisher's test, which asks if the two go together."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    both, neither = pairs["1", "1"], pairs["0", "0"]
    return float(stats.fisher_exact([[both, b], [c, neither]])[1])


def wrong_all_items(first, second):
    """Tosses a coin for each item, also for those on which the two agree."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return float(min(1, 2 * stats.binom.cdf(min(b, c), len(first), 0.5)))


def wrong_split_ties(first, second):
    """Gives half of the items on which the two agree to either side, as a sign test may."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    both, neither = pairs["1", "1"], pairs["0", "0"]
    agree = (both + neither) // 2
    n = b + c + 2 * agree
    return float(min(1, 2 * stats.binom.cdf(min(b, c) + agree, n, 0.5)))


def wrong_paired_t(first, second):
    """Uses the paired t-test on zeros and ones."""
    x, y = np.array(list(first), dtype=float), np.array(list(second), dtype=float)
    if np.unique(x - y).size < 2:
        return 1.0
    return float(stats.ttest_rel(x, y).pvalue)


def wrong_wilcoxon(first, second):
    """Uses Wilcoxon's signed ranks: all are tied, so it turns to a normal approximation."""
    difference = np.array(list(first), dtype=int) - np.array(list(second), dtype=int)
    if not difference.any():
        return 1.0
    return float(stats.wilcoxon(difference, method="asymptotic").pvalue)


def wrong_random_flips(first, second):
    """Flips the signs at random 1,000 times: the p-value is an estimate."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    rng = np.random.default_rng(0)
    heads = rng.binomial(b + c, 0.5, size=1_000)
    return float((abs(2 * heads - b - c) >= abs(b - c)).mean())


def wrong_unsigned_difference(first, second):
    """Subtracts in uint8, where 0 - 1 is 255: all wins count for the first."""
    x, y = (np.frombuffer(text.encode(), dtype=np.uint8) for text in (first, second))
    b, c = int((x - y > 0).sum()), int((x - y < 0).sum())
    return float(min(1, 2 * stats.binom.cdf(min(b, c), b + c, 0.5))) if b + c else 1.0


def wrong_one_term(first, second):
    """Takes the probability of exactly min(b, c), not the sum of all down from it."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return float(min(1, 2 * stats.binom.pmf(min(b, c), b + c, 0.5))) if b + c else 1.0


def wrong_above_one(first, second):
    """Does not cap: with as many wins on either side, the result is above 1."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    return float(2 * stats.binom.cdf(min(b, c), b + c, 0.5)) if b + c else 1.0


def wrong_not_a_number(first, second):
    """Returns NaN where no item tells the two apart, as for 0 / 0; 1 was asked for."""
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    if b + c == 0:
        return math.nan
    return float(min(1, 2 * stats.binom.cdf(min(b, c), b + c, 0.5)))


SAYS = {
    "wrong_corrected_chi_square": "this is an approximation, such as the chi-square test,",
    "wrong_mid_p": "this is the mid-p value, which counts exactly min(b, c) heads",
    "wrong_strict_tail": "the last term is missing: at most min(b, c) heads is",
    "wrong_less": "always the same side is looked at: take min(b, c), and twice",
    "wrong_fisher": "this compares two accuracies as if the items were not the",
    "wrong_fisher_of_pairs": "this asks whether the two answers go together, of the table",
    "wrong_all_items": "the tosses are all items: only those that one alone gets",
    "wrong_split_ties": "the items that both get right or wrong are counted in: leave",
    "wrong_paired_t": "this is a t-test of the differences: use the exact",
    "wrong_wilcoxon": "this is an approximation, such as the chi-square test,",
    "wrong_random_flips": "this is near, and not exact: perhaps it is simulated, or an",
    "wrong_unsigned_difference": "all items that differ count for one side: perhaps a",
    "wrong_one_term": "this is the probability of exactly min(b, c) heads: add those",
    "wrong_above_one": "twice the probability is above 1 where b and c are equal:",
    "wrong_not_a_number": "nan is no number: perhaps 0 was divided by 0",
}
