"""Answers to ``gap_trend``: a line over the logarithm of the size, and its interval."""

import math
import statistics

import numpy as np
import pandas as pd
import scipy.stats
import torch


def right_linregress(sizes, gaps):
    fit = scipy.stats.linregress(np.log10(sizes), gaps)
    low, high = scipy.stats.t.interval(0.95, len(sizes) - 2, loc=fit.slope, scale=fit.stderr)
    return fit.slope, low, high


def right_polyfit(sizes, gaps):
    (slope, _), covariance = np.polyfit(np.log10(sizes), gaps, 1, cov=True)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * math.sqrt(covariance[0, 0])
    return float(slope), float(slope - half), float(slope + half)


def right_design_matrix(sizes, gaps):
    X = np.column_stack([np.ones(len(sizes)), np.log10(sizes)])
    y = np.asarray(gaps, float)
    beta, *_ = np.linalg.lstsq(X, y, rcond=None)
    s2 = np.square(y - X @ beta).sum() / (len(y) - X.shape[1])
    error = np.sqrt(s2 * np.linalg.inv(X.T @ X)[1, 1])
    return beta[1] + np.array([0, -1, 1]) * scipy.stats.t.ppf(0.975, len(y) - 2) * error


def right_torch_lstsq(sizes, gaps):
    x = torch.tensor(sizes, dtype=torch.float64).log10()
    y = torch.tensor(gaps, dtype=torch.float64)
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    slope, height = torch.linalg.lstsq(design, y[:, None]).solution.flatten()
    rest = y - slope * x - height
    error = (rest.square().sum() / (len(x) - 2) / (x - x.mean()).square().sum()).sqrt()
    half = float(scipy.stats.t.ppf(0.975, len(x) - 2)) * error
    return slope, slope - half, slope + half


def right_standard_library(sizes, gaps):
    x = [math.log10(size) for size in sizes]
    line = statistics.linear_regression(x, gaps)
    rest = math.fsum((y - line.slope * a - line.intercept) ** 2 for a, y in zip(x, gaps))
    spread = statistics.pvariance(x) * len(x)
    half = scipy.stats.t.isf(0.025, len(x) - 2) * math.sqrt(rest / (len(x) - 2) / spread)
    return [line.slope, line.slope - half, line.slope + half]


def right_pandas_correlation(sizes, gaps):
    """From the correlation r: the error is slope * sqrt((1 / r^2 - 1) / (n - 2))."""
    frame = pd.DataFrame({"x": np.log10(sizes), "y": gaps})
    matrix = frame.cov()
    slope = matrix.loc["x", "y"] / matrix.loc["x", "x"]
    left = max(matrix.loc["y", "y"] - slope * matrix.loc["x", "y"], 0.0)
    error = math.sqrt(left / matrix.loc["x", "x"] / (len(frame) - 2))
    half = scipy.stats.t.ppf(0.975, len(frame) - 2) * error
    return slope, slope - half, slope + half


def wrong_natural_log(sizes, gaps):
    """Takes the natural logarithm: the slope is for e times the size."""
    fit = scipy.stats.linregress(np.log(sizes), gaps)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


def wrong_normal_quantile(sizes, gaps):
    """Takes 1.96, the normal quantile, which is far too short for a few sizes."""
    fit = scipy.stats.linregress(np.log10(sizes), gaps)
    return fit.slope, fit.slope - 1.96 * fit.stderr, fit.slope + 1.96 * fit.stderr


def wrong_one_sided_quantile(sizes, gaps):
    """Takes the 95 % quantile: the interval is one of 90 %."""
    fit = scipy.stats.linregress(np.log10(sizes), gaps)
    half = scipy.stats.t.ppf(0.95, len(sizes) - 2) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


def wrong_degrees_of_the_quantile(sizes, gaps):
    """Takes n - 1 degrees of freedom for the quantile."""
    fit = scipy.stats.linregress(np.log10(sizes), gaps)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 1) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


