"""``early_stop`` (lesson 6): the end of a training with patience, and its best weights."""

import random
from typing import Any

import numpy
import torch

from course_utils.checks.core.compare import compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson06.early_stop_mistakes import STOP_MISTAKES, right_stop
from course_utils.checks.lesson06.telling import MORE, telling_cases

WHAT = "two whole numbers, (stopped, best)"
HINTS = (
    "what has to be remembered from one validation to the next? The place of the lowest loss so "
    "far is enough",
    "for number, loss in enumerate(losses): is loss below losses[best]? Then number is the best",
    "number - best is how many validations in a row brought no progress: break if that is patience",
)


@exercise(hints=HINTS, mistakes=STOP_MISTAKES)
def early_stop(answer: Any, numbers: random.Random) -> None:
    """Curves that fall, stay level or rise, with equal losses; some end before patience does."""
    cases = telling_cases(lambda: draw(numbers), right_stop, STOP_MISTAKES)
    cases += [draw(numbers) for _ in range(MORE)]
    compare(answer, cases, right_stop, STOP_MISTAKES, read_stop)


def draw(numbers: random.Random) -> tuple[list[float], int]:
    """Losses in hundredths, so that some are equal, one at times just lower, and a patience."""
    fall, count = numbers.choice((-1, 0, 1, 2)), numbers.randint(5, 12)
    losses = [(60 + numbers.randint(0, 6) - fall * n) / 100 for n in range(count)]
    if numbers.random() < 0.3:
        place = numbers.randint(1, count - 1)
        losses[place] = round(min(losses[:place]) - 1e-5, 5)
    return losses, numbers.randint(2, 4)


def read_stop(value: Any) -> tuple[int, int]:
    """Read two whole numbers.

    Raises:
        Mistake, WrongForm: they are something else.
    """
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        value = value.tolist()
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise WrongForm(f"return {WHAT}", WHAT, show(value))
    plain: list[Any] = [
        v.item() if isinstance(v, (torch.Tensor, numpy.generic)) else v for v in value
    ]
    for item in plain:
        if isinstance(item, float) and item.is_integer():
            raise Mistake(
                "a place in a list is a whole number, int and not float", WHAT, repr(value)
            )
        if isinstance(item, bool) or not isinstance(item, int):
            kind = type(item).__name__
            raise WrongForm(f"both are places in the list, int and not {kind}", WHAT, show(value))
    return plain[0], plain[1]
