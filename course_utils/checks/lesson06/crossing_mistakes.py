"""What learners get wrong in ``crossing``."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from course_utils.checks.core.compare import Mistakes
from course_utils.measure.crossing import crossing as right_crossing

Curve = list[float]
Between = Callable[[float, float, float, float], Any]  # labels and leads, before and after


def logarithmic(a: float, b: float, lead: float, after: float) -> float:
    """The right reading between two points."""
    return a * (b / a) ** (lead / (lead - after))


def read(between: Between, never: float = math.inf, always: float | None = None) -> Callable:
    """The last time that the lead passes 0.

    Args:
        between: what is read off between two points.
        never: where the method is not ahead at the last point.
        always: where it is ahead at all; the first number of labels if None.
    """

    def answer(labels: Curve, leads: Curve) -> Any:
        behind = [i for i, lead in enumerate(leads) if lead <= 0]
        if not behind:
            return labels[0] if always is None else always
        i = behind[-1]
        return never if i + 1 == len(leads) else between(*labels[i : i + 2], *leads[i : i + 2])

    return answer


def rises(labels: Curve, leads: Curve, between: Between = logarithmic) -> list[Any]:
    """Each time that the lead passes 0 from below."""
    places = [i for i in range(len(leads) - 1) if leads[i] <= 0 < leads[i + 1]]
    return [between(*labels[i : i + 2], *leads[i : i + 2]) for i in places]


def first_rise(labels: Curve, leads: Curve, between: Between = logarithmic) -> Any:
    """The first time that the lead passes 0, from below."""
    if leads[0] > 0:
        return labels[0]
    return next(iter(rises(labels, leads, between)), math.inf)


def but_ends(wrong: Callable[[Curve, Curve], Any]) -> Callable[[Curve, Curve], Any]:
    """A wrong answer, right where the method is ahead at all points, or not at the last."""
    return lambda x, y: right_crossing(x, y) if min(y) > 0 or y[-1] <= 0 else wrong(x, y)


def first_sign(labels: Curve, leads: Curve) -> float:
    """The first time that the lead changes its sign, either way."""
    for i in range(len(leads) - 1):
        if (leads[i] > 0) != (leads[i + 1] > 0):
            return logarithmic(*labels[i : i + 2], *leads[i : i + 2])
    return labels[0] if leads[0] > 0 else math.inf


def last_sign(labels: Curve, leads: Curve, sign: Callable = lambda lead: lead > 0) -> float:
    """The last time that the lead changes its sign, either way."""
    for i in reversed(range(len(leads) - 1)):
        if sign(leads[i]) != sign(leads[i + 1]):
            return logarithmic(*labels[i : i + 2], *leads[i : i + 2])
    return labels[0] if leads[0] > 0 else math.inf


def last_rise(ahead: Callable[[Curve], bool]) -> Callable[[Curve, Curve], float]:
    """The last time that the lead passes 0 from below, even if it falls again later.

    Args:
        ahead: of the leads that never do so, which are taken for ahead at all points?
    """

    def answer(labels: Curve, leads: Curve) -> float:
        otherwise = labels[0] if ahead(leads) else math.inf
        return [otherwise, *rises(labels, leads)][-1]

    return answer


def level_is_ahead(labels: Curve, leads: Curve) -> float:
    """A lead of 0 counts as ahead."""
    behind = [i for i, lead in enumerate(leads) if lead < 0]
    if not behind:
        return labels[0]
    i = behind[-1]
    last = i + 1 == len(leads)
    return math.inf if last else logarithmic(*labels[i : i + 2], *leads[i : i + 2])


def by_interp(labels: Curve, leads: Curve) -> float:
    """NumPy's interpolation, which wants leads that rise."""
    return float(10 ** numpy.interp(0, leads, numpy.log10(labels)))


def of_right(change: Callable[[float], Any]) -> Callable[[Curve, Curve], Any]:
    """A wrong answer, made of the right one."""
    return lambda labels, leads: change(right_crossing(labels, leads))


def straight(a: float, b: float, lead: float, after: float) -> float:
    """On an axis without a logarithm."""
    return a + (b - a) * lead / (lead - after)


def turned(leads: Sequence[float]) -> Curve:
    """The other method's lead."""
    return [-lead for lead in leads]


