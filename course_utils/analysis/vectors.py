"""Vectors at the door: of two dimensions, finite, as many as are needed."""

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
    finite = vectors.isfinite().all(1)
    if not finite.all():
        raise CourseError(
            f"Row {int(finite.int().argmin())} (counted from 0) of {name} holds NaN or an infinite "
            "number",
            "look for the step of training after which it was no longer finite",
        )
    return vectors.detach()
