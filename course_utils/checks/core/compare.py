"""Find out which usual mistake gives a wrong answer.

A check has cases (arguments), a right function and a table of mistakes: each a sentence that names
it, and the wrong functions that make it. Where the learner's values differ from the right ones, the
first wrong function that explains them in every case gives the diagnosis. So a check judges
behaviour alone: whatever agrees with the right function passes, however it is written.

A wrong function of the table may raise, or return a value of a wrong type or shape: it explains an
answer that raises the same exception, with the same words, or returns the same value.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.describe import show, show_call
from course_utils.checks.core.difference import agree, show_difference
from course_utils.checks.core.outcome import AnswerRaised, Mistake, WrongForm

UNKNOWN = "none of the usual ones gives this: go through the steps one by one, on a small example"
CHANGES = (
    "the same call gives another value the second time: nothing random belongs here, and no "
    "variable outside the function that it changes"
)
Mistakes = dict[str, list[Callable]]  # {sentence: [wrong answers]}, the likeliest first


def compare(
    answer: Callable,
    cases: list[tuple],
    right: Callable,
    mistakes: Mistakes,
    read: Callable[..., Any],
    tolerance: float = 1e-5,
) -> list:
    """Compare a learner's function with the right one, case by case.

    Args:
        answer: the learner's function.
        cases: the arguments of each call.
        right: gives the right value for the same arguments.
        mistakes: the usual ones, the likeliest first.
        read: brings a learner's value into the form of ``right``'s; raises ``Mistake`` if its
            type or shape is not what was asked for.
        tolerance: the largest difference, absolute, and relative to numbers above 1.

    Returns:
        The learner's values as ``read`` gave them, one a case.

    Raises:
        Mistake: the values differ.
        NotAttempted, AnswerRaised: see ``calling.call``.
    """
    raw, got = [], []
    for case in cases:
        try:
            raw.append(call(answer, *case))
            got.append(read(raw[-1]))
        except AnswerRaised as raised:
            raised.likely = cause_of_raising(raised.error, case, mistakes)
            raise
        except Mistake as mistake:
            if len(raw) > len(got):  # it is the value that cannot be read, rather than the call
                if isinstance(mistake, WrongForm):
                    mistake.likely = same_value(raw[-1], case, mistakes) or mistake.likely
                mistake.call = show_call(answer, case, {})
            raise
    for case, value, shown in zip(cases, got, raw):
        expected = right(*case)
        if not agree(value, expected, tolerance):
            likely = explanation(cases, got, mistakes, tolerance)
            if likely == UNKNOWN and changes(answer, case, read, value):
                likely = CHANGES
            text = show_call(answer, case, {})
            if not same_form(shown, value):
                shown = value
            raise Mistake(likely, *show_difference(expected, shown, tolerance), text)
    return got


def explanation(cases: list[tuple], got: list, mistakes: Mistakes, tolerance: float) -> str:
    """The sentence of the first mistake that gives the same values in every case."""
    for sentence, wrong in pairs(mistakes):
        try:
            if all(agree(v, wrong(*case), tolerance) for case, v in zip(cases, got)):
                return sentence
        except Exception:
            continue  # this mistake cannot be made with these arguments, so it was not made
    return UNKNOWN


def changes(answer: Callable, case: tuple, read: Callable[..., Any], value: Any) -> bool:
    """Does the same call give something else than ``value`` in one of three more tries?"""
    try:
        return not all(agree(read(call(answer, *case)), value, 1e-9) for _ in range(3))
    except Exception:
        return True


def cause_of_raising(error: BaseException, case: tuple, mistakes: Mistakes) -> str:
    """The sentence of the first mistake that raises the same; "" if none does."""
    for sentence, wrong in pairs(mistakes):
        try:
            wrong(*case)
        except Exception as other:
            if type(other) is type(error) and str(other) == str(error):
                return sentence
    return ""


def same_value(value: Any, case: tuple, mistakes: Mistakes) -> str:
    """The sentence of the first mistake that returns the same value, of whatever type or shape."""
    for sentence, wrong in pairs(mistakes):
        try:
            other = wrong(*case)
            if type(other) is type(value) and agree(value, other, 1e-5):
                return sentence
        except Exception:
            continue
    return ""


def same_form(value: Any, read: Any) -> bool:
    """Is a learner's value of the same types and shapes as what was read of it?"""
    if isinstance(read, (list, tuple)):
        same = isinstance(value, (list, tuple)) and len(value) == len(read)
        return same and all(map(same_form, value, read))
    if isinstance(read, torch.Tensor):
        return isinstance(value, torch.Tensor) and value.shape == read.shape
    return type(value) is type(read)


def pairs(mistakes: Mistakes) -> Iterator[tuple[str, Callable]]:
    """Each wrong answer of a table with its sentence, in order."""
    for sentence, wrong_answers in mistakes.items():
        for wrong in wrong_answers:
            yield sentence, wrong


def number(value: Any, what: str = "one number") -> float:
    """Read a Python, NumPy or PyTorch number.

    Raises:
        WrongForm: it is not one number.
    """
    if isinstance(value, (torch.Tensor, numpy.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (bool, complex)) or not isinstance(value, (int, float, numpy.number)):
        raise WrongForm(
            f"return {what}, not a value of type {type(value).__name__}", what, show(value)
        )
    return float(value)


def tensor(value: Any, shape: tuple[int, ...], what: str) -> torch.Tensor:
    """Read a tensor of a given shape.

    Raises:
        WrongForm: it is no tensor, or has another shape.
    """
    if not isinstance(value, torch.Tensor):
        raise WrongForm(f"return a tensor, not a {type(value).__name__}", what, show(value))
    if tuple(value.shape) != shape:
        raise WrongForm(f"the shape should be {shape}: {what}", what, show(value))
    return value


def read_table(value: Any, keys: tuple[str, ...]) -> tuple[float, ...]:
    """Read the numbers of the dictionary, in the order of ``keys``.

    Raises:
        WrongForm: it is no dictionary, or has other keys.
    """
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise WrongForm(f"return a dictionary, not a {kind}", f"the keys {keys}", show(value))
    missing = [key for key in keys if key not in value]
    extra = [key for key in value if key not in keys]
    if missing:
        raise WrongForm(f"the key {missing[0]!r} is missing", f"the keys {keys}", show(value))
    if extra:
        raise WrongForm(f"the key {extra[0]!r} is one too many", f"the keys {keys}", show(value))
    return tuple(number(value[key]) for key in keys)
