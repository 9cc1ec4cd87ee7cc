"""Answers to ``paired_p``."""

import math
import random

import numpy
import torch
from scipy import stats


def by_comb(first, second):
    b = sum(pair == ("1", "0") for pair in zip(first, second))
    c = sum(pair == ("0", "1") for pair in zip(first, second))
    ways = sum(math.comb(b + c, heads) for heads in range(min(b, c) + 1))
    return min(1.0, 2 * ways / 2 ** (b + c))


def by_test(first, second):
    ahead = [x > y for x, y in zip(first, second) if x != y]
    return stats.binomtest(sum(ahead), len(ahead)).pvalue if ahead else 1


def by_cdf(first, second):
    x, y = numpy.array(list(first)) == "1", numpy.array(list(second)) == "1"
    b, c = (x & ~y).sum(), (~x & y).sum()
    return numpy.minimum(1, 2 * stats.binom.cdf(min(b, c), b + c, 0.5))


def by_bits(first, second):
    x, y = int(first, 2), int(second, 2)
    b, c = (x & ~y).bit_count(), (~x & y).bit_count()
    if b > c:
        b, c = c, b
    p = 2 * sum(math.comb(b + c, h) * 0.5 ** (b + c) for h in range(b + 1))
    return torch.tensor(p).clamp(max=1)


def tail(heads, tosses):
    return sum(math.comb(tosses, h) for h in range(heads + 1)) / 2**tosses


def written(name, text):
    """An answer that returns what the text says, of b and c, of both and neither, and of p."""

    def answer(first, second):
        found = list(zip(first, second))
        b, c = found.count(("1", "0")), found.count(("0", "1"))
        both, neither = found.count(("1", "1")), found.count(("0", "0"))
        names = {"b": b, "c": c, "both": both, "neither": neither, "m": min(b, c), "n": b + c}
        names |= {"x": first, "y": second, "p": by_comb(first, second), "tail": tail}
        names |= {"numbers_x": [*map(int, first)], "numbers_y": [*map(int, second)]}
        names |= {"math": math, "stats": stats, "table": [[both, b], [c, neither]]}
        return eval(text, names)

    answer.__name__ = name
    return answer


def or_1(name, text):
    """An answer that returns what the text says, and 1 where no item tells the two apart."""
    return written(name, f"({text}) if n else 1.0")


def text_is_true(first, second):
    b = sum(bool(x and not y) for x, y in zip(first, second))
    c = sum(bool(y and not x) for x, y in zip(first, second))
    return min(1, 2 * tail(min(b, c), b + c))


def subtracts_text(first, second):
    return sum(x - y for x, y in zip(first, second))


def permuted(first, second):
    differences = [int(x) - int(y) for x, y in zip(first, second)]
    turned = [abs(sum(random.choice((d, -d)) for d in differences)) for _ in range(200)]
    return sum(t >= abs(sum(differences)) for t in turned) / 200


def permuted_with_a_seed(first, second):
    differences = numpy.array([int(x) - int(y) for x, y in zip(first, second)])
    signs = numpy.random.default_rng(0).choice([-1, 1], size=(5_000, len(first)))
    return (abs(signs @ differences) >= abs(differences.sum())).mean()


def NEXT(answer):
    first, second = "1" * 340 + "0" * 60, "1" * 310 + "0" * 40 + "1" * 20 + "0" * 30
    assert f"p = {answer(first, second):.3f}" == "p = 0.203"
    assert not answer(first, second) < 0.05
    assert answer(first, first) == 1


RIGHT = [by_comb, by_test, by_cdf, by_bits]
WRONG = [
    (text_is_true, "this is 1 each time"),
    (subtracts_text, "characters are text"),
    (permuted_with_a_seed, "near, and not exact"),
    (written("no_item", "2 * tail(0, 0)"), "no item is counted as won alone"),
    (written("one_pot", "min(1, 2 * tail(0, n))"), "count for one side"),
    (permuted, "gives another value the second time"),
    (written("one_sided", "tail(m, n)"), "this is one side alone"),
    (written("first_side", "min(1, 2 * tail(b, n))"), "always the same side"),
    (written("largest", "min(1, 2 * tail(max(b, c), n))"), "this is 1 each time"),
    (written("largest_not_cut", "2 * tail(max(b, c), n)"), "max(b, c) stands"),
    (written("too_short", "min(1, 2 * tail(m - 1, n))"), "the last term is missing"),
    (written("too_long", "min(1, 2 * tail(m + 1, n))"), "one head too many"),
    (written("from_1", "min(1, 2 * (tail(m, n) - 0.5**n))"), "the sum starts at 1"),
    (written("exactly", "min(1, 2 * math.comb(n, m) / 2**n)"), "exactly min(b, c) heads"),
    (written("all_items", "min(1, 2 * tail(m, len(x)))"), "the tosses are all items"),
    (written("all_powers", "min(1, 2 * tail(m, n) * 2**n / 2**len(x))"), "the powers of 2"),
    (written("all_right", "min(1, 2 * tail(min(both + b, both + c), 2 * both + n))"), "all right"),
    (written("agree", "min(1, 2 * tail(min(both, neither), both + neither))"), "that both get"),
    (written("agree_or_not", "min(1, 2 * tail(min(n, both + neither), len(x)))"), "counted in"),
    (or_1("chi", "stats.chi2.sf((b - c)**2 / n, 1)"), "this is an approximation"),
    (or_1("normal", "stats.norm.sf(abs(b - c) / n**0.5)"), "this is an approximation"),
    (written("unpaired", "stats.ttest_ind(numbers_x, numbers_y).pvalue"), "were not the same"),
    (written("fisher", "stats.fisher_exact(table).pvalue"), "go together"),
    (written("t", "stats.ttest_rel(numbers_x, numbers_y).pvalue"), "a t-test of the diff"),
    (written("mid", "2 * tail(m, n) - math.comb(n, m) / 2**n"), "the mid-p value"),
    (written("less", "1 - p"), "1 less the p-value"),
    (written("ways", "2 * tail(m, n) * 2**n"), "not divided by all"),
    (written("power", "min(1, 2 * tail(m, n) * 2)"), "another power"),
    (or_1("divisor", "min(1, tail(m, n) * 2**n / n)"), "the tosses have 2 ** (b + c)"),
    (written("counts", "(b, c)"), "these are b and c"),
    (or_1("statistic", "(b - c)**2 / n"), "these are b and c"),
    (written("verdict", "p < 0.05"), "a truth value: return"),
    (or_1("result", "stats.binomtest(m, n)"), "whole result"),
    (written("percent", "100 * p"), "percents"),
    (written("rounded", "round(p, 3)"), "is rounded"),
    (written("whole", "int(p)"), "// stands for /"),
    (written("above_1", "2 * tail(m, n)"), "above 1 where b and c are equal"),
    (written("tie", "0.0 if b == c else p"), "a tie is not 0"),
    (written("none", "p if n else 0.0"), "return 1"),
    (written("divided", "p if b + c else 0 / n"), "return 1"),
    (written("two", "p if n else 2.0"), "above 1 where no item"),
    (written("not_a_number", "p if n else math.nan"), "nan is no number"),
]
