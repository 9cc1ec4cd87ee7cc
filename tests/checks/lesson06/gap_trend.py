"""Answers to ``gap_trend``."""

import math
import statistics

import numpy
import scipy.stats
import torch


def by_torch(sizes, gaps):
    x, y = torch.tensor(sizes).double().log10(), torch.tensor(gaps).double()
    x, y = x - x.mean(), y - y.mean()
    slope = x @ y / (x @ x)
    residuals = y - slope * x
    error = (residuals @ residuals / (len(x) - 2) / (x @ x)).sqrt()
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * error
    return slope, slope - half, slope + half


def by_scipy(sizes, gaps):
    fit = scipy.stats.linregress(numpy.log10(sizes), gaps)
    half = scipy.stats.t.isf(0.025, len(sizes) - 2) * fit.stderr
    return [fit.slope, fit.slope - half, fit.slope + half]


def by_matrix(sizes, gaps):
    X = numpy.stack([numpy.ones(len(sizes)), numpy.log10(sizes)], axis=1)
    inverse = numpy.linalg.inv(X.T @ X)
    weights = inverse @ X.T @ gaps
    variance = ((gaps - X @ weights) ** 2).sum() / (len(gaps) - 2) * inverse[1, 1]
    half = scipy.stats.t(len(gaps) - 2).ppf(0.975) * variance**0.5
    return weights[1] + numpy.array([0, -half, half])


def by_sums(sizes, gaps):
    x, n = [math.log10(size) for size in sizes], len(sizes)
    mx, my = sum(x) / n, sum(gaps) / n
    sxx = sum((a - mx) ** 2 for a in x)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, gaps)) / sxx
    squares = sum((b - my - slope * (a - mx)) ** 2 for a, b in zip(x, gaps))
    half = scipy.stats.t.ppf(0.975, n - 2) * math.sqrt(squares / (n - 2) / sxx)
    return slope, slope - half, slope + half


def by_polyfit(sizes, gaps):
    x = numpy.log(sizes) / math.log(10)
    slope, intercept = numpy.polyfit(x, gaps, 1)
    squares = numpy.sum((gaps - intercept - slope * x) ** 2)
    error = numpy.sqrt(squares / (len(x) - 2)) / (x.std() * len(x) ** 0.5)
    return (slope, *scipy.stats.t.interval(0.95, len(x) - 2, slope, error))


def by_correlation(sizes, gaps):
    x, n = [math.log10(size) for size in sizes], len(sizes)
    slope, _ = statistics.linear_regression(x, gaps)
    r = statistics.correlation(x, gaps)
    error = abs(slope) * math.sqrt((1 / r**2 - 1) / (n - 2))
    half = float(scipy.stats.t.ppf(0.975, n - 2)) * error
    return slope, slope - half, slope + half


PARTS = {
    "x": "np.log10(sizes)", "y": "np.array(gaps)", "divisor": "n - 2", "freedom": "n - 2",
    "quantile": "t.ppf(0.975, freedom)", "error": "np.sqrt(squares / divisor / sxx)",
    "half": "quantile * error", "value": "(slope, slope - half, slope + half)",
}  # fmt: skip


def of(name, **parts):
    """An answer with other parts."""
    p = PARTS | parts
    source = f"""def {name}(sizes, gaps):
    n, x, y = len(sizes), {p["x"]}, {p["y"]}
    sxx = ((x - x.mean()) ** 2).sum()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / sxx
    intercept = y.mean() - slope * x.mean()
    squares = ((y - intercept - slope * x) ** 2).sum()
    divisor, freedom = {p["divisor"]}, {p["freedom"]}
    quantile = {p["quantile"]}
    error = {p["error"]}
    half = {p["half"]}
    return {p["value"]}
"""
    scope = {"np": numpy, "t": scipy.stats.t, "math": math}
    exec(source, scope)
    return scope[name]


def plain_math(sizes, gaps):
    return math.log10(sizes)


def whole_result(sizes, gaps):
    return scipy.stats.linregress(numpy.log10(sizes), gaps)


def origin(sizes, gaps):
    x, y = numpy.log10(sizes), numpy.array(gaps)
    slope = x @ y / (x @ x)
    squares = ((y - slope * x) ** 2).sum()
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * (squares / (len(x) - 2) / (x @ x)) ** 0.5
    return slope, slope - half, slope + half


def scales_the_list(sizes, gaps):
    result = by_sums(sizes, gaps)
    gaps[:] = [gap / 100 for gap in gaps]
    return result


def NEXT(answer):
    slope, low, high = answer([135_000_000, 360_000_000, 1_700_000_000], [9.0, 8.0, 4.0])
    assert f"{slope:.2f} {low:.2f} {high:.2f}" == "-4.67 -16.95 7.60"
    assert not high < 0


RIGHT = [by_torch, by_scipy, by_matrix, by_sums, by_polyfit, by_correlation]
WRONG = [
    (of("natural", x="np.log(sizes)"), "the logarithm is another"),
    (of("base_2", x="np.log2(sizes)"), "the logarithm is another"),
    (of("no_logarithm", x="np.array(sizes, float)"), "over the size itself"),
    (of("normal", quantile="1.96"), "the normal quantile"),
    (of("freedom_1", freedom="n - 1"), "degrees of freedom"),
    (of("freedom_0", freedom="n"), "degrees of freedom"),
    (of("both_1", freedom="n - 1", divisor="n - 1"), "degrees of freedom"),
    (of("divisor_1", divisor="n - 1"), "are divided by n - 2"),
    (of("divisor_0", divisor="n"), "are divided by n - 2"),
    (of("one_sided", quantile="t.ppf(0.95, freedom)"), "90 % interval"),
    (of("of_99", quantile="t.ppf(0.995, freedom)"), "the quantile is another"),
    (of("scatter", error="np.sqrt(squares / divisor)"), "the scatter about the line"),
    (of("no_root", error="squares / divisor / sxx"), "the root is missing"),
    (of("deviation_of_x", error="np.sqrt(squares / divisor) / x.std()"), "standard deviation of x"),
    (of("error_of_mean", error="np.sqrt(squares / divisor / n)"), "a root of n too many"),
    (of("mean_kept", error="np.sqrt(squares / divisor / (x ** 2).sum())"), "not taken off"),
    (of("about_the_mean", error="np.sqrt(((y - y.mean()) ** 2).sum() / divisor / sxx)"),
     "distances from the line"),
    (of("no_quantile", half="error"), "one standard error"),
    (of("exchanged", x="np.array(gaps)", y="np.log10(sizes)"), "axes are exchanged"),
    (origin, "goes through 0"),
    (of("sign", value="(-slope, -slope - half, -slope + half)"), "the sign is turned"),
    (of("sorted_ends", value="(slope - half, slope, slope + half)"), "the order is"),
    (of("no_ends", value="(slope, half, half)"), "no ends of an interval"),
    (of("height", value="(intercept, intercept - half, intercept + half)"), "the height of"),
    (of("correlation", value="(r := slope * (sxx / ((y - y.mean()) ** 2).sum()) ** 0.5, r - half,"
        " r + half)"), "the correlation"),
    (of("slope_alone", value="slope"), "the interval is missing"),
    (of("with_error", value="(slope, error)"), "the interval is missing"),
    (of("ends_alone", value="(slope - half, slope + half)"), "the slope is missing"),
    (of("nested", value="(slope, (slope - half, slope + half))"), "is nested"),
    (whole_result, "whole result of a regression"),
    (plain_math, "one number at a time"),
    (scales_the_list, "in place"),
]  # fmt: skip
