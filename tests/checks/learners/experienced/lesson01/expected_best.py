"""Answers to ``expected_best``: the best of k equally good prompts."""

import math

import numpy as np
import torch
from scipy import integrate, special, stats


def right_as_printed(accuracy, n, k):
    m = np.arange(n)
    return float((1 - stats.binom.cdf(m, n, accuracy) ** k).sum() / n)


def right_by_distribution_of_best(accuracy, n, k):
    """First the probability of each best count, then its mean."""
    counts = np.arange(n + 1)
    best = np.diff(stats.binom.cdf(counts, n, accuracy) ** k, prepend=0.0)
    return float(best @ counts / n)


def right_in_logarithms(accuracy, n, k):
    """1 - exp(k log F) with expm1, which keeps the digits of small probabilities."""
    log_f = stats.binom(n, accuracy).logcdf(np.arange(n))
    return float(-np.expm1(k * log_f).mean())


def right_special_function(accuracy, n, k):
    """One m at a time, with the binomial distribution function of scipy.special."""
    return math.fsum(1 - special.bdtr(m, n, accuracy) ** k for m in range(n)) / n


def right_incomplete_beta(accuracy, n, k):
    """P(more than m of n) is the incomplete beta function I_p(m + 1, n - m)."""
    m = np.arange(n)
    more = special.betainc(m + 1, n - m, accuracy)
    return (1 - (1 - more) ** k).mean()


def right_complement(accuracy, n, k):
    """1 minus the mean of F^k; the probabilities come from a recursion over the reviews."""
    pmf = np.array([1.0])
    for _ in range(n):
        pmf = np.convolve(pmf, [1 - accuracy, accuracy])
    return 1 - sum(f**k for f in np.cumsum(pmf)[:-1].tolist()) / n


def right_torch(accuracy, n, k):
    """A running sum of probabilities in float64."""
    counts = torch.arange(n + 1, dtype=torch.float64)
    rate = torch.tensor(accuracy, dtype=torch.float64)
    pmf = torch.distributions.Binomial(n, probs=rate).log_prob(counts).exp()
    return (1 - pmf.cumsum(0)[:-1].clamp(max=1) ** k).mean().item()


def wrong_mean_over_all_counts(accuracy, n, k):
    """Takes the mean over the n + 1 counts 0 to n: the last adds 0, but the divisor is n + 1."""
    m = np.arange(n + 1)
    return float(np.mean(1 - stats.binom.cdf(m, n, accuracy) ** k))


def wrong_trapezoid(accuracy, n, k):
    """Integrates the tail with the trapezoid rule, which halves the first term."""
    m = np.arange(n + 1)
    return float(integrate.trapezoid(1 - stats.binom.cdf(m, n, accuracy) ** k, dx=1 / n))


def wrong_at_least(accuracy, n, k):
    """Adds the probabilities of at least m, not more than m, by F(m - 1)."""
    m = np.arange(n)
    return float((1 - stats.binom.cdf(m - 1, n, accuracy) ** k).sum() / n)


def wrong_survival_power(accuracy, n, k):
    """Raises the survival function to the power k: that all exceed m, so the worst prompt."""
    return float(np.sum(stats.binom.sf(np.arange(n), n, accuracy) ** k) / n)


def wrong_power_of_mean(accuracy, n, k):
    """Takes the mean of F first and its power k after."""
    return float(1 - np.mean(stats.binom.cdf(np.arange(n), n, accuracy)) ** k)


def wrong_pooled(accuracy, n, k):
    """Puts all k n reviews together, instead of taking n for each of k prompts."""
    m = np.arange(n * k)
    return float((1 - stats.binom.cdf(m, n * k, accuracy)).sum() / (n * k))


def wrong_normal_order_statistic(accuracy, n, k):
    """Takes the exact mean of the highest of k normal variables, with the binomial's spread."""
    z = np.linspace(-9, 9, 20_001)
    density = k * stats.norm.cdf(z) ** (k - 1) * stats.norm.pdf(z)
    highest = integrate.trapezoid(z * density, z)
    return float(accuracy + highest * math.sqrt(accuracy * (1 - accuracy) / n))


def wrong_extreme_value(accuracy, n, k):
    """Uses the bound sqrt(2 ln k) for the highest of k normal variables as if it were the mean."""
    spread = math.sqrt(accuracy * (1 - accuracy) / n)
    return min(1.0, accuracy + spread * math.sqrt(2 * math.log(k)))


def wrong_simulated(accuracy, n, k):
    """Simulates 2,000 rounds, so that the third digit is chance."""
    draws = np.random.default_rng(0).binomial(n, accuracy, size=(2_000, k))
    return float(draws.max(axis=1).mean() / n)


def wrong_median(accuracy, n, k):
    """Gives the median of the best share, not its mean."""
    return float(stats.binom.ppf(0.5 ** (1 / k), n, accuracy) / n)


def wrong_mean_rank(accuracy, n, k):
    """Takes the quantile at k / (k + 1), the mean rank of the highest: not the mean itself."""
    return float(stats.binom.ppf(k / (k + 1), n, accuracy) / n)


def wrong_gain(accuracy, n, k):
    """Gives by how much the best share exceeds the accuracy, not the best share."""
    m = np.arange(n)
    return float((1 - stats.binom.cdf(m, n, accuracy) ** k).mean() - accuracy)


def wrong_union_bound(accuracy, n, k):
    """Adds the k probabilities that a prompt exceeds m (at most 1): only a bound."""
    more = k * stats.binom.sf(np.arange(n), n, accuracy)
    return float(np.minimum(1, more).mean())


SAYS = {
    "wrong_mean_over_all_counts": "the sum is divided by n + 1: its mean over 0 to n was taken",
    "wrong_trapezoid": "the first term is halved, as in the trapezoid rule: sum whole",
    "wrong_at_least": "F is one count too low: P(at most m - 1) stands where P(at",
    "wrong_survival_power": "this is the share of the worst prompt: perhaps the power",
    "wrong_power_of_mean": "this is 1 - (1 - accuracy)**k, the probability that some",
    "wrong_pooled": "this is the share of one prompt, or of all reviews together:",
    "wrong_normal_order_statistic": "this takes the normal distribution for the binomial one,",
    "wrong_extreme_value": "this takes the normal distribution for the binomial one,",
    "wrong_simulated": "this is near, and not exact: perhaps it is simulated,",
    "wrong_median": "this is the likeliest or the middle value of the best share:",
    "wrong_mean_rank": "this is a quantile of one prompt's share: the expected value",
    "wrong_gain": "this is what the best is ahead by: return the best share,",
    "wrong_union_bound": "F was multiplied by k: all k get at most m with probability",
}
