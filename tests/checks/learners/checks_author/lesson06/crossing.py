"""Answers to ``crossing``: from how many labels on one method stays ahead."""

import math

import numpy as np


def right_reversed(labels, leads):
    points = list(zip(labels, leads))[::-1]
    if points[0][1] <= 0:
        return math.inf
    for (b, high), (a, low) in zip(points, points[1:]):
        if low <= 0:
            return math.exp(math.log(a) + (math.log(b) - math.log(a)) * -low / (high - low))
    return labels[0]


def right_line(labels, leads):
    start = max((i for i in range(len(leads)) if leads[i] <= 0), default=-1)
    if start == -1:
        return labels[0]
    if start == len(leads) - 1:
        return np.inf
    x = np.log10(labels)
    slope = (leads[start + 1] - leads[start]) / (x[start + 1] - x[start])
    return 10 ** (x[start] - leads[start] / slope)


def right_recursive(labels, leads):
    if all(lead > 0 for lead in leads):
        return labels[0]
    if len(leads) == 1 or leads[-1] <= 0:
        return math.inf
    if any(lead <= 0 for lead in leads[1:]):
        return right_recursive(labels[1:], leads[1:])
    ratio = labels[1] / labels[0]
    return labels[0] * ratio ** (-leads[0] / (leads[1] - leads[0]))


def right_weights(labels, leads):
    """The two logarithms, weighted by the distance of the other."""
    ahead = len(leads)
    while ahead and leads[ahead - 1] > 0:
        ahead -= 1
    if ahead in (0, len(leads)):
        return labels[0] if ahead == 0 else float("inf")
    low, high = -leads[ahead - 1], leads[ahead]
    logs = np.log2(labels[ahead - 1 : ahead + 1])
    return np.exp2((logs[0] * high + logs[1] * low) / (low + high))


def _between(labels, leads, reading):
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    return reading(labels[i], labels[i + 1], leads[i], leads[i + 1])


def wrong_linear(labels, leads):
    """Draws the line over the labels themselves."""
    return _between(labels, leads, lambda a, b, u, v: a - u * (b - a) / (v - u))


def wrong_first(labels, leads):
    """Stops at the first crossing."""
    if leads[0] > 0:
        return labels[0]
    i = next((i for i, lead in enumerate(leads) if lead > 0), None)
    if i is None:
        return math.inf
    part = -leads[i - 1] / (leads[i] - leads[i - 1])
    return labels[i - 1] * (labels[i] / labels[i - 1]) ** part


def wrong_measured(labels, leads):
    """Returns the number of labels at which it was seen ahead."""
    return _between(labels, leads, lambda a, b, u, v: b)


def wrong_exponent(labels, leads):
    """Returns the logarithm."""
    return _between(labels, leads, lambda a, b, u, v: math.log10(a * (b / a) ** (u / (u - v))))


def wrong_exp_of_log10(labels, leads):
    """Takes exp of a logarithm with base 10."""
    return _between(
        labels, leads, lambda a, b, u, v: math.exp(math.log10(a * (b / a) ** (u / (u - v))))
    )


def wrong_half(labels, leads):
    """Takes the middle."""
    return _between(labels, leads, lambda a, b, u, v: (a * b) ** 0.5)


def wrong_share(labels, leads):
    """Counts the share from the other point."""
    return _between(labels, leads, lambda a, b, u, v: a * (b / a) ** (v / (v - u)))


def wrong_never(labels, leads):
    """Returns the last number of labels where it never gets ahead."""
    found = right_line(labels, leads)
    return labels[-1] if math.isinf(found) else found


def wrong_always(labels, leads):
    """Returns 0 where it is ahead at all points."""
    return 0 if min(leads) > 0 else right_line(labels, leads)


def wrong_sign(labels, leads):
    """Takes the lead of the other method."""
    return right_line(labels, [-lead for lead in leads])


def wrong_whole(labels, leads):
    """Rounds up to whole labels."""
    found = right_line(labels, leads)
    return found if math.isinf(found) else math.ceil(found)


SAYS = {
    "wrong_linear": "and not over the labels",
    "wrong_first": "for the first time",
    "wrong_measured": "the next number of labels",
    "wrong_exponent": "this is a logarithm",
    "wrong_exp_of_log10": "two logarithms are mixed",
    "wrong_half": "the middle of two points",
    "wrong_share": "from the wrong end",
    "wrong_never": "does not stay ahead",
    "wrong_always": "where it is ahead at all points",
    "wrong_sign": "the lead is turned",
    "wrong_whole": "perhaps it is rounded",
}
