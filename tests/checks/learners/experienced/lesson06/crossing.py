"""Answers to ``crossing``: from how many labels on a method stays ahead."""

import math

import numpy as np
import pandas as pd
import torch
from scipy.interpolate import interp1d
from scipy.optimize import brentq


def right_from_the_end(labels, leads):
    if leads[-1] <= 0:
        return math.inf
    i = len(leads) - 1
    while i > 0 and leads[i - 1] > 0:
        i -= 1
    if i == 0:
        return labels[0]
    a, b, u, v = labels[i - 1], labels[i], leads[i - 1], leads[i]
    return a * (b / a) ** (u / (u - v))


def right_numpy_logs(labels, leads):
    x, y = np.log(np.asarray(labels, float)), np.asarray(leads, float)
    behind = np.flatnonzero(y <= 0)
    if behind.size == 0:
        return float(labels[0])
    i = behind[-1]
    if i + 1 == len(y):
        return np.inf
    return np.exp(np.interp(0.0, y[i : i + 2], x[i : i + 2]))


def right_torch_log2(labels, leads):
    x = torch.tensor(labels, dtype=torch.float64).log2()
    y = torch.tensor(leads, dtype=torch.float64)
    ahead = (y > 0).flip(0).long().cumprod(0).sum().item()  # at the end, without a gap
    if ahead == 0:
        return torch.tensor(math.inf)
    if ahead == len(y):
        return x[0].exp2().round()
    i = len(y) - ahead - 1
    return torch.lerp(x[i], x[i + 1], y[i] / (y[i] - y[i + 1])).exp2()


def right_root_finder(labels, leads):
    """Looks for the zero of the straight line between the last two points of unlike sign."""
    pairs = list(zip(labels, leads))
    if leads[-1] <= 0:
        return float("inf")
    for (a, u), (b, v) in reversed(list(zip(pairs, pairs[1:]))):
        if u <= 0 < v:
            line = interp1d([math.log10(a), math.log10(b)], [u, v])
            return 10 ** brentq(line, math.log10(a), math.log10(b), xtol=1e-14)
    return labels[0]


def right_pandas(labels, leads):
    curve = pd.Series(leads, index=np.log(labels), dtype=float)
    behind = curve[curve <= 0]
    if behind.empty:
        return labels[0]
    after = curve[curve.index > behind.index[-1]]
    if after.empty:
        return math.inf
    a, b, u, v = behind.index[-1], after.index[0], behind.iloc[-1], after.iloc[0]
    return float(np.exp((a * v - b * u) / (v - u)))


def right_weighted_geometric_mean(labels, leads):
    found = labels[0] if leads[0] > 0 else math.inf
    for a, b, u, v in zip(labels, labels[1:], leads, leads[1:]):
        if v <= 0:
            found = math.inf
        elif u <= 0:
            found = a ** (v / (v - u)) * b ** (-u / (v - u))
    return found


def wrong_linear(labels, leads):
    """Interpolates over the labels themselves, not over their logarithm."""
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    share = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] + share * (labels[i + 1] - labels[i])


def wrong_first_crossing(labels, leads):
    """Takes the first time that the lead passes 0, though it falls behind again."""
    if min(leads) > 0:
        return labels[0]
    if leads[-1] <= 0:
        return math.inf
    for a, b, u, v in zip(labels, labels[1:], leads, leads[1:]):
        if u <= 0 < v:
            return a * (b / a) ** (u / (u - v))
    return math.inf


def wrong_last_upward(labels, leads):
    """Takes the last upward crossing, also if it falls behind again afterwards."""
    found = labels[0] if min(leads) > 0 else math.inf
    for a, b, u, v in zip(labels, labels[1:], leads, leads[1:]):
        if u <= 0 < v:
            found = a * (b / a) ** (u / (u - v))
    return found


def wrong_level_is_ahead(labels, leads):
    """Counts a lead of exactly 0 as ahead."""
    behind = [i for i, lead in enumerate(leads) if lead < 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    share = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** share


def wrong_any_change_of_sign(labels, leads):
    """Takes the last change of sign, upwards or downwards."""
    signs = np.sign(leads)
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if changes.size == 0:
        return labels[0] if leads[0] > 0 else math.inf
    i = changes[-1]
    share = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** share


def wrong_measured_point(labels, leads):
    """Returns the first measured number of labels at which it stays ahead: no line between."""
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    return labels[behind[-1] + 1] if behind[-1] + 1 < len(labels) else math.inf


def wrong_interp_of_all(labels, leads):
    """Gives np.interp the whole curve; leads that do not ascend make that meaningless."""
    if leads[-1] <= 0:
        return math.inf
    if min(leads) > 0:
        return labels[0]
    return float(np.exp(np.interp(0, leads, np.log(labels))))


def wrong_share_from_above(labels, leads):
    """Measures the share from the far end: v / (v - u) where it is u / (u - v)."""
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    share = leads[i + 1] / (leads[i + 1] - leads[i])
    return labels[i] * (labels[i + 1] / labels[i]) ** share


def wrong_whole_labels(labels, leads):
    """Rounds up, since half a label cannot be bought."""
    found = right_from_the_end(labels, leads)
    return found if math.isinf(found) else math.ceil(found)


def wrong_fit_of_a_line(labels, leads):
    """Fits one straight line through all leads and takes its zero."""
    if leads[-1] <= 0:
        return math.inf
    if min(leads) > 0:
        return labels[0]
    slope, height = np.polyfit(np.log(labels), leads, 1)
    return float(np.exp(-height / slope))


def wrong_nan_for_never(labels, leads):
    """Returns nan where the method is not ahead at the last number of labels."""
    return math.nan if leads[-1] <= 0 else right_from_the_end(labels, leads)


def wrong_extrapolates(labels, leads):
    """Goes on along the last line beyond the measured labels, where inf was asked for."""
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = min(behind[-1], len(leads) - 2)
    share = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** share


def wrong_doubled(labels, leads):
    """Takes each number of labels for twice the one before."""
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    return labels[i] * 2 ** (leads[i] / (leads[i] - leads[i + 1]))


SAYS = {
    "wrong_linear": "the line is straight over the logarithm",
    "wrong_first_crossing": "this is where it gets ahead for the first",
    "wrong_last_upward": "a method that is behind at the last point",
    "wrong_level_is_ahead": "level is not ahead: a lead of 0 counts",
    "wrong_any_change_of_sign": "a method that is behind at the last point",
    "wrong_measured_point": "this is the next number of labels that",
    "wrong_interp_of_all": "interp wants values that rise from first",
    "wrong_share_from_above": "the share of the way is counted from",
    "wrong_whole_labels": "this is less than one label off: perhaps",
    "wrong_nan_for_never": "nan is no number: where none is found,",
    "wrong_doubled": "the numbers of labels need not double:",
}
