"""What learners get wrong in ``expected_best``."""

import math
from collections.abc import Callable
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy import stats

from course_utils.checks.core.compare import Mistakes

Numbers = NDArray[numpy.float64]
Best = Callable[[float, int, int], Any]


def at_most(accuracy: float, n: int, counts: Any) -> Numbers:
    """F: the probability of at most so many right answers of n."""
    found: Numbers = stats.binom.cdf(counts, n, accuracy)
    return found


def below_n(accuracy: float, n: int) -> Numbers:
    """F of 0 to n - 1."""
    return at_most(accuracy, n, numpy.arange(n))


def right_best(accuracy: float, n: int, k: int) -> float:
    """The definition: a sum of the probabilities that the best count exceeds m."""
    return float((1 - below_n(accuracy, n) ** k).sum()) / n


def of_f(change: Callable[[Numbers, int], Any]) -> Best:
    """A wrong answer: another sum, made of F of 0 to n - 1 and of k, over n."""
    return lambda p, n, k: float(change(below_n(p, n), k)) / n


def over(counts: Callable[[int], Any]) -> Best:
    """A wrong answer: the sum runs over other counts."""
    return lambda p, n, k: float((1 - at_most(p, n, counts(n)) ** k).sum()) / n


def given(change: Callable[[float, int, int], tuple[float, int, int]]) -> Best:
    """A wrong answer: the formula with other arguments."""
    return lambda p, n, k: right_best(*change(p, n, k))


def scaled(change: Callable[[float, int, int], float]) -> Best:
    """A wrong answer: a number made of the right one, n and k."""
    return lambda p, n, k: change(right_best(p, n, k), n, k)


def normal(score: Callable[[int], float]) -> Best:
    """A wrong answer: so many standard errors above the accuracy, made of k."""
    return lambda p, n, k: p + score(k) * math.sqrt(p * (1 - p) / n)


def of_binomial(p: float, n: int, k: int) -> Numbers:
    """The probability of each count of one prompt, 0 to n."""
    found: Numbers = stats.binom.pmf(numpy.arange(n + 1), n, p)
    return found


def of_maximum(p: float, n: int, k: int) -> Numbers:
    """The probability of each count of the best prompt, 0 to n."""
    return numpy.diff(at_most(p, n, numpy.arange(n + 1)) ** k, prepend=0.0)


def largest_of_normals(k: int) -> float:
    """The expected largest of k numbers of the standard normal distribution."""
    grid = numpy.linspace(-9.0, 9.0, 1801)
    density = k * stats.norm.pdf(grid) * stats.norm.cdf(grid) ** (k - 1)
    return float((grid * density).sum() * (grid[1] - grid[0]))