CROSSING_MISTAKES: Mistakes = {
    "the line is straight over the logarithm of the labels, and not over the labels": [
        read(straight),
    ],
    (
        "this is where it gets ahead for the first time: it may fall behind again, so look for the "
        "last point at which it is not ahead"
    ): [
        first_rise,
        lambda x, y: first_rise(x, y, straight),
        but_ends(lambda x, y: rises(x, y)[0]),
        but_ends(lambda x, y: rises(x, y, straight)[0]),
    ],
    "this is where the lead changes its sign first, or goes to the other method": [
        first_sign,
    ],
    "a method that is behind at the last point does not stay ahead: return math.inf": [
        last_rise(lambda leads: leads[0] > 0),
        last_rise(lambda leads: min(leads) > 0),
        last_rise(lambda leads: True),
        last_sign,
        lambda labels, leads: last_sign(labels, leads, numpy.sign),
        read(logarithmic, never=0.0),
        read(logarithmic, never=-1.0),
        lambda labels, leads: read(logarithmic, never=labels[-1])(labels, leads),
    ],
    "where it is ahead at all points, return the first number of labels": [
        read(logarithmic, always=0.0),
        read(logarithmic, always=1.0),
        read(logarithmic, always=math.inf),
        read(logarithmic, always=-math.inf),
        lambda labels, leads: max(i for i, lead in enumerate(leads) if lead <= 0),
    ],
    "this is the next number of labels that was measured: read off where the line passes 0": [
        read(lambda a, b, lead, after: b),
        lambda x, y: first_rise(x, y, lambda a, b, lead, after: b),
    ],
    "this is the last number of labels where it is not ahead: read off where the line passes 0": [
        read(lambda a, b, lead, after: a),
    ],
    "the share of the way is counted from the wrong end: near 0 the lead, near its point": [
        read(lambda a, b, lead, after: b * (a / b) ** (lead / (lead - after))),
    ],
    "the sign of the share is turned: the lead before is negative, the one after positive": [
        read(lambda a, b, lead, after: a * (b / a) ** (-lead / (lead - after))),
    ],
    "the divisor of the share is the whole rise, the lead after less the lead before": [
        read(lambda a, b, lead, after: a * (b / a) ** (-lead / (lead + after) if lead + after
                                                       else math.inf)),
        read(lambda a, b, lead, after: a * (b / a) ** (-lead / after)),
        read(lambda a, b, lead, after: a * (b / a) ** (lead / (lead + after))),
        read(lambda a, b, lead, after: a * (b / a) ** (1 - after if lead else 0)),
    ],
    "the share of the way is an exponent: a * (b / a) ** share": [
        read(lambda a, b, lead, after: b * lead / (lead - after)),
    ],
    "the numbers of labels need not double: the next one is b / a times the one before": [
        read(lambda a, b, lead, after: a * 2 ** (lead / (lead - after))),
    ],
    "this is the middle of two points: the lead says how far the line has to go": [
        read(lambda a, b, lead, after: (a + b) / 2),
        read(lambda a, b, lead, after: math.sqrt(a * b)),
    ],
    "this is a logarithm: turn it back into a number of labels": [
        of_right(lambda found: math.log10(found)),
        of_right(lambda found: math.log(found)),
        of_right(lambda found: math.log2(found)),
        read(lambda *four: math.log10(logarithmic(*four))),
        read(lambda *four: math.log(logarithmic(*four))),
        read(lambda *four: math.log2(logarithmic(*four))),
    ],
    "two logarithms are mixed: log goes with exp, log10 with 10 **, log2 with 2 **": [
        read(lambda *four: 10 ** math.log(logarithmic(*four))),
        read(lambda *four: math.exp(math.log10(logarithmic(*four)))),
        read(lambda *four: 2 ** math.log(logarithmic(*four))),
        read(lambda *four: 2 ** math.log10(logarithmic(*four))),
    ],
    "the lead is turned: above 0 the method is ahead": [
        lambda labels, leads: right_crossing(labels, turned(leads)),
    ],
    "level is not ahead: a lead of 0 counts with those below": [level_is_ahead],
    "interp wants values that rise from first to last, and these leads do not always": [
        by_interp,
        but_ends(by_interp),
    ],
    "this is a place in the list: return a number of labels": [
        read(lambda a, b, lead, after: 0),
        lambda labels, leads: read(straight)(list(range(len(leads))), leads),
        lambda labels, leads: max([i for i, v in enumerate(leads) if v <= 0], default=0),
        lambda labels, leads: max([i + 1 for i, v in enumerate(leads) if v <= 0], default=0),
    ],
    "this is where the lead is largest: look for where it passes 0": [
        lambda labels, leads: labels[leads.index(max(leads))],
    ],
    "this is a list of crossings: return the last one": [
        rises,
    ],
}  # fmt: skip
