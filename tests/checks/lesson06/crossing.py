"""Answers to ``crossing``."""

import math

import numpy
import torch
from scipy.optimize import brentq


def by_places(labels, leads):
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    if i == len(leads) - 1:
        return math.inf
    share = leads[i] / (leads[i] - leads[i + 1])
    return labels[i] * (labels[i + 1] / labels[i]) ** share


def from_the_end(labels, leads):
    if leads[-1] <= 0:
        return float("inf")
    for i in range(len(leads) - 2, -1, -1):
        if leads[i] <= 0:
            a, b = math.log10(labels[i]), math.log10(labels[i + 1])
            return 10 ** (a + (b - a) * (0 - leads[i]) / (leads[i + 1] - leads[i]))
    return labels[0]


def by_numpy(labels, leads):
    y = numpy.array(leads)
    if (y > 0).all():
        return labels[0]
    i = numpy.flatnonzero(y <= 0)[-1]
    if i + 1 == len(y):
        return numpy.inf
    return numpy.exp(numpy.interp(0, y[i : i + 2], numpy.log(labels[i : i + 2])))


def by_torch(labels, leads):
    x, y = torch.tensor(labels).double().log2(), torch.tensor(leads).double()
    if y[-1] <= 0:
        return torch.tensor(torch.inf)
    if (y > 0).all():
        return torch.tensor(labels[0])
    i = int((y <= 0).nonzero()[-1])
    return 2 ** torch.lerp(x[i], x[i + 1], -y[i] / (y[i + 1] - y[i]))


def by_loop(labels, leads):
    found = labels[0] if leads[0] > 0 else math.inf
    for a, b, low, high in zip(labels, labels[1:], leads, leads[1:]):
        if high <= 0:
            found = math.inf
        elif low <= 0:
            found = math.exp((math.log(a) * high - math.log(b) * low) / (high - low))
    return found


def by_root(labels, leads):
    points = list(zip(labels, leads))
    while points and points[-1][1] > 0:
        points.pop()
    left = len(points)
    if left == len(labels):
        return numpy.float64(math.inf)
    if left == 0:
        return labels[0]
    (a, b), ends = numpy.log(labels[left - 1 : left + 1]), leads[left - 1 : left + 1]
    return math.exp(brentq(lambda x: numpy.interp(x, (a, b), ends), a, b, xtol=1e-12))


def read(name, between, never="math.inf", always="x[0]", sign="<= 0", pick="-1"):
    """An answer with another part; the text ``between`` is of two points, (a, u) and (b, v)."""
    source = f"""def {name}(x, y):
    behind = [i for i, lead in enumerate(y) if lead {sign}]
    if not behind:
        return {always}
    i = behind[{pick}]
    if i + 1 == len(y):
        return {never}
    a, b, u, v = x[i], x[i + 1], y[i], y[i + 1]
    return {between}
"""
    scope = {"math": math}
    exec(source, scope)
    return scope[name]


USUAL = "a * (b / a) ** (u / (u - v))"


def first_time(labels, leads):
    if leads[0] > 0:
        return labels[0]
    for i in range(1, len(leads)):
        if leads[i] > 0:
            share = leads[i - 1] / (leads[i - 1] - leads[i])
            return labels[i - 1] * (labels[i] / labels[i - 1]) ** share
    return math.inf


def last_time_from_below(labels, leads):
    found = labels[0] if leads[0] > 0 else math.inf
    for a, b, u, v in zip(labels, labels[1:], leads, leads[1:]):
        if u <= 0 < v:
            found = a * (b / a) ** (u / (u - v))
    return found


def as_logarithm(labels, leads):
    return math.log10(by_places(labels, leads))


def rounded(labels, leads):
    found = by_places(labels, leads)
    return found if math.isinf(found) else round(found)


def other_method(labels, leads):
    return by_places(labels, [-lead for lead in leads])


def numpy_alone(labels, leads):
    return 10 ** numpy.interp(0, leads, numpy.log10(labels))


def all_of_them(labels, leads):
    rows = zip(labels, labels[1:], leads, leads[1:])
    return [a * (b / a) ** (u / (u - v)) for a, b, u, v in rows if u <= 0 < v]


def place_of_it(labels, leads):
    return max((i + 1 for i, lead in enumerate(leads) if lead <= 0), default=0)


def NEXT(answer):
    never, found = answer([16, 64, 256], [3, 1, -2]), answer([16, 64, 256], [-2, 2, 3])
    assert f"{never:.0f} {found:.0f}" == "inf 32"


RIGHT = [by_places, from_the_end, by_numpy, by_torch, by_loop, by_root]
WRONG = [
    (read("plain_axis", "a + (b - a) * u / (u - v)"), "not over the labels"),
    (first_time, "for the first time"),
    (last_time_from_below, "does not stay ahead"),
    (read("end_instead", USUAL, never="x[-1]"), "does not stay ahead"),
    (read("zero_instead", USUAL, never="0"), "does not stay ahead"),
    (read("zero_at_all", USUAL, always="0"), "where it is ahead at all points"),
    (read("never_at_all", USUAL, always="math.inf"), "where it is ahead at all points"),
    (read("next_point", "b"), "the next number of labels"),
    (read("point_before", "a"), "the last number of labels"),
    (read("wrong_end", "b * (a / b) ** (u / (u - v))"), "from the wrong end"),
    (read("turned_share", "a * (b / a) ** (u / (v - u))"), "sign of the share"),
    (read("part_of_rise", "a * (b / a) ** (-u / v)"), "the divisor of the share"),
    (read("middle", "math.sqrt(a * b)"), "the middle of two points"),
    (read("mean", "(a + b) / 2"), "the middle of two points"),
    (as_logarithm, "this is a logarithm"),
    (read("log_between", f"math.log10({USUAL})"), "this is a logarithm"),
    (read("mixed", f"10 ** math.log({USUAL})"), "two logarithms are mixed"),
    (other_method, "the lead is turned"),
    (read("level", USUAL, sign="< 0"), "level is not ahead"),
    (numpy_alone, "interp wants values that rise"),
    (rounded, "perhaps it is rounded"),
    (place_of_it, "a place in the list"),
    (all_of_them, "a list of crossings"),
    (read("nan", USUAL, never="math.nan"), "nan is no number"),
    (read("nothing", USUAL, never="None"), "end in `return`"),
]
