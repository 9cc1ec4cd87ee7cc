"""Answers to ``expected_best``."""

import math
import random

import numpy
import scipy
import torch


def by_cdf(accuracy, n, k):
    at_most = scipy.stats.binom.cdf(range(n), n, accuracy)
    return sum(1 - at_most**k) / n


def by_loop(accuracy, n, k):
    total = 0
    for m in range(n + 1):  # the last term is 0
        below = sum(math.comb(n, j) * accuracy**j * (1 - accuracy) ** (n - j) for j in range(m + 1))
        total += 1 - min(1, below) ** k
    return total / n


def by_weights(accuracy, n, k):
    counts = numpy.arange(n + 1)
    of_best = numpy.diff(scipy.stats.binom.cdf(counts, n, accuracy) ** k, prepend=0)
    return counts @ of_best / n


def by_torch(accuracy, n, k):
    ways = torch.tensor([math.comb(n, m) for m in range(n + 1)], dtype=torch.float64)
    m = torch.arange(n + 1, dtype=torch.float64)
    at_most = (ways * accuracy**m * (1 - accuracy) ** (n - m)).cumsum(0).clamp(max=1)
    return 1 - (at_most[:-1] ** k).mean()


def f_of(accuracy, n):
    return scipy.stats.binom.cdf(numpy.arange(n), n, accuracy)


def of_f(name, text):
    """An answer that returns what the text says, of F, n, k, p and the best share."""

    def answer(accuracy, n, k):
        names = {"F": f_of(accuracy, n), "n": n, "k": k, "p": accuracy}
        names |= {"m": numpy.arange(n), "best": by_cdf(accuracy, n, k), "right": by_cdf}
        names |= {"binom": scipy.stats.binom, "norm": scipy.stats.norm, "math": math}
        return eval(text, names)

    answer.__name__ = name
    return answer


def counts(accuracy, n, k):
    return sum(1 - f_of(accuracy, n) ** k)


def simulated(accuracy, n, k):
    shares = numpy.random.binomial(n, accuracy, size=(20_000, k)) / n
    return shares.max(1).mean()


def simulated_with_a_seed(accuracy, n, k):
    shares = numpy.random.default_rng(0).binomial(n, accuracy, size=(20_000, k)) / n
    return shares.max(1).mean()


def returns_in_the_loop(accuracy, n, k):
    for m in range(n):
        return (1 - scipy.stats.binom.cdf(m, n, accuracy) ** k) / n


def sum_set_anew(accuracy, n, k):
    for m in range(n):
        total = 1 - scipy.stats.binom.cdf(m, n, accuracy) ** k
    return total / n


def power_of_a_range(accuracy, n, k):
    return 1 - range(n) ** k


def needs_several(accuracy, n, k):
    return 0.0 if n == 1 else by_cdf(accuracy, n, k)


def largest_of_a_sample(accuracy, n, k):
    numbers = random.Random(1)
    shares = [sum(numbers.random() < accuracy for _ in range(n)) / n for _ in range(k)]
    return max(shares)


def NEXT(answer):
    assert f"{answer(0.8, 400, 24):.3f}" == "0.838"
    values = [float(answer(0.8, 100, k)) for k in (1, 2, 8, 24)]
    assert values == sorted(values) and abs(values[0] - 0.8) < 1e-6


