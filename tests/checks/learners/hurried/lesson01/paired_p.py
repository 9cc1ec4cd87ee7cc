import math
from collections import Counter
from fractions import Fraction

from scipy.stats import binom, binomtest, chi2


def right_comb(first, second):
    b = sum(x == "1" and y == "0" for x, y in zip(first, second))
    c = sum(x == "0" and y == "1" for x, y in zip(first, second))
    n = b + c
    ways = sum(math.comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * ways / 2**n)


def right_binomtest(first, second):
    pairs = Counter(zip(first, second))
    b, c = pairs["1", "0"], pairs["0", "1"]
    if b + c == 0:
        return 1.0
    return float(binomtest(b, b + c, 0.5).pvalue)


def right_binom_cdf(first, second):
    different = [x for x, y in zip(first, second) if x != y]
    n, b = len(different), different.count("1")
    return float(min(1, 2 * binom.cdf(min(b, n - b), n, 0.5))) if n else 1.0


def right_fraction(first, second):
    gaps = [int(x) - int(y) for x, y in zip(first, second)]
    b, c = gaps.count(1), gaps.count(-1)
    p = sum((Fraction(math.comb(b + c, i), 2 ** (b + c)) for i in range(min(b, c) + 1)), Fraction())
    return float(min(Fraction(1), 2 * p))


def right_equal_first(first, second):
    b = c = 0
    for i in range(len(first)):
        if first[i] > second[i]:
            b += 1
        elif first[i] < second[i]:
            c += 1
    if b == c:  # also none
        return 1.0
    few, ways, total = min(b, c), 1, 1
    for i in range(few):
        ways = ways * (b + c - i) // (i + 1)
        total += ways
    return total / 2 ** (b + c - 1)


def right_both_ends(first, second):
    b = [x + y for x, y in zip(first, second)].count("10")
    c = [x + y for x, y in zip(first, second)].count("01")
    n, k = b + c, min(b, c)
    ends = [i for i in range(n + 1) if i <= k or i >= n - k]
    return sum(math.comb(n, i) for i in ends) / 2**n


def _counts(first, second):
    b = sum(x == "1" and y == "0" for x, y in zip(first, second))
    c = sum(x == "0" and y == "1" for x, y in zip(first, second))
    return b, c


def wrong_one_sided(first, second):
    """Forgets the factor 2: a one-sided p-value."""
    b, c = _counts(first, second)
    return sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c)


def wrong_above_one(first, second):
    """Does not cap the value, which is above 1 where b and c are equal."""
    b, c = _counts(first, second)
    if b + c == 0:
        return 1.0
    return 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c)


def wrong_zero_without_any(first, second):
    """Returns 0 where no item tells the two apart, which is 1."""
    b, c = _counts(first, second)
    if b + c == 0:
        return 0.0
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_max_count(first, second):
    """Takes the larger of b and c, so the value is nearly always 1."""
    b, c = _counts(first, second)
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(max(b, c) + 1)) / 2 ** (b + c))


def wrong_always_first(first, second):
    """Takes b, not the smaller of b and c, so it is 1 wherever the first prompt is better."""
    b, c = _counts(first, second)
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(b + 1)) / 2 ** (b + c))


def wrong_exactly(first, second):
    """Takes the probability of exactly min(b, c) heads, not of at most."""
    b, c = _counts(first, second)
    return min(1.0, 2 * math.comb(b + c, min(b, c)) / 2 ** (b + c))


def wrong_range_end(first, second):
    """Sums range(min(b, c)), so min(b, c) itself is missing."""
    b, c = _counts(first, second)
    if b + c == 0:
        return 1.0
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c))) / 2 ** (b + c))


def wrong_range_start(first, second):
    """Begins to sum at 1 head, so the case of no heads is missing."""
    b, c = _counts(first, second)
    if b + c == 0:
        return 1.0
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(1, min(b, c) + 1)) / 2 ** (b + c))


def wrong_all_items(first, second):
    """Tosses the coin for every item, also for those that both get right or both wrong."""
    b, c = _counts(first, second)
    n = len(first)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(min(b, c) + 1)) / 2**n)