COUNT = "this is a number of reviews: divide the sum by n"
BEST_MISTAKES: Mistakes = {
    COUNT: [scaled(lambda best, n, k: n * best)],
    (
        "this is the share of the worst prompt: perhaps the power stands outside the bracket, "
        "(1 - F)**k in place of 1 - F**k"
    ): [
        of_f(lambda f, k: ((1 - f) ** k).sum()),
    ],
    (
        "1 - (1 - F)**k is the probability that some prompt gets at most m, not all: perhaps sf "
        "stands for cdf, or 1 - accuracy for accuracy"
    ): [of_f(lambda f, k: (1 - (1 - f) ** k).sum())],
    "this is 1 less the share: 1 - is missing before F**k, the probability that none exceeds m": [
        of_f(lambda f, k: (f**k).sum()),
        of_f(lambda f, k: (f**k).sum() + 1),
    ],
    "the sum starts at m = 1: it starts at 0": [over(lambda n: numpy.arange(1, n)), over(
        lambda n: numpy.arange(1, n + 1))],
    "the last term is missing: m runs from 0 to n - 1, which is range(n)": [
        over(lambda n: numpy.arange(n - 1))
    ],
    "the sum is divided by n + 1: its mean over 0 to n was taken perhaps; divide by n": [
        scaled(lambda best, n, k: best * n / (n + 1))
    ],
    "the sum is divided by n - 1: divide by n": [scaled(lambda best, n, k: best * n / (n - 1))],
    "the sum is divided by k, or the shares are averaged: the best one is asked for; divide by n": [
        scaled(lambda best, n, k: best / k),
        scaled(lambda best, n, k: best * n / k),
    ],
    "F is one count too low: P(at most m - 1) stands where P(at most m) belongs": [
        over(lambda n: numpy.arange(n) - 1),
        over(lambda n: numpy.arange(n + 1) - 1),
    ],
    "F was multiplied by k: all k get at most m with probability F**k": [
        of_f(lambda f, k: (1 - f * k).sum()),
        of_f(lambda f, k: (k * (1 - f)).sum()),
        of_f(lambda f, k: numpy.minimum(1, k * (1 - f)).sum()),
    ],
    "F was divided by k: all k get at most m with probability F**k": [
        of_f(lambda f, k: (1 - f / k).sum())],
    "the root of F was taken, F**(1 / k): all k get at most m with probability F**k": [
        of_f(lambda f, k: (1 - f ** (1 / k)).sum())],
    "the power is k - 1 or k + 1: all k prompts count": [
        of_f(lambda f, k: (1 - f ** (k - 1)).sum()),
        of_f(lambda f, k: (1 - f ** (k + 1)).sum()),
    ],
    "the power is n: it is k, the number of prompts": [
        lambda p, n, k: right_best(p, n, n),
    ],
    "n and k are swapped: there are k prompts, and n reviews for each": [
        given(lambda p, n, k: (p, k, n)),
        lambda p, n, k: float((1 - at_most(p, n, numpy.arange(k)) ** k).sum()) / n,
        lambda p, n, k: float((1 - at_most(p, n, numpy.arange(k)) ** n).sum()) / n,
    ],
    "this is the share of one prompt, or of all reviews together: the best of k is higher": [
        lambda p, n, k: p,
        of_f(lambda f, k: (1 - f).sum()),
    ],
    "the k trials are pooled into one of n * k reviews: each prompt has n of its own": [
        given(lambda p, n, k: (p, n * k, k)),
    ],
    "this is pmf, the probability of exactly m: at most m is cdf": [
        lambda p, n, k: float((1 - of_binomial(p, n, k)[:n] ** k).sum()) / n,
        lambda p, n, k: float((of_binomial(p, n, k) ** k).sum()) / n,
    ],
    "this is 0 each time: perhaps // stands for /, or binom.cdf has not the order m, n, accuracy": [
        lambda p, n, k: 0.0
    ],
    "a bracket is missing: n divides the last part alone, and belongs under the whole sum": [
        of_f(lambda f, k: len(f) * (1 - f**k / len(f)).sum()),
        of_f(lambda f, k: len(f) * (len(f) - (f**k).sum() / len(f))),
    ],
    (
        "this is 1 - (1 - accuracy)**k, the probability that some prompt is right on one review: "
        "take F(m)**k for each m, then the sum"
    ): [lambda p, n, k: 1 - (1 - p) ** k],
    "the sum was taken before 1 - or before the power: both belong to each m": [
        of_f(lambda f, k: 1 - f.sum() ** k),
        of_f(lambda f, k: 1 - (f**k).sum()),
        of_f(lambda f, k: len(f) * (1 - f.sum() ** k)),
        of_f(lambda f, k: len(f) * (1 - (f**k).sum())),
        of_f(lambda f, k: len(f) - f.sum() ** k),
        of_f(lambda f, k: (1 - f).sum() ** k),
        of_f(lambda f, k: len(f) * (f.sum() / len(f)) ** k),
        lambda p, n, k: p**k,
        lambda p, n, k: 1 - p**k,
    ],
    "^ is no power in Python: write **": [
        lambda p, n, k: below_n(p, n) ^ k,
        lambda p, n, k: float(below_n(p, n)[0]) ^ k,
    ],
    "the first term is halved, as in the trapezoid rule: sum whole terms": [
        of_f(lambda f, k: (1 - f**k).sum() - (1 - f[0] ** k) / 2),
    ],
    "this is a product over m: sum over it": [of_f(lambda f, k: (1 - f**k).prod())],
    "the first term alone is there: perhaps `return` stands inside the loop": [
        of_f(lambda f, k: 1 - f[0] ** k),
        of_f(lambda f, k: len(f) * (1 - f[0] ** k)),
    ],
    (
        "the last term alone is there, the probability that some prompt has all right: perhaps the "
        "sum is set anew in each round"
    ): [
        of_f(lambda f, k: 1 - f[-1] ** k),
        of_f(lambda f, k: len(f) * (1 - f[-1] ** k)),
        lambda p, n, k: float(1 - at_most(p, n, n) ** k),
    ],
    "this is the probability that one prompt has all right, or that none has": [
        lambda p, n, k: p**n,
        lambda p, n, k: (1 - p**n) ** k,
    ],
    "the expected value of the count misses its weights: sum m * P(best = m), or 1 - F(m)**k": [
        lambda p, n, k: float((numpy.arange(n + 1) * of_binomial(p, n, k) ** k).sum()) / n,
        lambda p, n, k: float((numpy.arange(n + 1) * at_most(
            p, n, numpy.arange(n + 1)) ** k).sum()) / n,
        of_f(lambda f, k: (numpy.arange(len(f)) * (1 - f**k)).sum()),
        of_f(lambda f, k: (numpy.arange(1, len(f) + 1) * (1 - f**k)).sum()),
        lambda p, n, k: k * float((numpy.arange(n + 1) * of_binomial(p, n, k) * at_most(
            p, n, numpy.arange(n + 1)) ** (k - 1)).sum()) / n,
    ],
    "this is the likeliest or the middle value of the best share: the expected one is the mean": [
        lambda p, n, k: float(of_maximum(p, n, k).argmax()) / n,
        lambda p, n, k: float(stats.binom.ppf(0.5 ** (1 / k), n, p)) / n,
    ],
    "this is a quantile of one prompt's share: the expected value of the best is a sum": [
        lambda p, n, k: float(stats.binom.ppf(1 - 1 / k, n, p)) / n,
        lambda p, n, k: float(stats.binom.ppf(k / (k + 1), n, p)) / n,
        lambda p, n, k: float(stats.binom.ppf(0.975, n, p)) / n,
        lambda p, n, k: float(stats.binom.ppf(0.95, n, p)) / n,
    ],
    "this takes the normal distribution for the binomial one, which is exact": [
        normal(lambda k: float(stats.norm.ppf(1 - 1 / k))),
        normal(lambda k: float(stats.norm.ppf(k / (k + 1)))),
        normal(lambda k: float(stats.norm.ppf((k - 0.375) / (k + 0.25)))),
        normal(lambda k: math.sqrt(2 * math.log(k))),
        normal(largest_of_normals),
    ],
    "this adds a fixed number of standard errors, whatever k is": [
        normal(lambda k: 1.0), normal(lambda k: 1.96), normal(lambda k: 2.0)],
    "this is what the best is ahead by: return the best share, `accuracy` included": [
        lambda p, n, k: right_best(p, n, k) - p
    ],
    "these are percents: return a share between 0 and 1": [
        scaled(lambda best, n, k: 100 * best)
    ],
    "the share is rounded: return it as it is": [
        *(scaled(lambda best, n, k, d=d: round(best, d)) for d in (4, 3, 2, 1)),  # type: ignore
        scaled(lambda best, n, k: round(n * best) / n),
    ],
    "400 reviews or 24 prompts are written into the formula: take n and k": [
        given(lambda p, n, k: (p, 400, k)),
        given(lambda p, n, k: (p, n, 24)),
        given(lambda p, n, k: (p, 400, 24)),
        scaled(lambda best, n, k: n * best / 400),
    ],
    "an accuracy of 0.8 is written into the formula: take `accuracy`": [
        given(lambda p, n, k: (0.8, n, k))
    ],
    "range(n) is no array, and has no power: binom.cdf(range(n), n, accuracy) gives one": [
        lambda p, n, k: (1 - range(n) ** k),
        lambda p, n, k: 1 - list(below_n(p, n)) ** k,
    ],
}  # fmt: skip