RIGHT = [by_cdf, by_loop, by_weights, by_torch]
WRONG = [
    (counts, "this is a number of reviews"),
    (simulated, "gives another value the second time"),
    (simulated_with_a_seed, "near, and not exact"),
    (returns_in_the_loop, "the first term alone"),
    (sum_set_anew, "the last term alone"),
    (power_of_a_range, "range(n) is no array"),
    (needs_several, "where n or k is 1"),
    (largest_of_a_sample, "none of the usual ones"),
    (of_f("outside", "sum((1 - F)**k) / n"), "the share of the worst prompt"),
    (of_f("some", "sum(1 - (1 - F)**k) / n"), "some prompt gets at most m"),
    (of_f("survival", "sum(1 - binom.sf(m, n, p)**k) / n"), "perhaps sf "),
    (of_f("no_1", "sum(F**k) / n"), "1 - is missing before"),
    (of_f("from_1", "sum((1 - F**k)[1:]) / n"), "the sum starts at m = 1"),
    (of_f("too_short", "sum((1 - F**k)[:-1]) / n"), "the last term is missing"),
    (of_f("mean_of_more", "sum(1 - F**k) / (n + 1)"), "divided by n + 1"),
    (of_f("mean_of_less", "best * n / (n - 1 or 1)"), "divided by n - 1"),
    (of_f("by_k", "sum(1 - F**k) / k"), "divided by k"),
    (of_f("low", "sum(1 - binom.cdf(m - 1, n, p)**k) / n"), "one count too low"),
    (of_f("times", "sum(1 - k * F) / n"), "multiplied by k"),
    (of_f("over_k", "sum(1 - F / k) / n"), "divided by k"),
    (of_f("root", "sum(1 - F**(1 / k)) / n"), "the root of F"),
    (of_f("fewer", "right(p, n, k - 1)"), "k - 1 or k + 1"),
    (of_f("power_n", "sum(1 - F**n) / n"), "the power is n"),
    (of_f("swapped", "right(p, k, n)"), "n and k are swapped"),
    (of_f("one_prompt", "p"), "the share of one prompt"),
    (of_f("pooled", "right(p, n * k, k)"), "pooled"),
    (of_f("errors", "right(1 - p, n, k)"), "or 1 - accuracy for accuracy"),
    (of_f("exactly", "sum(1 - binom.pmf(m, n, p)**k) / n"), "this is pmf"),
    (of_f("mixed", "sum(1 - binom.cdf(m, p, n)**k) / n"), "nan is no number"),
    (of_f("turned", "sum(1 - binom.cdf(n, m, p)**k) / n"), "this is 0 each time"),
    (of_f("bracket", "sum(1 - F**k / n)"), "a bracket is missing"),
    (of_f("sum_first", "1 - sum(F)**k / n"), "the sum was taken before"),
    (of_f("xor", "sum(1 - F^k) / n"), "no power in Python"),
    (of_f("halved", "(sum(1 - F**k) - (1 - F[0]**k) / 2) / n"), "the trapezoid rule"),
    (of_f("product", "math.prod(1 - F**k) / n"), "this is a product"),
    (of_f("terms", "(1 - F**k) / n"), "these are several numbers"),
    (of_f("all_right", "1 - (1 - p**n)**k"), "some prompt has all right"),
    (of_f("any", "1 - (1 - p)**k"), "some prompt is right on one review"),
    (of_f("weights", "sum(m * (1 - F**k)) / n"), "misses its weights"),
    (of_f("median", "binom.ppf(0.5 ** (1 / k), n, p) / n"), "likeliest or the middle"),
    (of_f("quantile", "binom.ppf(0.975, n, p) / n"), "a quantile of one prompt"),
    (of_f("blom", "p + norm.ppf((k - 0.375) / (k + 0.25)) * (p * (1 - p) / n)**0.5"), "normal"),
    (of_f("fixed", "p + 1.96 * (p * (1 - p) / n)**0.5"), "a fixed number of standard errors"),
    (of_f("ahead", "best - p"), "what the best is ahead by"),
    (of_f("wrong_share", "1 - best"), "1 less the share"),
    (of_f("percent", "100 * best"), "percents"),
    (of_f("rounded", "round(best, 3)"), "is rounded"),
    (of_f("whole", "n * best // n"), "// stands for /"),
    (of_f("lessons_n", "right(p, 400, k)"), "400 reviews or 24 prompts"),
    (of_f("lessons_accuracy", "right(0.8, n, k)"), "an accuracy of 0.8"),
]
