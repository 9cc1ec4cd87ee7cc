"""Settings are checked at the door: each function returns the value, or raises one clear sentence.

The sentence has the setting's name, the value that came, and what is allowed. Call them before
anything is changed, so that a refused call leaves everything as it was.
"""

import math
import numbers
from collections.abc import Collection, Iterable
from typing import Any

from course_utils.errors import CourseError


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """A whole number from ``least`` to ``most``, as int; ``True`` and ``8.0`` are none.

    Raises:
        CourseError: it is something else.
    """
    fits = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not fits or value < least or (most is not None and value > most):
        allowed = f"from {least} to {most}" if most is not None else f"of at least {least}"
        raise refusal(name, value, f"a whole number {allowed}")
    return int(value)


def number(
    name: str, value: Any, *, least: float | None = None, above: float | None = None,
    most: float | None = None, below: float | None = None,
) -> float:  # fmt: skip
    """A finite number within bounds, as float.

    Args:
        name: of the setting.
        value: what came.
        least, most: bounds that are allowed themselves.
        above, below: bounds that are not.

    Raises:
        CourseError: it is something else, or NaN, or infinite.
    """
    bounds = (
        ("of at least", least, lambda bound: value >= bound),
        ("above", above, lambda bound: value > bound),
        ("of at most", most, lambda bound: value <= bound),
        ("below", below, lambda bound: value < bound),
    )
    given = [(words, bound, holds) for words, bound, holds in bounds if bound is not None]
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value) or not all(holds(bound) for _, bound, holds in given):
        words = " and ".join(f"{words} {bound:g}" for words, bound, _ in given)
        raise refusal(name, value, f"a finite number {words}".rstrip())
    return float(value)


def one_of(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """One of a few values.

    Raises:
        CourseError: it is none of them.
    """
    if not any(value is choice or value == choice for choice in allowed):
        raise refusal(name, value, f"one of {', '.join(map(str, allowed))}")
    return value


def names(name: str, value: Any, example: str) -> tuple[str, ...]:
    """Several strings, as a tuple: a single string, which would be read letter by letter, is none.

    Args:
        name: of the setting.
        value: what came.
        example: how it would look right, for the message.

    Raises:
        CourseError: it is one string, empty, or not of strings.
    """
    found = () if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
    if not found or not all(isinstance(item, str) and item for item in found):
        raise refusal(name, value, f"a list of names, such as {example}")
    return found


def refusal(name: str, value: Any, allowed: str) -> CourseError:
    """The sentence on a setting that was refused."""
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return CourseError(f"{name} = {shown} cannot be used", f"give {allowed}")
