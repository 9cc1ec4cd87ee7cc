"""When two values agree, and where they differ, in words."""

import math
from typing import Any

import torch

from course_utils.checks.core.describe import show


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


def show_difference(expected: Any, got: Any, tolerance: float) -> tuple[str, str]:
    """Both values in words; of large tensors, the first row that differs.

    Where the words are the same, the first number that differs stands after them, with its place.
    """
    expected = _in_dtype(expected, got)
    tensors = isinstance(expected, torch.Tensor) and isinstance(got, torch.Tensor)
    if tensors and expected.shape == got.shape and expected.ndim > 1:
        for row, (good, bad) in enumerate(zip(expected, got)):
            if not agree(bad, good, tolerance):
                words = _in_words(good, bad, tolerance)
                return f"row {row}: {words[0]}", f"row {row}: {words[1]}"
    return _in_words(expected, got, tolerance)


def _in_dtype(expected: Any, got: Any) -> Any:
    """The expected tensors in the dtypes of the others, where that loses nothing but last bits.

    What is compared is numbers: another dtype in the words would look like the mistake.
    """
    if isinstance(expected, torch.Tensor) and isinstance(got, torch.Tensor):
        same = expected.to(got.dtype)
        short = expected.is_floating_point() and got.is_floating_point()
        return same if short or torch.equal(same.double(), expected.double()) else expected
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        if len(expected) == len(got):
            return type(expected)(map(_in_dtype, expected, got))
    return expected


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
