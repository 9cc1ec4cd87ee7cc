"""Answers to ``gap_trend``: the slope of a gap over log10(size), with its interval."""

import math

import numpy as np
from scipy import optimize, stats


def _line(x, y):
    x, y = np.asarray(x, float), np.asarray(y, float)
    dx = x - x.mean()
    slope = (dx * y).sum() / (dx * dx).sum()
    residuals = y - y.mean() - slope * dx
    return slope, (residuals**2).sum(), (dx**2).sum(), len(x)


def right_formula(sizes, gaps):
    slope, rss, sxx, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.975, n - 2) * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def right_covariance(sizes, gaps):
    def line(x, a, b):
        return a + b * x

    best, covariance = optimize.curve_fit(line, np.log10(sizes), gaps)
    half = stats.t(len(sizes) - 2).ppf(0.975) * np.sqrt(covariance[1][1])
    return best[1], best[1] - half, best[1] + half


def right_lstsq(sizes, gaps):
    X = np.vander(np.log10(sizes), 2)
    (slope, _), rss, *_ = np.linalg.lstsq(X, np.array(gaps), rcond=None)
    error = (float(rss[0]) / (len(gaps) - 2) * np.linalg.inv(X.T @ X)[0, 0]) ** 0.5
    low, high = stats.t.interval(0.95, len(gaps) - 2, loc=slope, scale=error)
    return (slope, low, high)


def right_natural_turned(sizes, gaps):
    slope, rss, sxx, n = _line(np.log(sizes), gaps)
    half = stats.t.isf(0.025, n - 2) * (rss / (n - 2) / sxx) ** 0.5
    return [math.log(10) * v for v in (slope, slope - half, slope + half)]


def wrong_natural(sizes, gaps):
    """Takes the natural logarithm."""
    slope, rss, sxx, n = _line([math.log(s) for s in sizes], gaps)
    half = stats.t.ppf(0.975, n - 2) * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_z(sizes, gaps):
    """Takes the normal quantile."""
    slope, rss, sxx, n = _line(np.log10(sizes), gaps)
    half = stats.norm.ppf(0.975) * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_freedom(sizes, gaps):
    """Takes n - 1 degrees of freedom."""
    slope, rss, sxx, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.975, n - 1) * math.sqrt(rss / (n - 1) / sxx)
    return slope, slope - half, slope + half


def wrong_one_sided(sizes, gaps):
    """Takes the one-sided quantile."""
    slope, rss, sxx, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.95, n - 2) * math.sqrt(rss / (n - 2) / sxx)
    return slope, slope - half, slope + half


def wrong_no_spread(sizes, gaps):
    """Leaves out how wide the sizes are spread."""
    slope, rss, _, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.975, n - 2) * math.sqrt(rss / (n - 2))
    return slope, slope - half, slope + half


def wrong_root(sizes, gaps):
    """Forgets the root."""
    slope, rss, sxx, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.975, n - 2) * rss / (n - 2) / sxx
    return slope, slope - half, slope + half


def wrong_mean_error(sizes, gaps):
    """Takes the standard error of a mean."""
    slope, rss, _, n = _line(np.log10(sizes), gaps)
    half = stats.t.ppf(0.975, n - 2) * math.sqrt(rss / (n - 2) / n)
    return slope, slope - half, slope + half


def wrong_error_only(sizes, gaps):
    """Returns one standard error to each side."""
    fit = stats.linregress(np.log10(sizes), gaps)
    return fit.slope, fit.slope - fit.stderr, fit.slope + fit.stderr


def wrong_axes(sizes, gaps):
    """Exchanges the two arguments of linregress."""
    fit = stats.linregress(gaps, np.log10(sizes))
    half = stats.t.ppf(0.975, len(gaps) - 2) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


def wrong_sizes(sizes, gaps):
    """Takes no logarithm."""
    fit = stats.linregress(sizes, gaps)
    half = stats.t.ppf(0.975, len(gaps) - 2) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


def wrong_order(sizes, gaps):
    """Returns the ends with the slope between them."""
    return tuple(sorted(right_formula(sizes, gaps)))


def wrong_half_width(sizes, gaps):
    """Returns the half-width in the place of the ends."""
    slope, low, _ = right_formula(sizes, gaps)
    return slope, slope - low


SAYS = {
    "wrong_natural": "the logarithm is another",
    "wrong_z": "the normal quantile",
    "wrong_freedom": "degrees of freedom are n - 2",
    "wrong_one_sided": "90 % interval",
    "wrong_no_spread": "the scatter about the line",
    "wrong_root": "the root is missing",
    "wrong_mean_error": "a root of n too many",
    "wrong_error_only": "one standard error",
    "wrong_axes": "axes are exchanged",
    "wrong_sizes": "over the size itself",
    "wrong_order": "the order is",
    "wrong_half_width": "the interval is missing",
}
