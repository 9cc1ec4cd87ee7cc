"""One run of a training, from its beginning or its last checkpoint to its end or interruption.

``training.loop`` makes the steps; a ``Run`` sees to everything that has to hold whatever happens
between them: weights are validated and kept, and the model ends with the best.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from transformers import PreTrainedModel

from course_utils.training.backward import mean_loss
from course_utils.training.checkpoint import Checkpoint, locked
from course_utils.training.fingerprint import (
    Start,
    fingerprint,
    refuse_moved,
    remember_end,
    start_of,
)
from course_utils.training.graphed_adamw import optimiser_of
from course_utils.training.mixed_precision import LossScale
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import History, Stopwatch, trainable_by_name


class Run:
    """What ``loop.train`` needs beside its loop; arguments as there.

    Attributes:
        optimiser: AdamW on float32 masters of what is trained.
        history: so far.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        examples: list[Example],
        validation: list[Example],
        config: TrainingConfig,
        *,
        pad_id: int,
        folder: Path,
        watch: Callable[[int], None] | None,
        masters: dict[str, torch.Tensor] | None,
    ):
        self.model, self.validation, self.config, self.pad_id = model, validation, config, pad_id
        self.trainable, self.watch = trainable_by_name(model), watch
        self.masters = masters
        self.optimiser = optimiser_of(
            list(self.trainable.values()),
            config.learning_rate,
            LossScale(on=model.dtype == torch.float16),
        )
        self.history = History()
        self._examples, self._folder = [examples, validation], Path(folder).absolute()

    @contextlib.contextmanager
    def going(self, resume: bool, further: bool) -> Iterator[History]:
        """Resume or begin; after the block, also one that failed, the model has its best weights.

        An interruption ends here, with a line that says where the same call goes on.

        Raises:
            CourseError: another kernel trains in the folder, or the model was trained already.
        """
        with locked(self._folder):
            start, begun = start_of(self.model), None
            try:
                begun = (self._resume(start) if resume else None) or self._begin(start, further)
                self._stopwatch = Stopwatch(self.history.seconds)
                try:
                    yield self.history
                except KeyboardInterrupt:
                    self.history.interrupted = True
                    self._without_checkpoint_begin_again()
                except BaseException:
                    self._without_checkpoint_begin_again()
                    raise
                finally:
                    self.model.zero_grad(set_to_none=True)
                    self._checkpoint.load_best(self.trainable, self.history, self.masters)
                    self.model.eval()
            finally:
                remember_end(self.model, begun or start.of_run)
            self._close()

    def _checkpoint_of(self, begun: str) -> Checkpoint:
        run = fingerprint(self.model, self.trainable, self.config, self._examples, begun)
        return Checkpoint(self._folder, run, self.model.device)

    def _resume(self, start: Start) -> str | None:
        """Go on with the run that the model belongs to; None if it left nothing to go on with."""
        self._checkpoint = self._checkpoint_of(start.of_run)
        history = self._checkpoint.resumed(self.optimiser, self.trainable, self.watch)
        if history is None:
            return None
        self.history = history
        print(f"Resuming after step {self._checkpoint.step} (resume=False starts afresh).")
        return start.of_run

    def _begin(self, start: Start, further: bool) -> str:
        refuse_moved(start.moved and not further)
        self._checkpoint = self._checkpoint_of(start.now)
        self._checkpoint.clear()
        self._checkpoint.say_others()
        torch.manual_seed(self.config.seed)  # of dropout; the batches have their own generator
        return start.now

    def validate(self) -> None:
        """Measure the validation loss, keep the weights if they are the best, and the state."""
        done = len(self.history.losses)
        loss = mean_loss(self.model, self.validation, self.pad_id)
        if not self.history.validations or loss < self.history.best[1]:
            self._checkpoint.save_best(done, dict(zip(self.trainable, self.optimiser.masters)))
        if self.watch is not None:
            self._checkpoint.save_moment(done, self.trainable)
            self.watch(done)
        self.history.validations.append((done, loss))
        self.history.seconds = self._stopwatch.seconds
        if 0 < done < self.config.steps:
            self._checkpoint.save_state(self.optimiser, self.history)

    def _without_checkpoint_begin_again(self) -> None:
        """Before the first checkpoint the model goes back to where it began, for the next try."""
        if self._checkpoint.step is None:
            del self.history.validations[1:]

    def _close(self) -> None:
        self.history.seconds = self._stopwatch.seconds
        if self.history.interrupted:
            self.history.say_interrupted(self.config.steps, self._checkpoint.step)
        else:
            self._checkpoint.clear()
