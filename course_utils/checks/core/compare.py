"""Find out which usual mistake gives a wrong answer.

A check has cases (arguments), a right function and a table of mistakes: each a sentence that names
it, and the wrong functions that make it. Where the learner's values differ from the right ones, the
first wrong function that explains them in every case gives the diagnosis. So a check judges
behaviour alone: whatever agrees with the right function passes, however it is written.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.describe import show, show_call
from course_utils.checks.core.outcome import Mistake

UNKNOWN = "none of the usual ones gives this: go through the steps one by one, on a small example"
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
    got = []
    for case in cases:
        value = call(answer, *case)
        try:
            got.append(read(value))
        except Mistake as mistake:
            mistake.lines = (("Called", show_call(answer, case, {})), *mistake.lines)
            raise
    for case, value in zip(cases, got):
        expected = right(*case)
        if not agree(value, expected, tolerance):
            likely = explanation(cases, got, mistakes, tolerance)
            text = show_call(answer, case, {})
            raise Mistake(likely, *show_difference(expected, value, tolerance), text)
    return got


def explanation(cases: list[tuple], got: list, mistakes: Mistakes, tolerance: float) -> str:
    """The sentence of the first mistake that gives the same values in every case."""
    for sentence, wrong in pairs(mistakes):
        try:
            if all(agree(v, wrong(*case), tolerance) for case, v in zip(cases, got)):
                return sentence
        except (ArithmeticError, IndexError, RuntimeError, ValueError):
            continue  # this mistake cannot be made with these arguments, so it was not made
    return UNKNOWN


def pairs(mistakes: Mistakes) -> Iterator[tuple[str, Callable]]:
    """Each wrong answer of a table with its sentence, in order."""
    for sentence, wrong_answers in mistakes.items():
        for wrong in wrong_answers:
            yield sentence, wrong


def show_difference(expected: Any, got: Any, tolerance: float) -> tuple[str, str]:
    """Both values in words; of large tensors, the first row that differs.

    Where the words are the same, the first number that differs stands after them, with its place.
    """
    tensors = isinstance(expected, torch.Tensor) and isinstance(got, torch.Tensor)
    if tensors and expected.shape == got.shape and expected.ndim > 1:
        for row, (good, bad) in enumerate(zip(expected, got)):
            if not agree(bad, good, tolerance):
                words = _in_words(good, bad, tolerance)
                return f"row {row}: {words[0]}", f"row {row}: {words[1]}"
    return _in_words(expected, got, tolerance)


def _in_words(expected: Any, got: Any, tolerance: float) -> tuple[str, str]:
    words = show(expected), show(got)
    if words[0] != words[1]:
        return words
    place, good, bad = _first_difference(expected, got, tolerance)
    return f"{words[0]}, {place}{good}", f"{words[1]}, {place}{bad}"


def _first_difference(expected: Any, got: Any, tolerance: float) -> tuple[str, str, str]:
    """Where two values differ first, such as ``at [2, 0]: ``, and what stands there."""
    place: list[int] = []
    while isinstance(expected, (list, tuple)) and len(expected) == len(got):
        pairs_ = enumerate(zip(got, expected))
        i = next((n for n, (bad, good) in pairs_ if not agree(bad, good, tolerance)), None)
        if i is None:
            break
        place.append(i)
        expected, got = expected[i], got[i]
    if isinstance(expected, torch.Tensor) and expected.shape == got.shape:
        good, bad = expected.detach().double(), got.detach().double()
        far = ~torch.isclose(bad, good, rtol=tolerance, atol=tolerance)
        index = tuple(far.nonzero()[0].tolist()) if far.any() else ()
        place += index
        expected, got = good[index], bad[index]
        if not expected.ndim:
            expected, got = expected.item(), got.item()
    where = f"at {place}: " if place else ""
    return where, _exactly(expected), _exactly(got)


def _exactly(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else repr(value)


def agree(value: Any, other: Any, tolerance: float) -> bool:
    """Are two values equal, numbers up to a tolerance? Tensors need the same shape, not dtype."""
    if isinstance(other, torch.Tensor):
        if not isinstance(value, torch.Tensor) or value.shape != other.shape:
            return False
        value, other = value.detach().double(), other.detach().double()
        return torch.allclose(value, other, rtol=tolerance, atol=tolerance)
    if isinstance(other, (list, tuple)):
        if not isinstance(value, (list, tuple)) or len(value) != len(other):
            return False
        return all(agree(v, o, tolerance) for v, o in zip(value, other))
    if isinstance(other, float):
        return math.isclose(value, other, rel_tol=tolerance, abs_tol=tolerance)
    return value == other


def number(value: Any, what: str = "one number") -> float:
    """Read a Python, NumPy or PyTorch number.

    Raises:
        Mistake: it is not one number.
    """
    if isinstance(value, (torch.Tensor, numpy.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (bool, complex)) or not isinstance(value, (int, float, numpy.number)):
        raise Mistake(
            f"return {what}, not a value of type {type(value).__name__}", what, show(value)
        )
    return float(value)


def tensor(value: Any, shape: tuple[int, ...], what: str) -> torch.Tensor:
    """Read a tensor of a given shape.

    Raises:
        Mistake: it is no tensor, or has another shape.
    """
    if not isinstance(value, torch.Tensor):
        raise Mistake(f"return a tensor, not a {type(value).__name__}", what, show(value))
    if tuple(value.shape) != shape:
        raise Mistake(f"the shape should be {shape}: {what}", what, show(value))
    return value


def read_table(value: Any, keys: tuple[str, ...]) -> tuple[float, ...]:
    """Read the numbers of the dictionary, in the order of ``keys``."""
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise Mistake(f"return a dictionary, not a {kind}", f"the keys {keys}", show(value))
    missing = [key for key in keys if key not in value]
    extra = [key for key in value if key not in keys]
    if missing:
        raise Mistake(f"the key {missing[0]!r} is missing", f"the keys {keys}", show(value))
    if extra:
        raise Mistake(f"the key {extra[0]!r} is one too many", f"the keys {keys}", show(value))
    return tuple(number(value[key]) for key in keys)
