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


def written(name, text):
    """An answer that returns what the text says, of p, z, n, c (the centre), h and d."""

    def answer(correct, n):
        z, p = 1.96, correct / n
        h = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        names = {"p": p, "z": z, "n": n, "c": p + z * z / (2 * n), "h": h, "d": 1 + z * z / n}
        return eval(text, {"math": math, "k": correct, "of": of, **names})

    answer.__name__ = name
    return answer


def with_half(name, text):
    """An answer with another half-width, before the division."""
    return written(name, f"((c - ({text})) / d, (c + ({text})) / d)")


def NEXT(answer):
    for correct, n in ((80, 100), (800, 1000)):
        low, high = answer(correct, n)
        assert f"[{low:.3f}, {high:.3f}], {100 * (high - low):.0f} points" < "[1"


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
    (written("z_is_3", "of(3, k, n)"), "z is 3"),
    (written("z_is_a_probability", "of(0.975, k, n)"), "z is a probability"),
    (written("rounded", "[round(end, 2) for end in of(z, k, n)]"), "the ends are rounded"),
    (written("half_width", "h / d"), "the width or half of it"),
    (written("one_end", "(c - h) / d"), "one end alone"),
    (written("sure", "of(z, k, n) if 0 < k < n else (p, p)"), "none or all are right"),
    (written("half_divided", "(c - h / d, c + h / d)"), "the half-width alone is divided"),
    (written("centre_divided", "(c / d - h, c / d + h)"), "the centre alone is divided"),
    (written("by_1", "((c - h) / 1 + z*z / n, (c + h) / 1 + z*z / n)"), "divides by 1"),
    (written("z_below", "((c - h) / (1 + z / n), (c + h) / (1 + z / n))"), "the denominator is"),
    (written("times_n", "[(p + z*z / 2*n + s*h) / d for s in (-1, 1)]"), "round 2 * n"),
    (written("not_added", "((p - h) / d, (p + h) / d)"), "to be added to the share"),
    (with_half("no_z", "h / z"), "the z before the root is missing"),
    (with_half("z_squared", "h * z"), "z*z stands before the root"),
    (with_half("halved", "h / 2"), "halved or doubled"),
    (with_half("no_root", "h * h / z"), "the root is missing"),
    (with_half("short", "z * math.sqrt(p*(1-p) / n) + z*z / (4*n*n)"), "root ends too early"),
    (with_half("times_n_n", "z * math.sqrt(p*(1-p) / n + z*z / 4*n*n)"), "round 4 * n * n"),
    (with_half("n_once", "z * math.sqrt(p*(1-p) / n + z*z / (4*n))"), "n or z is not squared"),
    (with_half("one_term", "z * math.sqrt(p*(1-p) / n)"), "is missing under the root"),
    (with_half("variance", "z * math.sqrt(p*(1-p) + z*z / (4*n*n))"), "not divided by n"),
    (with_half("p_alone", "z * math.sqrt(p / n + z*z / (4*n*n))"), "the first term under"),
    (written("whole", "of(z, n * (k // n), n)"), "division of whole numbers"),
    (written("of_more", "of(z, n * k / (n + 1), n)"), "100 or n + 1 items"),
    (written("of_hundred", "of(z, 100 * p, 100)"), "100 items are written in"),
    (with_half("negative", "(p * (p - 1) / n) ** 0.5"), "the root of a negative number"),
    (with_half("nan", "math.nan"), "the root of a negative number"),
]
