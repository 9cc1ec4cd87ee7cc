"""Read an answer that has one truth value a method or comparison (``holm``, ``pareto_front``)."""

from typing import Any

import numpy
import torch

from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import WrongForm


def read_truths(value: Any, what: str) -> list[bool]:
    """Read a list, a tuple, an array or a tensor of truth values; 0 and 1 are read as such too.

    Raises:
        WrongForm: it is something else.
    """
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        raise WrongForm(
            f"return {what}, not a value of type {type(value).__name__}", what, show(value)
        )
    plain = [v.item() if isinstance(v, (torch.Tensor, numpy.generic)) else v for v in value]
    odd = [v for v in plain if not isinstance(v, int) or v not in (0, 1)]
    if odd:
        kind = type(odd[0]).__name__
        raise WrongForm(f"return {what}, not values of type {kind}", what, show(value))
    return [bool(v) for v in plain]
