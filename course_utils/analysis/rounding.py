"""How much of a stored update is rounding: bfloat16 keeps 8 bits of a weight, not of its change.

Lesson 3, *How much of this tail is arithmetic?*.
"""

import math

import torch

from course_utils.errors import CourseError


@torch.no_grad()
def through_bfloat16(base: torch.Tensor, update: torch.Tensor) -> torch.Tensor:
    """What is left of an update that was added to a bfloat16 weight: bf16(base + update) - base.

    Where the update is smaller than half the distance of two neighbours, it is lost; elsewhere it
    becomes a whole number of such distances.

    Args:
        base: weight before training, any shape, bfloat16 or of values that bfloat16 holds.
        update: float32 masters minus ``base``, of the same shape.

    Returns:
        float32, of the same shape.

    Raises:
        CourseError: the shapes differ, or there is no number.
    """
    if base.shape != update.shape or not base.numel():
        raise CourseError(
            f"A weight {tuple(base.shape)} has no update {tuple(update.shape)}",
            "give a weight and the update of the same weight",
        )
    base = base.float()
    return (base + update.float()).bfloat16().float() - base


@torch.no_grad()
def rounding_share(base: torch.Tensor, update: torch.Tensor) -> float:
    """How much of the stored update is rounding, as a share of its squared norm.

    ``||stored - update||^2 / ||stored||^2``, where ``stored`` is bf16(base + update) - base.

    Args:
        base, update: see ``through_bfloat16``.

    Returns:
        From 0, where nothing is rounded. Above 1 more was lost or made up than is stored; infinite
        where nothing of the update is stored, and 0 where there is no update.

    Raises:
        CourseError: see ``through_bfloat16``.
    """
    stored = through_bfloat16(base, update).double()
    error = (stored - update.double()).square().sum().item()
    size = stored.square().sum().item()
    if not size:
        return math.inf if error else 0.0
    return error / size
