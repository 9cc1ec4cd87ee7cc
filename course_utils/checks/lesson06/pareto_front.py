"""``pareto_front`` (lesson 6): the methods that no other one dominates."""

import random
from typing import Any

from course_utils.checks.core.compare import compare
from course_utils.checks.core.exercise import exercise
from course_utils.checks.lesson06.pareto_front_mistakes import PARETO_MISTAKES, right_front
from course_utils.checks.lesson06.telling import MORE, telling_cases
from course_utils.checks.lesson06.truths import read_truths

WHAT = "one truth value a method, a list of False and True"
HINTS = (
    "look at one method, and ask of every other: is it as good in all, and better in one?",
    "a trick: with the accuracy turned in sign, low is good in all, and (-accuracy, *cost) is a "
    "point that can be compared number by number",
    "one dominates another if one != other and all(x <= y for x, y in zip(one, other)); a method "
    "is on the front if that is so of not any of the points",
)


@exercise(hints=HINTS, mistakes=PARETO_MISTAKES)
def pareto_front(answer: Any, numbers: random.Random) -> None:
    """Tables of methods with equal values, equal methods, and one to four costs."""
    cases = telling_cases(lambda: draw(numbers), right_front, PARETO_MISTAKES)
    cases += [draw(numbers) for _ in range(MORE)] + [([0.8], [(numbers.randint(1, 9), 2.0)])]
    compare(answer, cases, right_front, PARETO_MISTAKES, lambda value: read_truths(value, WHAT))


def draw(numbers: random.Random) -> tuple[list[float], list[tuple[float, ...]]]:
    """From 3 to 6 methods with few different values; some are equal to another in all."""
    methods, kinds = numbers.randint(3, 6), numbers.randint(1, 4)
    accuracies = [numbers.choice((0.8, 0.82, 0.86, 0.9)) for _ in range(methods)]
    costs = [tuple(numbers.choice((0, 2, 3.5, 5)) for _ in range(kinds)) for _ in range(methods)]
    if numbers.random() < 0.3:
        accuracies[-1], costs[-1] = accuracies[0], costs[0]
    return accuracies, costs
