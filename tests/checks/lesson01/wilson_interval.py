"""Answers to ``wilson_interval``."""

import math

import numpy
from scipy import stats


def formula(correct, n):
    z, p = 1.96, correct / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def by_scipy(correct, n):
    interval = stats.binomtest(correct, n).proportion_ci(method="wilson")
    return [interval.low, interval.high]


def roots(correct, n):
    z, p = 1.96, correct / n
    ends = numpy.roots([1 + z**2 / n, -(2 * p + z**2 / n), p**2])
    return numpy.sort(ends)


def of(z, correct, n):
    wrong = n - correct
    centre = (correct + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (correct * wrong / n + z**2 / 4) ** 0.5
    return centre - half, centre + half


def wald(correct, n):
    p = correct / n
    half = 1.96 * numpy.sqrt(p * (1 - p) / n)
    return p - half, p + half


def clipped_wald(correct, n):
    low, high = wald(correct, n)
    return max(low, 0), min(high, 1)


def z_is_1(correct, n):
    return of(1, correct, n)


def z_is_2(correct, n):
    return of(2, correct, n)


def z_of_90_percent(correct, n):
    return of(1.645, correct, n)


def z_of_99_percent(correct, n):
    return of(2.576, correct, n)


def percents(correct, n):
    return tuple(100 * end for end in formula(correct, n))


def reversed_ends(correct, n):
    low, high = formula(correct, n)
    return high, low


def centre_and_half_width(correct, n):
    low, high = formula(correct, n)
    return (low + high) / 2, (high - low) / 2


def agresti_coull(correct, n):
    total = n + 1.96**2
    p = (correct + 1.96**2 / 2) / total
    half = 1.96 * math.sqrt(p * (1 - p) / total)
    return p - half, p + half


def clopper_pearson(correct, n):
    low = stats.beta.ppf(0.025, correct, n - correct + 1) if correct else 0.0
    high = stats.beta.ppf(0.975, correct + 1, n - correct) if correct < n else 1.0
    return low, high


def not_divided(correct, n):
    factor = 1 + 1.96**2 / n
    low, high = formula(correct, n)
    return low * factor, high * factor


def counts(correct, n):
    low, high = formula(correct, n)
    return low * n, high * n


def share_of_errors(correct, n):
    return formula(n - correct, n)


def accuracy_alone(correct, n):
    return correct / n


RIGHT = [formula, by_scipy, roots]
WRONG = [
    (wald, "Wald's interval"),
    (clipped_wald, "cutting it at 0 and 1"),
    (z_is_1, "z is 1:"),
    (z_is_2, "z is 2:"),
    (z_of_90_percent, "z is 1.645"),
    (z_of_99_percent, "z is 2.576"),
    (percents, "percents"),
    (reversed_ends, "wrong way round"),
    (centre_and_half_width, "(centre, half-width)"),
    (agresti_coull, "Agresti and Coull"),
    (clopper_pearson, "Clopper and Pearson"),
    (not_divided, "1 + z*z / n is missing"),
    (counts, "numbers of items"),
    (share_of_errors, "share of wrong answers"),
    (accuracy_alone, "return two numbers"),
]