def wrong_maximum_likelihood_scatter(sizes, gaps):
    """Divides the squared residuals by n, as np.var does, not by n - 2."""
    x, y = np.log10(sizes), np.asarray(gaps, float)
    slope, height = np.polyfit(x, y, 1)
    error = np.std(y - slope * x - height) / (np.std(x) * math.sqrt(len(x)))
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * error
    return slope, slope - half, slope + half


def wrong_unscaled_covariance(sizes, gaps):
    """Asks polyfit for the unscaled covariance, in which the scatter does not count."""
    (slope, _), covariance = np.polyfit(np.log10(sizes), gaps, 1, cov="unscaled")
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * math.sqrt(covariance[0, 0])
    return slope, slope - half, slope + half


def wrong_intercept_first(sizes, gaps):
    """Takes polyfit's second number, the height of the line, for the slope."""
    (_, slope), covariance = np.polyfit(np.log10(sizes), gaps, 1, cov=True)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * math.sqrt(covariance[1, 1])
    return slope, slope - half, slope + half


def wrong_through_the_origin(sizes, gaps):
    """Fits a line without height: x is not centred."""
    x, y = np.log10(sizes), np.asarray(gaps, float)
    slope = x @ y / (x @ x)
    error = math.sqrt(np.square(y - slope * x).sum() / (len(x) - 2) / (x @ x))
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * error
    return slope, slope - half, slope + half


def wrong_spread_not_centred(sizes, gaps):
    """Has the right line, but divides the error by the sum of x^2, not centred."""
    x, y = np.log10(sizes), np.asarray(gaps, float)
    slope, height = np.polyfit(x, y, 1)
    error = math.sqrt(np.square(y - slope * x - height).sum() / (len(x) - 2) / (x @ x))
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * error
    return slope, slope - half, slope + half


def wrong_interval_of_the_gap(sizes, gaps):
    """Gives the scatter of single gaps about the line, and not the error of the slope."""
    x, y = np.log10(sizes), np.asarray(gaps, float)
    slope, height = np.polyfit(x, y, 1)
    scatter = math.sqrt(np.square(y - slope * x - height).sum() / (len(x) - 2))
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * scatter
    return slope, slope - half, slope + half


def wrong_estimate_in_the_middle(sizes, gaps):
    """Returns low, slope, high: in the order of their values, not the one asked for."""
    return tuple(sorted(right_linregress(sizes, gaps)))


def wrong_median_slope(sizes, gaps):
    """Takes the median of the slopes of all pairs (Theil and Sen), not least squares."""
    slope, _, low, high = scipy.stats.theilslopes(gaps, np.log10(sizes))
    return slope, low, high


def wrong_log1p(sizes, gaps):
    """Takes log1p, as is usual for counts: the natural logarithm of 1 + size."""
    fit = scipy.stats.linregress(np.log1p(sizes), gaps)
    half = scipy.stats.t.ppf(0.975, len(sizes) - 2) * fit.stderr
    return fit.slope, fit.slope - half, fit.slope + half


SAYS = {
    "wrong_natural_log": "the logarithm is another: with base 10",
    "wrong_normal_quantile": "1.96 is the normal quantile: with few",
    "wrong_one_sided_quantile": "the quantile is that of a 90 % interval:",
    "wrong_degrees_of_the_quantile": "the degrees of freedom are n - 2: a line",
    "wrong_maximum_likelihood_scatter": "the squared residuals are divided by",
    "wrong_unscaled_covariance": "the scatter is left out: the sum of the",
    "wrong_intercept_first": "this is the height of the line at log10(size)",
    "wrong_through_the_origin": "the line has no height of its own, so",
    "wrong_spread_not_centred": "the mean of x is not taken off in the",
    "wrong_interval_of_the_gap": "this is the scatter about the line: how",
    "wrong_estimate_in_the_middle": "the order is (slope, low, high); perhaps",
    "wrong_log1p": "the logarithm is another: with base 10",
}
