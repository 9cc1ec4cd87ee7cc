"""A guess that a learner wrote down before a measurement, and its answer afterwards (all lessons).

The guess stands in a cell of the notebook, as ``guess = None`` that the learner changes, so the
notebook keeps it.
"""

from typing import Any

from course_utils.errors import CourseError
from course_utils.validate import number


def answer(guess: Any, measured: float, unit: str, digits: int = 0) -> str:
    """What was measured, beside what the learner guessed.

    Args:
        guess: a number in the same unit; None where none was written.
        measured: the number that answers it.
        unit: such as ``points``; empty for a share.
        digits: decimals that are shown.

    Returns:
        One sentence. A guess that is no number is said to be none, and the lesson goes on.
    """
    found = f"Measured: {_text(measured, unit, digits)}."
    if guess is None or guess is ...:
        return f"{found} (No guess was written.)"
    try:
        guessed = number("The guess", guess)
    except CourseError as error:
        return f"{found} {error}"
    return f"{found} Your guess: {_text(guessed, unit, digits)}."


def _text(value: float, unit: str, digits: int) -> str:
    return f"{value:,.{digits}f} {unit}".rstrip()
