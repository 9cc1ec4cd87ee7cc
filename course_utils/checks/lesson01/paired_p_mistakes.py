"""What learners get wrong in ``paired_p``."""

import math
from collections.abc import Callable
from typing import Any

from scipy import stats

from course_utils.checks.core.compare import Mistakes

Test = Callable[[str, str], Any]


def count(first: str, second: str, pair: str) -> int:
    """How many items have these two characters."""
    return list(zip(first, second)).count((pair[0], pair[1]))


def alone(first: str, second: str) -> tuple[int, int]:
    """How many items the first and the second win alone."""
    return count(first, second, "10"), count(first, second, "01")


def tail(heads: int, tosses: int) -> float:
    """The probability of at most so many heads."""
    return sum(math.comb(tosses, h) for h in range(heads + 1)) / 2**tosses


def exact(heads: int, tosses: int) -> float:
    """Twice the probability of at most so many heads, at most 1."""
    return min(1.0, 2 * tail(heads, tosses))


def right_p(first: str, second: str) -> float:
    """McNemar 1947, with the exact probabilities of a fair coin."""
    b, c = alone(first, second)
    return exact(min(b, c), b + c)


def of_counts(change: Callable[[int, int], Any]) -> Test:
    """A wrong answer, made of the right b and c."""
    return lambda first, second: change(*alone(first, second))


def of_pairs(change: Callable[[int, int, int, int], Any]) -> Test:
    """A wrong answer, made of how many both, the first, the second, and neither get right."""
    return lambda x, y: change(*(count(x, y, pair) for pair in ("11", "10", "01", "00")))


def of_p(change: Callable[[float], Any]) -> Test:
    """A wrong answer, made of the right one."""
    return lambda first, second: change(right_p(first, second))


def chi_square(b: int, c: int, correction: float = 0.0) -> float:
    """McNemar's test with the chi-square distribution, which is an approximation."""
    return float(stats.chi2.sf(max(0.0, abs(b - c) - correction) ** 2 / (b + c), 1))


def two_samples(both: int, first: int, second: int, neither: int) -> float:
    """The z-test of two shares, as if the items were not the same."""
    n = both + first + second + neither
    x, y = (both + first) / n, (both + second) / n
    error = math.sqrt((x + y) / 2 * (1 - (x + y) / 2) * 2 / n)
    return float(2 * stats.norm.sf(abs(x - y) / error))


def not_pooled(both: int, first: int, second: int, neither: int) -> float:
    """The same, with the standard error of each share."""
    n = both + first + second + neither
    x, y = (both + first) / n, (both + second) / n
    return float(2 * stats.norm.sf(abs(x - y) / math.sqrt((x * (1 - x) + y * (1 - y)) / n)))


def table_of_totals(both: int, first: int, second: int, neither: int) -> list[list[int]]:
    """Right and wrong items of each prompt."""
    return [[both + first, second + neither], [both + second, first + neither]]


def paired_t(both: int, first: int, second: int, neither: int) -> float:
    """Student's test of the differences, item by item."""
    n, total, squares = both + first + second + neither, first - second, first + second
    error = math.sqrt((squares - total * total / n) / (n - 1) / n)
    return float(2 * stats.t.sf(abs(total / n) / error, n - 1))


