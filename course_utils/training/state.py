"""What a run is about: the parameters that it trains, and the history that it leaves.

The lessons read ``history.losses``, ``validations`` and ``best`` after each training.
"""

import dataclasses
import math
import time

import torch

from course_utils.errors import CourseError
from course_utils.training.plan import TrainingConfig


@dataclasses.dataclass
class History:
    """The course of a run.

    Attributes:
        losses: training loss of each step, before it.
        norms: norm of the gradients of each step, before clipping; not finite where float16
            overflowed and the step was skipped.
        validations: ``(steps done, validation loss)`` pairs.
        seconds: of the whole training, the parts before an interruption included.
        interrupted: was the run cut off?
    """

    losses: list[float] = dataclasses.field(default_factory=list)
    norms: list[float] = dataclasses.field(default_factory=list)
    validations: list[tuple[int, float]] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def best(self) -> tuple[int, float]:
        """``(steps done, validation loss)`` at the lowest validation loss.

        Raises:
            CourseError: the run was stopped before its first validation.
        """
        if not self.validations:
            raise CourseError(
                "This run was stopped before its first validation, so it has no best weights",
                "run the training again, and let it begin",
            )
        return min(self.validations, key=lambda point: point[1])

    def say_interrupted(self, steps: int, resumes_from: int | None) -> None:
        """Print what an interrupted run of ``steps`` steps leaves, and where it will go on."""
        if self.validations:
            has = f"The model has the best weights so far, those of step {self.best[0]}"
        else:
            has = "The model has the weights that it began with"
        again = "begins again" if resumes_from is None else f"goes on after step {resumes_from}"
        print(
            f"Interrupted after {len(self.losses)} of {steps} steps. {has}; the same call {again}."
        )

    def add(self, loss: float, norm: float) -> None:
        """Note one step."""
        self.losses.append(loss)
        self.norms.append(norm)


class Stopwatch:
    """Seconds since it was made, added to those of before.

    Args:
        before: seconds of the parts of a run that were cut off.
    """

    def __init__(self, before: float = 0.0):
        self._start = time.perf_counter() - before

    @property
    def seconds(self) -> float:
        """So far."""
        return time.perf_counter() - self._start


def trainable_by_name(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """The parameters that require a gradient.

    Raises:
        CourseError: there is none.
    """
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if not trainable:
        raise CourseError(
            "No parameter of the model requires a gradient, so nothing would be trained",
            "unfreeze what is to be trained with requires_grad_(True)",
        )
    return trainable


def refuse_not_finite(loss: float, step: int, config: TrainingConfig) -> None:
    """Stop a run whose loss is no number any more: every later step would be lost too.

    Raises:
        CourseError: the loss is NaN or infinite.
    """
    if not math.isfinite(loss):
        raise CourseError(
            f"The loss is {loss} at step {step + 1}, so training was stopped; the model has the "
            "best weights so far",
            f"lower the learning rate (it is {config.learning_rate:g}), or load the model in "
            "float32",
        )
