"""Answers to exercise 2: the crossing."""

import math

import numpy as np


def right_loop(labels, leads):
    answer = labels[0]
    for i in range(len(leads)):
        if leads[i] <= 0:
            if i == len(leads) - 1:
                answer = math.inf
            elif leads[i + 1] > 0:
                s = leads[i] / (leads[i] - leads[i + 1])
                answer = labels[i] * (labels[i + 1] / labels[i]) ** s
    return answer


def right_log10(labels, leads):
    if leads[-1] <= 0:
        return float("inf")
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            a, b = math.log10(labels[i]), math.log10(labels[i + 1])
            s = -leads[i] / (leads[i + 1] - leads[i])
            return 10 ** (a + s * (b - a))
    return float(labels[0])


def right_numpy_where(labels, leads):
    leads = np.array(leads)
    if (leads > 0).all():
        return labels[0]
    if not leads[-1] > 0:
        return np.inf
    i = np.where(leads <= 0)[0].max()
    s = abs(leads[i]) / (abs(leads[i]) + leads[i + 1])
    return labels[i] ** (1 - s) * labels[i + 1] ** s


def right_pop(labels, leads):
    labels, leads = list(labels), list(leads)
    a, u = labels.pop(), leads.pop()
    if u <= 0:
        return math.inf
    while labels:
        b, v = a, u
        a, u = labels.pop(), leads.pop()
        if u <= 0:
            return a * math.exp(math.log(b / a) * u / (u - v))
    return a


def wrong_two_levels(labels, leads):
    """Makes a share of every point behind: where two leads in a row are equal, divides by 0."""
    answer = labels[0]
    for i in range(len(leads)):
        if leads[i] <= 0:
            if i == len(leads) - 1:
                answer = math.inf
            else:
                s = leads[i] / (leads[i] - leads[i + 1])
                answer = labels[i] * (labels[i + 1] / labels[i]) ** s
    return answer


def wrong_straight_over_labels(labels, leads):
    """Forgets the logarithm: a + s * (b - a)."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            s = leads[i] / (leads[i] - leads[i + 1])
            return labels[i] + s * (labels[i + 1] - labels[i])
    return labels[0]


def wrong_first(labels, leads):
    """Returns the first crossing in place of the last."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 1):
        if leads[i] <= 0 and leads[i + 1] > 0:
            s = leads[i] / (leads[i] - leads[i + 1])
            return labels[i] * (labels[i + 1] / labels[i]) ** s
    return labels[0]


def wrong_no_inf(labels, leads):
    """Does not look at the end: if it falls behind again, it returns the crossing before."""
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0 and leads[i + 1] > 0:
            s = leads[i] / (leads[i] - leads[i + 1])
            return labels[i] * (labels[i + 1] / labels[i]) ** s
    return labels[0]


def wrong_none(labels, leads):
    """Returns None if it is not ahead at the last."""
    if leads[-1] <= 0:
        return None
    return right_loop(labels, leads)


def wrong_index_error(labels, leads):
    """Reads the point after the last if it is behind there: IndexError."""
    behind = [i for i in range(len(leads)) if leads[i] <= 0]
    if len(behind) == 0:
        return labels[0]
    i = behind[-1]
    s = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** s


def wrong_zero_labels(labels, leads):
    """Returns 0 if it is ahead at all of them, not the first number of labels."""
    return 0 if min(leads) > 0 else right_loop(labels, leads)


def wrong_max_of_empty(labels, leads):
    """Takes the last place behind, and there may be none: ValueError."""
    i = max(i for i in range(len(leads)) if leads[i] <= 0)
    if i == len(leads) - 1:
        return math.inf
    s = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** s


def wrong_rounded(labels, leads):
    """Rounds to whole labels."""
    x = right_loop(labels, leads)
    return x if x == math.inf else round(x)


def wrong_sign(labels, leads):
    """Divides by u + v, so the share is negative or above 1."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            s = leads[i] / (leads[i] + leads[i + 1])
            return labels[i] * (labels[i + 1] / labels[i]) ** s
    return labels[0]


def wrong_returns_log(labels, leads):
    """Returns the logarithm of the number of labels."""
    x = right_loop(labels, leads)
    return math.log10(x)


def wrong_place(labels, leads):
    """Returns the place in the list instead of the labels there."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            return i + leads[i] / (leads[i] - leads[i + 1])
    return 0


def wrong_level(labels, leads):
    """Uses >= 0: level counts as ahead."""
    if leads[-1] < 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] < 0:
            s = leads[i] / (leads[i] - leads[i + 1])
            return labels[i] * (labels[i + 1] / labels[i]) ** s
    return labels[0]


def wrong_product(labels, leads):
    """Multiplies by the share where it is an exponent."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            s = leads[i] / (leads[i] - leads[i + 1])
            return labels[i] * (labels[i + 1] / labels[i]) * s
    return labels[0]


def wrong_point_before(labels, leads):
    """Returns the last measured number of labels at which it was behind."""
    if leads[-1] <= 0:
        return math.inf
    behind = [n for n, lead in zip(labels, leads) if lead <= 0]
    return behind[-1] if behind else labels[0]


def wrong_middle(labels, leads):
    """Takes the middle between the two points, whatever the leads there."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            return math.sqrt(labels[i] * labels[i + 1])
    return labels[0]


def wrong_other_method(labels, leads):
    """Looks from where on the lead is below 0: the other method's crossing."""
    return right_loop(labels, [-x for x in leads])


def wrong_large_number(labels, leads):
    """Returns the last number of labels where it should be inf."""
    return labels[-1] if leads[-1] <= 0 else right_loop(labels, leads)


def wrong_bracket(labels, leads):
    """Writes u / u - v without the bracket."""
    if leads[-1] <= 0:
        return math.inf
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            s = leads[i] / leads[i] - leads[i + 1] if leads[i] else 0
            return labels[i] * (labels[i + 1] / labels[i]) ** s
    return labels[0]


SAYS = {
    "wrong_two_levels": "a divisor can be 0: think of that case",
    "wrong_straight_over_labels": "the line is straight over the logarithm",
    "wrong_first": "this is where it gets ahead for the first",
    "wrong_no_inf": "a method that is behind at the last point",
    "wrong_none": "does every way through the function end",
    "wrong_index_error": "an index goes beyond the end: the last",
    "wrong_zero_labels": "where it is ahead at all points, return",
    "wrong_max_of_empty": "where it is ahead at all points, return",
    "wrong_rounded": "this is less than one label off: perhaps",
    "wrong_sign": "the divisor of the share is the whole",
    "wrong_returns_log": "this is a logarithm: turn it back into",
    "wrong_place": "this is a place in the list: return a",
    "wrong_level": "level is not ahead: a lead of 0 counts",
    "wrong_product": "the share of the way is an exponent:",
    "wrong_point_before": "this is the last number of labels where",
    "wrong_middle": "this is the middle of two points: the",
    "wrong_other_method": "the lead is turned: above 0 the method",
    "wrong_large_number": "a method that is behind at the last point",
    "wrong_bracket": "the divisor of the share is the whole",
}