CAP = "twice the probability is above 1 where b and c are equal: return 1 then, min(1, ...)"
NONE_SENTENCE = "where no item tells the two apart, return 1"
ALONE_MISTAKES: Mistakes = {
    "this is one side alone: the two-sided p-value is twice the probability": [
        of_counts(lambda b, c: tail(min(b, c), b + c)),
        of_counts(lambda b, c: min(1.0, tail(min(b, c), b + c))),
    ],
    "always the same side is looked at: take min(b, c), and twice the probability": [
        of_counts(lambda b, c: tail(b, b + c)),
        of_counts(lambda b, c: tail(c, b + c)),
        of_counts(lambda b, c: exact(b, b + c)),
        of_counts(lambda b, c: exact(c, b + c)),
        of_counts(lambda b, c: 2 * tail(b, b + c)),
        of_counts(lambda b, c: 2 * tail(c, b + c)),
    ],
    (
        "this is 1 each time: perhaps no item is counted as won alone (the characters are text, "
        "and even '0' is true: compare with '1'), or max stands for min, or 2 ** (b + c) lacks its "
        "bracket"
    ): [lambda x, y: 1.0],
    "max(b, c) stands where min(b, c) belongs": [
        of_counts(lambda b, c: 2 * tail(max(b, c), b + c)),
        of_counts(lambda b, c: tail(max(b, c), b + c)),
    ],
    "the last term is missing: at most min(b, c) heads is range(min(b, c) + 1)": [
        of_counts(lambda b, c: exact(min(b, c) - 1, b + c)),
        of_counts(lambda b, c: tail(min(b, c) - 1, b + c)),
    ],
    "there is one head too many: at most min(b, c) heads is range(min(b, c) + 1)": [
        of_counts(lambda b, c: exact(min(b, c) + 1, b + c)),
    ],
    "the sum starts at 1 head: no head at all counts too": [
        of_counts(lambda b, c: exact(min(b, c), b + c) - 2 / 2 ** (b + c)),
        of_counts(lambda b, c: min(1.0, 2 * (tail(min(b, c), b + c) - 1 / 2 ** (b + c)))),
    ],
    "this is the probability of exactly min(b, c) heads: add those of fewer heads": [
        of_counts(lambda b, c: min(1.0, 2 * math.comb(b + c, b) / 2 ** (b + c))),
        of_counts(lambda b, c: math.comb(b + c, b) / 2 ** (b + c)),
    ],
    "the tosses are all items: only those that one alone gets right tell the two apart, b + c": [
        lambda x, y: exact(min(alone(x, y)), len(x)),
        lambda x, y: tail(min(alone(x, y)), len(x)),
        of_pairs(lambda both, b, c, neither: exact(min(b, c), both + b + c)),
    ],
    (
        "the powers of 2 are those of all items, and the ways those of b + c: both belong to b + c"
    ): [lambda x, y: right_p(x, y) * 2.0 ** (sum(alone(x, y)) - len(x))],
    "b and c are all right answers of each: count the items that one wins alone": [
        lambda x, y: exact(min(x.count("1"), y.count("1")), x.count("1") + y.count("1")),
        lambda x, y: 2 * tail(min(x.count("1"), y.count("1")), x.count("1") + y.count("1")),
    ],
    "b and c are the items that both get right, and both wrong: these say nothing here": [
        of_pairs(lambda both, b, c, neither: exact(min(both, neither), both + neither)),
        of_pairs(lambda both, b, c, neither: 2 * tail(min(both, neither), both + neither)),
    ],
    "the items that both get right or wrong are counted in: leave them out": [
        of_pairs(lambda both, b, c, neither: exact(
            min(both + b, both + c), 2 * both + b + c)),
        of_pairs(lambda both, b, c, neither: exact(
            min(b, c) + (both + neither) // 2, both + b + c + neither)),
        of_pairs(lambda both, b, c, neither: exact(
            min(b, c) + (both + neither) // 2, b + c + (both + neither) // 2 * 2)),
        of_pairs(lambda both, b, c, neither: exact(min(b + c, both + neither),
                                                   both + b + c + neither)),
    ],
    (
        "no item is counted as won alone: the characters are text, and even '0' is true; compare "
        "with '1', and let the value never be above 1"
    ): [lambda x, y: 2.0],
    "all items that differ count for one side: perhaps a difference lost its sign (abs, uint8)": [
        of_counts(lambda b, c: exact(0, b + c)),
        of_counts(lambda b, c: tail(0, b + c)),
    ],
    "characters are text: turn them into numbers with int() before you add or subtract": [
        lambda x, y: [a - b for a, b in zip(x, y)],
        lambda x, y: x - y,
        lambda x, y: sum(x),
        lambda x, y: [a & ~b for a, b in zip(x, y)],
        lambda x, y: [a & b for a, b in zip(x, y)],
        lambda x, y: [a ^ b for a, b in zip(x, y)],
    ],
    (
        "this is an approximation, such as the chi-square test, Wilcoxon's or one by the normal "
        "distribution: use the exact probabilities of b + c tosses"
    ): [
        of_counts(chi_square),
        of_counts(lambda b, c: chi_square(b, c, 1.0)),
        of_counts(lambda b, c: chi_square(b, c, 0.5)),
        of_counts(lambda b, c: chi_square(b, c) / 2),
        of_counts(lambda b, c: 2 * float(stats.norm.cdf(
            (min(b, c) + 0.5 - (b + c) / 2) / math.sqrt((b + c) / 4)))),
    ],
    "this compares two accuracies as if the items were not the same: use b and c alone": [
        of_pairs(two_samples),
        of_pairs(not_pooled),
        of_pairs(lambda *four: float(stats.fisher_exact(table_of_totals(*four)).pvalue)),
        of_pairs(lambda *four: float(stats.chi2_contingency(table_of_totals(*four)).pvalue)),
        lambda x, y: float(stats.ttest_ind([*map(int, x)], [*map(int, y)]).pvalue),
        lambda x, y: float(stats.ttest_ind([*map(int, x)], [*map(int, y)],
                                           equal_var=False).pvalue),
    ],
    "this asks whether the two answers go together, of the table of both: use b and c alone": [
        of_pairs(lambda n, b, c, m: float(stats.fisher_exact([[n, b], [c, m]]).pvalue)),
        of_pairs(lambda n, b, c, m: float(stats.chi2_contingency([[n, b], [c, m]]).pvalue)),
        of_pairs(lambda n, b, c, m: float(stats.chi2_contingency(
            [[n, b], [c, m]], correction=False).pvalue)),
    ],
    "this is a t-test of the differences: use the exact probabilities of b + c tosses": [
        of_pairs(paired_t),
    ],
    "this is the mid-p value, which counts exactly min(b, c) heads half: count them whole": [
        of_counts(lambda b, c: 2 * tail(min(b, c), b + c) - math.comb(b + c, b) / 2 ** (b + c)),
    ],
    "this is 1 less the p-value, or less the one-sided one": [
        of_p(lambda p: 1 - p),
        of_counts(lambda b, c: 1 - tail(min(b, c), b + c)),
    ],
    "the ways are not divided by all 2 ** (b + c) courses of the tosses": [
        of_counts(lambda b, c: 2 * tail(min(b, c), b + c) * 2 ** (b + c)),
        of_counts(lambda b, c: tail(min(b, c), b + c) * 2 ** (b + c)),
        of_counts(lambda b, c: min(1, 2 * tail(min(b, c), b + c) * 2 ** (b + c))),
    ],
    "the divisor is another power than 2 ** (b + c)": [
        of_counts(lambda b, c, d=d: min(1.0, 2 * tail(min(b, c), b + c) * 2.0**d))  # type: ignore
        for d in (-2, -1, 1, 2)
    ],
    "2 * (b + c) or (b + c) ** 2 divides: the tosses have 2 ** (b + c) courses": [
        of_counts(lambda b, c: min(1.0, exact(min(b, c), b + c) * 2 ** (b + c) / 2 / (b + c))),
        of_counts(lambda b, c: tail(min(b, c), b + c) * 2 ** (b + c) / (b + c)),
        of_counts(lambda b, c: min(1.0, 2 * tail(min(b, c), b + c) * 2 ** (b + c) / (b + c) ** 2)),
    ],
    "these are b and c, or a number made of them: return the p-value": [
        of_counts(lambda b, c: (b, c)),
        of_counts(lambda b, c: min(b, c)),
        of_counts(lambda b, c: b + c),
        of_counts(lambda b, c: abs(b - c)),
        of_counts(lambda b, c: b - c),
        of_counts(lambda b, c: min(b, c) / (b + c)),
        of_counts(lambda b, c: (b - c) ** 2 / (b + c)),
        of_counts(lambda b, c: (abs(b - c) - 1) ** 2 / (b + c)),
        of_counts(lambda b, c: 2 * min(b, c) / (b + c)),
        of_pairs(lambda both, b, c, neither: (b - c) / (both + b + c + neither)),
    ],
    "this is a truth value: return the p-value": [of_p(lambda p: p < 0.05)],
    "these are percents: return a share between 0 and 1": [of_p(lambda p: 100 * p)],
    "the p-value is rounded: return it as it is": [
        of_p(lambda p, d=d: round(p, d)) for d in (4, 3, 2, 1)  # type: ignore[misc]
    ],
    "this is 0 each time: perhaps // stands for /, or comb(k, n) for comb(n, k)": [
        lambda x, y: 0.0
    ],
}  # fmt: skip
TIE_MISTAKES: Mistakes = {
    CAP: [
        of_counts(lambda b, c: 2 * tail(min(b, c), b + c)),
        of_counts(lambda b, c: 2 - 2 * tail(min(b, c), b + c)),
        of_counts(lambda b, c: tail(min(b, c), b + c)),
    ],
    "a tie is not 0: prompts that win equally often alone have the p-value 1": [lambda x, y: 0.0],
}
NONE_MISTAKES: Mistakes = {
    NONE_SENTENCE: [
        lambda x, y: 0.0,
        lambda x, y: 0.5,
        lambda x, y: 0 / 0,
        lambda x, y: 0.0 / 0.0,
        of_counts(chi_square),
        lambda x, y: stats.binomtest(0, 0),
    ],
    "twice the probability is above 1 where no item tells the two apart: return 1 then": [
        lambda x, y: 2.0
    ],
}