def wrong_all_right_ones(first, second):
    """Counts all that each gets right, also the items that both get right."""
    b, c = first.count("1"), second.count("1")
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_chi_square(first, second):
    """Is McNemar's test by chi-square with a correction, not the exact test."""
    b, c = _counts(first, second)
    if b + c == 0:
        return 1.0
    return float(chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1))


def wrong_compares_with_numbers(first, second):
    """Compares the characters with the numbers 1 and 0, so nothing is counted."""
    b = sum(x == 1 and y == 0 for x, y in zip(first, second))
    c = sum(x == 0 and y == 1 for x, y in zip(first, second))
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_strings_subtracted(first, second):
    """Subtracts one string from the other, which raises an error."""
    gaps = [x - y for x, y in zip(first, second)]
    b, c = gaps.count(1), gaps.count(-1)
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_comb_arguments(first, second):
    """Gives math.comb k and n in the wrong order, so nearly every term is 0."""
    b, c = _counts(first, second)
    return min(1.0, 2 * sum(math.comb(i, b + c) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_bracket(first, second):
    """Has no bracket round b + c in the power, so it divides by 2^b and adds c."""
    b, c = _counts(first, second)
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2**b + c)


def wrong_max_for_min(first, second):
    """Writes max where it should cap with min, so the value is never below 1."""
    b, c = _counts(first, second)
    return max(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_significant(first, second):
    """Returns whether the p-value is below 0.05, not the p-value."""
    b, c = _counts(first, second)
    return 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c) < 0.05


def wrong_integer_division(first, second):
    """Divides whole numbers with //, so every value below 1 becomes 0."""
    b, c = _counts(first, second)
    return min(
        1.0, float(2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) // 2 ** (b + c))
    )


def wrong_agreeing_items(first, second):
    """Counts the items that both get right and that both get wrong."""
    b = sum(x == "1" and y == "1" for x, y in zip(first, second))
    c = sum(x == "0" and y == "0" for x, y in zip(first, second))
    return min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


def wrong_one_minus(first, second):
    """Returns 1 minus the p-value."""
    b, c = _counts(first, second)
    return 1 - min(1.0, 2 * sum(math.comb(b + c, i) for i in range(min(b, c) + 1)) / 2 ** (b + c))


SAYS = {
    "wrong_one_sided": "this is one side alone: the two-sided p-value is twice the",
    "wrong_above_one": "twice the probability is above 1 where b and c are equal:",
    "wrong_zero_without_any": "where no item tells the two apart, return 1",
    "wrong_max_count": "this is 1 each time: perhaps no item is counted as won alone",
    "wrong_always_first": "always the same side is looked at: take min(b, c), and twice",
    "wrong_exactly": "this is the probability of exactly min(b, c) heads: add those",
    "wrong_range_end": "the last term is missing: at most min(b, c) heads is",
    "wrong_range_start": "the sum starts at 1 head: no head at all counts too",
    "wrong_all_items": "the tosses are all items: only those that one alone gets",
    "wrong_all_right_ones": "b and c are all right answers of each: count the items that",
    "wrong_chi_square": "this is an approximation, such as the chi-square test,",
    "wrong_compares_with_numbers": "this is 1 each time: perhaps no item is counted as won alone",
    "wrong_strings_subtracted": "characters are text: turn them into numbers with int() before",
    "wrong_comb_arguments": "this is 0 each time: perhaps // stands for /, or comb(k, n)",
    "wrong_bracket": "this is 1 each time: perhaps no item is counted as won alone",
    "wrong_max_for_min": "this is 1 each time: perhaps no item is counted as won alone",
    "wrong_significant": "this is a truth value: return the p-value",
    "wrong_integer_division": "this is 0 each time: perhaps // stands for /, or comb(k, n)",
    "wrong_agreeing_items": "b and c are the items that both get right, and both wrong:",
    "wrong_one_minus": "this is 1 less the p-value, or less the one-sided one",
}
