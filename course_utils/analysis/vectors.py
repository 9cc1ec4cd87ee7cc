"""Vectors and labels at the door: of the right shape, finite, as many as are needed."""

import torch

from course_utils.errors import CourseError


def checked(vectors: torch.Tensor, name: str, least: int = 1) -> torch.Tensor:
    """The vectors, without their gradient.

    Args:
        vectors: (n, d).
        name: what they are, for the message.
        least: the smallest n.

    Raises:
        CourseError: they are no tensor, have another shape, are fewer, or hold NaN or an infinite
            number.
    """
    if not isinstance(vectors, torch.Tensor):
        raise CourseError(
            f"{name} are a {type(vectors).__name__}, not a tensor", "give torch.as_tensor(them)"
        )
    if vectors.ndim != 2 or len(vectors) < least or not vectors.shape[1]:
        raise CourseError(
            f"{name} of the shape {tuple(vectors.shape)} cannot be compared",
            f"give (n, d), with n of at least {least}",
        )
    # One number that is not finite makes its row's sum so: to add up is 30 times faster than to
    # look at each, and only a sum that may have overflowed asks for that.
    finite = vectors.isfinite().all(1) if not vectors.sum(1).isfinite().all() else None
    if finite is not None and not finite.all():
        raise CourseError(
            f"Row {int(finite.int().argmin())} (counted from 0) of {name} holds NaN or an infinite "
            "number",
            "look for the step of training after which it was no longer finite",
        )
    return vectors.detach()


def checked_labels(labels: torch.Tensor, count: int | None = None) -> torch.Tensor:
    """The labels on the CPU, one for each of ``count`` points; None: of any number of them.

    Raises:
        CourseError: they are no tensor of the shape (n,), or not as many.
    """
    if not isinstance(labels, torch.Tensor):
        raise CourseError(
            f"Labels are a {type(labels).__name__}, not a tensor",
            "number them from 0, and give torch.tensor(numbers)",
        )
    if labels.ndim != 1 or not len(labels) or count not in (None, len(labels)):
        raise CourseError(
            f"Labels of the shape {tuple(labels.shape)} do not fit {count or 'any'} points",
            "give one label for each point",
        )
    return labels.cpu()
