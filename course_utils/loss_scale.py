"""A loss scale for float16, whose smallest numbers are too large for many gradients.

float16 has no numbers between 0 and 6e-8, and gradients are often smaller: they would become 0.
So the loss is multiplied by a large number before the backward pass, and all gradients with it;
the optimiser divides again, in float32. When the number was too large, some gradient overflows:
that step is skipped and the number halved; after many good steps it is doubled (Micikevicius et
al. 2018, section 3.2). The constants are those of ``torch.amp.GradScaler``, which cannot be used
itself, as it divides in the gradients' own dtype and steps all parameters at once.
"""

import torch

from course_utils.errors import CourseError

START = 2.0**16
GROWTH_INTERVAL = 2000  # good steps in a row after which the scale doubles
LEAST = 2.0**-8


class LossScale:
    """The scale of a run in float16.

    Attributes:
        value: what to multiply the loss by.
        good_steps: in a row since the value last changed.
    """

    def __init__(self):
        self.value, self.good_steps = START, 0

    def update(self, finite: bool) -> None:
        """Halve after a step whose gradients were not finite; double after many good ones.

        Raises:
            CourseError: they overflow however small the scale.
        """
        self.good_steps = self.good_steps + 1 if finite else 0
        if not finite:
            self.value /= 2
        elif self.good_steps == GROWTH_INTERVAL:
            self.value, self.good_steps = 2 * self.value, 0
        if self.value < LEAST:
            raise CourseError(
                "The gradients are not finite in float16, however small the loss scale",
                "load the model in float32: load_model(dtype=torch.float32)",
            )

    def state(self) -> torch.Tensor:
        """(2,) float64: all that is needed to go on later."""
        return torch.tensor([self.value, self.good_steps], dtype=torch.float64)

    def load_state(self, state: torch.Tensor) -> None:
        """Take over a state made by ``state``."""
        self.value, self.good_steps = state[0].item(), int(state[1].item())
