"""AdamW whose mean and variance take 8 bits a number, by bitsandbytes (Dettmers et al. 2021).

Lesson 5, *A 7B model on a small card*: one of the steps that save memory.
"""

import torch

from course_utils.libraries import bnb
from course_utils.training.mixed_precision import (
    refuse_norm,
    refuse_without_gradient,
    total_norm,
)


class AdamW8bit:
    """bitsandbytes' ``AdamW8bit`` on one float32 master copy of all ``parameters``, end to end.

    Bytes for each 16-bit parameter: 2 (weight) + 2 (gradient) + 4 (master) + 1 + 1 (Adam's mean and
    variance, with a float32 scale for each 256 of them). In one piece, as bitsandbytes starts a
    kernel for each tensor, and a model has hundreds of adapters. The float32 gradients exist within
    ``step`` alone.

    Args:
        parameters: what to train, on one device.
        learning_rate: of every step.
    """

    def __init__(self, parameters: list[torch.nn.Parameter], learning_rate: float):
        self.parameters = list(parameters)
        with torch.no_grad():
            self._master = torch.cat([p.detach().flatten().float() for p in self.parameters])
        sizes = [p.numel() for p in self.parameters]
        views = self._master.split(sizes)
        self._masters = [view.view_as(p) for view, p in zip(views, self.parameters)]
        self._adamw = bnb.library().optim.AdamW8bit(
            [self._master], lr=learning_rate, weight_decay=0.0
        )
        # At once: a CUDA graph recorded before the first step is then measured beside them.
        self._adamw.init_state(self._adamw.param_groups[0], self._master, 0, 0)

    @torch.no_grad()
    def step(self, max_norm: float) -> float:
        """Clip the gradients by their global norm, step, and drop the gradients.

        Returns:
            The gradients' norm before clipping.

        Raises:
            CourseError: a parameter has no gradient, or one is not finite.
        """
        refuse_without_gradient(self.parameters)
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        norm = total_norm(gradients)
        refuse_norm(norm.item())
        wide = torch.cat([gradient.flatten() for gradient in gradients]).float()
        self._master.grad = wide.mul_((max_norm / (norm + 1e-6)).clamp(max=1.0))
        self._adamw.step()
        self._master.grad = None
        for parameter in self.parameters:
            parameter.grad = None
        torch._foreach_copy_([*self.parameters], self._masters)
        return norm.item()
