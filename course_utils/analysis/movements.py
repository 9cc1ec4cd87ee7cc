"""Do prompts of one task move the same way? The cosine of every two movements.

Lesson 4, *Do prompts of one task move together?*.
"""

import torch
from torch.nn.functional import normalize

from course_utils.analysis.vectors import checked


def movement_cosines(moved: torch.Tensor) -> torch.Tensor:
    """The cosine of each pair of movements: (prompts, d) -> (prompts, prompts) float32.

    A movement is the mean of a prompt's vectors at the end of training less that at the start.

    Raises:
        CourseError: the movements are not finite, or of another shape.
    """
    directions = normalize(checked(moved, "movements").float(), dim=1)
    return directions @ directions.T
