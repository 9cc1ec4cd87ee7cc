"""``crossing`` (lesson 6): from how many labels on a method stays ahead of another."""

import random
from typing import Any

from course_utils.checks.core.compare import UNKNOWN, compare, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson06.crossing_mistakes import CROSSING_MISTAKES, right_crossing
from course_utils.checks.lesson06.telling import MORE, telling_cases

WHAT = "one number of labels, or math.inf"
NEAR = "this is less than one label off: perhaps it is rounded; return it as it is read off"
HINTS = (
    "which is the last point at which the method is not ahead? The crossing lies between it and "
    "the next one; two cases have no such pair",
    "if the lead is -3 here and 1 at the next point, the line passes 0 after three quarters of the "
    "way: the share is leads[i] / (leads[i] - leads[i + 1])",
    "on a logarithmic axis, a share of the way from a to b is a * (b / a) ** share",
)


@exercise(hints=HINTS, mistakes=CROSSING_MISTAKES)
def crossing(answer: Any, numbers: random.Random) -> None:
    """Curves that cross once, several times or never, with leads of 0."""
    cases = telling_cases(lambda: draw(numbers), right_crossing, CROSSING_MISTAKES)
    cases += [draw(numbers) for _ in range(MORE)]
    try:
        compare(answer, cases, right_crossing, CROSSING_MISTAKES, read_labels)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN and is_near(answer, cases):
            mistake.likely = NEAR
        raise


def draw(numbers: random.Random) -> tuple[list[float], list[float]]:
    """Leads at 3 to 6 numbers of labels; their mean rises, is level or falls."""
    points, rise = numbers.randint(3, 6), numbers.choice((-2, 0, 2, 4))
    labels, leads = [numbers.randint(5, 20)], []
    while len(labels) < points:
        labels.append(round(labels[-1] * numbers.uniform(1.5, 6)))
    for i in range(points):
        level = rise * (i - numbers.choice((0, points / 2)))
        leads.append(0 if numbers.random() < 0.15 else round(level + numbers.uniform(-6, 6), 1))
    return [float(count) for count in labels], [float(lead) for lead in leads]


def is_near(answer: Any, cases: list[tuple]) -> bool:
    """Are the answer's values the right ones, or less than a label beside them?"""
    pairs = [(read_labels(answer(*case)), right_crossing(*case)) for case in cases]
    return all(got == right or abs(got - right) < 1 + 1e-6 for got, right in pairs)


def read_labels(value: Any) -> float:
    """Read one number.

    Raises:
        WrongForm: it is something else, or nan.
    """
    found = number(value, WHAT)
    if found != found:
        raise WrongForm("nan is no number: where none is found, return math.inf", WHAT, show(value))
    return found
