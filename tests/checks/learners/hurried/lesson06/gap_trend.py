"""Answers to exercise 3: the gap's trend."""

import math

import numpy as np
import scipy.stats
import torch


def right_formula(sizes, gaps):
    x = np.log10(np.array(sizes))
    y = np.array(gaps)
    n = len(x)
    sxx = ((x - x.mean()) ** 2).sum()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / sxx
    r = y - y.mean() - slope * (x - x.mean())
    error = np.sqrt((r**2).sum() / (n - 2) / sxx)
    t = scipy.stats.t.ppf(0.975, n - 2)
    return slope, slope - t * error, slope + t * error


def right_linregress(sizes, gaps):
    result = scipy.stats.linregress([math.log10(s) for s in sizes], gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return result.slope, result.slope - t * result.stderr, result.slope + t * result.stderr


def right_plain_python(sizes, gaps):
    n = len(sizes)
    x = [math.log(s, 10) for s in sizes]
    mx, my = sum(x) / n, sum(gaps) / n
    sxx = sum((a - mx) ** 2 for a in x)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, gaps)) / sxx
    rss = sum((b - my - slope * (a - mx)) ** 2 for a, b in zip(x, gaps))
    half = scipy.stats.t.ppf(0.975, n - 2) * math.sqrt(rss / (n - 2) / sxx)
    return [slope, slope - half, slope + half]


def right_torch_float(sizes, gaps):
    x = torch.log10(torch.tensor(sizes, dtype=torch.float32))
    y = torch.tensor(gaps, dtype=torch.float32)
    x, y = x - x.mean(), y - y.mean()
    slope = (x * y).sum() / (x**2).sum()
    r = y - slope * x
    error = torch.sqrt((r**2).sum() / (len(x) - 2) / (x**2).sum())
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * error
    return torch.stack([slope, slope - half, slope + half])


