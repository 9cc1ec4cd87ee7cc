"""Stop a training when validation no longer improves, and keep its best weights (lesson 6)."""

import math
from collections.abc import Sequence

from course_utils.errors import CourseError
from course_utils.validate import whole


def early_stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Where a training with patience ends, and where its best weights are.

    Training stops after the first validation that makes ``patience`` in a row without a loss below
    the lowest before; an equal loss is no improvement (Prechelt 1998, criterion UP, of losses).

    Args:
        losses: one a validation, in order; the first is the one before training.
        patience: validations without an improvement that end the training, at least 1.

    Returns:
        The index of the validation after which training stops (the last one, if patience never
        ends), and the index of the lowest loss up to there (the first of equal ones).

    Raises:
        CourseError: there is no loss, one is not finite, or the patience is no such number.
    """
    patience = whole("patience", patience, 1)
    if not losses or not all(math.isfinite(loss) for loss in losses):
        raise CourseError(
            f"The validation losses {list(losses)} cannot be compared",
            "give at least one, all finite",
        )
    best = stopped = 0
    for stopped, loss in enumerate(losses):
        if loss < losses[best]:
            best = stopped
        if stopped - best == patience:
            break
    return stopped, best