def wrong_no_log(sizes, gaps):
    """Forgets the logarithm and fits over the sizes themselves."""
    fit = scipy.stats.linregress(sizes, gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


def wrong_log_e(sizes, gaps):
    """Uses log, which is the natural logarithm, for log10."""
    fit = scipy.stats.linregress(np.log(sizes), gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


def wrong_log2(sizes, gaps):
    """Uses log2: the change for twice the size."""
    fit = scipy.stats.linregress(np.log2(sizes), gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


def numbers(sizes, gaps):
    """Slope, squared residuals, spread of x, n and t."""
    x, y = np.log10(sizes), np.array(gaps)
    x, y = x - x.mean(), y - y.mean()
    slope = (x * y).sum() / (x**2).sum()
    n = len(x)
    return slope, ((y - slope * x) ** 2).sum(), (x**2).sum(), n, scipy.stats.t.ppf(0.975, n - 2)


def wrong_n_minus_one(sizes, gaps):
    """Divides the squared residuals by n - 1."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 1) / sxx)
    return slope, slope - half, slope + half


def wrong_n(sizes, gaps):
    """Divides the squared residuals by n."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / n / sxx)
    return slope, slope - half, slope + half


def wrong_n_minus_one_everywhere(sizes, gaps):
    """Has n - 1 degrees of freedom in the error and in the quantile."""
    slope, rss, sxx, n, _ = numbers(sizes, gaps)
    half = scipy.stats.t.ppf(0.975, n - 1) * math.sqrt(rss / (n - 1) / sxx)
    return slope, slope - half, slope + half


def wrong_no_root(sizes, gaps):
    """Forgets the root."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * rss / (n - 2) / sxx
    return slope, slope - half, slope + half


def wrong_196(sizes, gaps):
    """Uses 1.96 in place of Student's quantile."""
    slope, rss, sxx, n, _ = numbers(sizes, gaps)
    half = 1.96 * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_one_error(sizes, gaps):
    """Goes one error to each side and forgets the quantile."""
    slope, rss, sxx, n, _ = numbers(sizes, gaps)
    error = math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - error, slope + error


def wrong_half_of_half(sizes, gaps):
    """Takes t errors for the whole width: half of it to each side."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 2) / sxx) / 2
    return slope, slope - half, slope + half


def wrong_half_returned(sizes, gaps):
    """Returns the slope and the half width, two numbers and not the two ends."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    return slope, t * math.sqrt(rss / (n - 2) / sxx)


def wrong_ends_without_slope(sizes, gaps):
    """Returns -half and +half, not added to the slope."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 2) / sxx)
    return slope, -half, half


def wrong_ends_swapped(sizes, gaps):
    """Returns the upper end before the lower one."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope + half, slope - half


def wrong_slope_only(sizes, gaps):
    """Returns the slope alone."""
    return numbers(sizes, gaps)[0]


def wrong_axes(sizes, gaps):
    """Swaps the axes: the change of the log of the size for each point of the gap."""
    fit = scipy.stats.linregress(gaps, np.log10(sizes))
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


def wrong_ppf_of_95(sizes, gaps):
    """Uses ppf(0.95), of which 5 % lie above: a 90 % interval."""
    slope, rss, sxx, n, _ = numbers(sizes, gaps)
    half = scipy.stats.t.ppf(0.95, n - 2) * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_ends_of_the_ladder(sizes, gaps):
    """Takes the slope from the first to the last point."""
    _, rss, sxx, n, t = numbers(sizes, gaps)
    slope = (gaps[-1] - gaps[0]) / math.log10(sizes[-1] / sizes[0])
    half = t * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_no_spread(sizes, gaps):
    """Forgets to divide by the spread of x."""
    slope, rss, _, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 2))
    return slope, slope - half, slope + half


def wrong_mean_spread(sizes, gaps):
    """Divides by the variance of x where the formula has a sum."""
    slope, rss, sxx, n, t = numbers(sizes, gaps)
    half = t * math.sqrt(rss / (n - 2) / (sxx / n))
    return slope, slope - half, slope + half


def wrong_four_sizes(sizes, gaps):
    """Has the 2 degrees of freedom of four sizes written in."""
    slope, rss, sxx, _, _ = numbers(sizes, gaps)
    half = scipy.stats.t.ppf(0.975, 2) * math.sqrt(rss / 2 / sxx)
    return slope, slope - half, slope + half


def wrong_rvalue(sizes, gaps):
    """Unpacks linregress in the wrong order: the correlation for the error."""
    slope, _, error, _, _ = scipy.stats.linregress(np.log10(sizes), gaps)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * error
    return slope, slope - half, slope + half


def wrong_list_log(sizes, gaps):
    """Takes the logarithm of a list with math.log10: TypeError."""
    fit = scipy.stats.linregress(math.log10(sizes), gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


def wrong_int_sizes(sizes, gaps):
    """Rounds the logarithms to whole powers of ten."""
    fit = scipy.stats.linregress([len(str(int(s))) - 1 for s in sizes], gaps)
    t = scipy.stats.t.ppf(0.975, len(sizes) - 2)
    return fit.slope, fit.slope - t * fit.stderr, fit.slope + t * fit.stderr


SAYS = {
    "wrong_no_log": "the line is over the size itself: take",
    "wrong_log_e": "the logarithm is another: with base 10",
    "wrong_log2": "the logarithm is another: with base 10",
    "wrong_n_minus_one": "the squared residuals are divided by",
    "wrong_n": "the squared residuals are divided by",
    "wrong_n_minus_one_everywhere": "the degrees of freedom are n - 2: a line",
    "wrong_no_root": "the root is missing: the variance of",
    "wrong_196": "1.96 is the normal quantile: with few",
    "wrong_one_error": "this is one standard error to each side:",
    "wrong_half_of_half": "the interval is half as wide as it should",
    "wrong_half_returned": "the interval is missing: return the slope",
    "wrong_ends_without_slope": "these are no ends of an interval: take",
    "wrong_ends_swapped": "the order is (slope, low, high); perhaps",
    "wrong_slope_only": "the interval is missing: return the slope",
    "wrong_axes": "the axes are exchanged: the gap depends",
    "wrong_ppf_of_95": "the quantile is that of a 90 % interval:",
    "wrong_ends_of_the_ladder": "this is the slope from the first point",
    "wrong_no_spread": "this is the scatter about the line: how",
    "wrong_mean_spread": "the sum of (x - mean) ** 2 is not to",
    "wrong_four_sizes": "four points are written in: n is the",
    "wrong_rvalue": "the third number of linregress is the",
    "wrong_list_log": "the logarithm takes one number at a time:",
}
