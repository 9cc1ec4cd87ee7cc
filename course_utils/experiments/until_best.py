"""Training until validation stops improving: the same rule for every method (lesson 6's ladder).

The learning rate rises over ``Rule.warmup`` steps and then stays: nothing falls towards an end that
was set before. So methods can be read off at equal steps and at equal compute. With a schedule that
falls to 0 from the start that would be unfair to whoever has steps left, and each length would need
a run of its own. Lester et al. 2021 trained at a constant rate, too.

Every ``Rule.validate_every`` steps the validation loss is measured. After ``patience`` validations
in a row without a lower one, or at ``most_steps``, the run goes back to its best weights, and only
now the rate falls to 0, over ``Rule.cooldown`` steps (*warm-up, stable, decay*: Hu et al. 2024,
MiniCPM): at a constant rate the weights jump about their goal, those of some methods more than
others'. What counts is the weights of the lowest validation loss, also where a run is read off
before its end: the lowest until then.
"""

import dataclasses
import math
import time
from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.experiments.together import Trained
from course_utils.experiments.together_pass import TogetherPass, answered
from course_utils.memory.measured import PeakMemory
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig, plan_batches

PATIENCE, CAP, DIVERGED = "patience", "cap", "diverged"  # why a run ended


@dataclasses.dataclass(frozen=True)
class Rule:
    """How long to train, and how; of every trial.

    Attributes:
        batch_size: examples a step.
        warmup: steps in which the rate rises.
        validate_every: steps between two validations.
        patience: validations without improvement after which a run ends.
        most_steps: after which it ends in any case.
        cooldown: steps in which the rate then falls to 0, from the best weights on; 0 for none.
        max_norm: longer gradients are scaled down to it.
    """

    batch_size: int = 16
    warmup: int = 50
    validate_every: int = 50
    patience: int = 8
    most_steps: int = 3000
    cooldown: int = 300
    max_norm: float = 1.0

    def rate(self, step: int) -> float:
        """The share of the highest rate in a step, counted from 0."""
        return min(1.0, (step + 1) / self.warmup)

    def falling(self, step: int) -> float:
        """The same, in a step of the cooldown."""
        return 1 - step / self.cooldown

    def reads_at(self, step: int) -> bool:
        """Are the test items answered after so many steps? After 1, 2, 4, 8, ... validations."""
        done, rest = divmod(step, self.validate_every)
        return rest == 0 and done > 0 and done & (done - 1) == 0


@dataclasses.dataclass(frozen=True)
class Trial:
    """One training; its number says which parameters are its own.

    Attributes:
        examples: a whole number of batches, so that each step has as many as every other trial's.
    """

    learning_rate: float
    seed: int
    examples: list[Example]


@dataclasses.dataclass
class Outcome:
    """What came of a trial.

    Attributes:
        validations: steps done, loss and accuracy, from step 0 on.
        readings: steps done and answers to the test items of the best weights until then; the last
            is at the end of the run.
        best_step: steps after which the validation loss was the lowest.
        steps: that were made.
        ended: ``PATIENCE``, ``CAP`` or ``DIVERGED``, before the cooldown.
        lengths: mean tokens of a text of its batches.
        seconds: until it ended, with what the other trials did meanwhile.
        peak_memory: bytes that one step of the first trial alone held.
    """

    validations: list[tuple[int, float, float]] = dataclasses.field(default_factory=list)
    readings: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    best_step: int = 0
    steps: int = 0
    ended: str = ""
    lengths: float = 0.0
    seconds: float = 0.0
    peak_memory: int = 0


def whole_batches(examples: list[Example], size: int) -> list[Example]:
    """The first examples, as many as fill whole batches.

    Raises:
        CourseError: they do not fill one.
    """
    if len(examples) < size:
        raise CourseError(
            f"{len(examples)} examples do not fill a batch of {size}", "lower the batch size"
        )
    return examples[: len(examples) // size * size]


def train_until_best(
    model: PreTrainedModel,
    trained: Trained,
    trials: list[Trial],
    validation: list[Example],
    test: list[Example],
    label_ids: list[int] | None,
    rule: Rule,
    pad_id: int,
) -> list[Outcome]:
    """Train all trials at once, each until its validation loss stops falling.

    Each ends with its best weights. One whose loss or gradient is no longer finite ends as
    ``DIVERGED``; the others go on.

    Args:
        trained: what the trials train, in the order of ``trials``.
        validation: examples that decide how long.
        test: examples that are read and decide nothing.
        label_ids: tokens among which an answer is chosen; None where it is a whole reply.

    Raises:
        CourseError: the examples of a trial do not fill batches.
    """
    asked = (validation, label_ids, pad_id), (test, label_ids, pad_id)
    runs = [_Run(model, trained, i, trial, rule, *asked) for i, trial in enumerate(trials)]
    step_all, start = TogetherPass(model, trained, pad_id), time.perf_counter()
    peak = _peak_alone(model, step_all, runs[0])
    for run in runs:
        run.outcome.peak_memory = peak
        run.validate()  # step 0: what training has to improve on
    model.train()  # dropout, if there is any
    for step in range(rule.most_steps + rule.cooldown):
        going = [run for run in runs if not run.outcome.ended]
        if not going:
            break
        losses = step_all(tuple(run.number for run in going), [run.batch(step) for run in going])
        for run, loss in zip(going, losses):
            run.step(step, loss, time.perf_counter() - start)
    model.eval()
    return [run.outcome for run in runs]


def _peak_alone(model: PreTrainedModel, step_all: TogetherPass, run: "_Run") -> int:
    with PeakMemory(model.device) as memory:
        step_all((run.number,), [run.batch(0)])
    for parameter in run.parameters:
        parameter.grad = None
    return memory.peak


class _Run:
    """A trial on its way."""

    def __init__(
        self,
        model: PreTrainedModel,
        trained: Trained,
        number: int,
        trial: Trial,
        rule: Rule,
        validation: tuple,
        test: tuple,
    ):
        if len(trial.examples) % rule.batch_size:
            raise CourseError(
                f"{len(trial.examples)} examples are no whole number of batches of "
                f"{rule.batch_size}",
                "cut them with whole_batches",
            )
        self.model, self.number, self.rule, self.trial = model, number, rule, trial
        self.parameters, self.outcome = trained.parameters_of(number), Outcome()
        self._trained, self._validation, self._test = trained, validation, test
        self._optimiser = MixedPrecisionAdamW(self.parameters, trial.learning_rate)
        lengths = [len(example.ids) for example in trial.examples]
        most = rule.most_steps + rule.cooldown
        config = TrainingConfig(trial.learning_rate, most, rule.batch_size, seed=trial.seed)
        self._batches = plan_batches(lengths, config)
        self.outcome.lengths = sum(lengths) / len(lengths)
        self._best, self._lowest = [m.clone() for m in self._optimiser.masters], math.inf
        self._falls_from: int | None = None
        self._why = ""

    def batch(self, step: int) -> list[Example]:
        return [self.trial.examples[i] for i in self._batches[step]]

    def step(self, step: int, loss: float, seconds: float) -> None:
        """The optimiser's step, and what is due after it."""
        self.outcome.steps, self.outcome.seconds = step + 1, seconds
        share = self.rule.rate(step)
        if self._falls_from is not None:
            share = self.rule.falling(step - self._falls_from)
        self._optimiser.set_learning_rate(self.trial.learning_rate * share)
        try:
            if not math.isfinite(loss):
                raise CourseError(f"The loss is {loss}", "lower the learning rate")
            self._optimiser.step(self.rule.max_norm)
        except CourseError:
            return self._end(DIVERGED)
        if (step + 1) % self.rule.validate_every == 0:
            self.validate()
        if not self.outcome.ended:
            self._go_on(step + 1)

    def _go_on(self, done: int) -> None:
        """Train on as before, begin the cooldown, or end."""
        if self._falls_from is not None:
            if done == self._falls_from + self.rule.cooldown:
                self._end(self._why)
            return
        without = (done - self.outcome.best_step) // self.rule.validate_every
        if without >= self.rule.patience or done == self.rule.most_steps:
            self._why = PATIENCE if without >= self.rule.patience else CAP
            self._cool(done)
        elif self.rule.reads_at(done):
            self._read()

    def _cool(self, done: int) -> None:
        if not self.rule.cooldown:
            return self._end(self._why)
        self._read()
        self._falls_from = done
        _copy(self._best, self.parameters)
        _copy(self._best, self._optimiser.masters)

    def validate(self) -> None:
        """Measure the validation loss; keep the weights if they are the best."""
        self._trained.turn.active = (self.number,)
        loss, correct = answered(self.model, *self._validation)
        if not math.isfinite(loss):
            return self._end(DIVERGED)
        if loss < self._lowest:
            self._lowest, self.outcome.best_step = loss, self.outcome.steps
            torch._foreach_copy_(self._best, self._optimiser.masters)
        accuracy = correct.count("1") / len(correct)
        self.outcome.validations.append((self.outcome.steps, loss, accuracy))

    @torch.no_grad()
    def _read(self) -> None:
        """Answer the test items with the best weights so far, and go on with the present ones."""
        present = [p.detach().clone() for p in self.parameters]
        _copy(self._best, self.parameters)
        self._trained.turn.active = (self.number,)
        _, correct = answered(self.model, *self._test)
        self.outcome.readings.append((self.outcome.steps, correct))
        _copy(present, self.parameters)

    @torch.no_grad()
    def _end(self, why: str) -> None:
        self.outcome.ended = why
        for parameter in self.parameters:
            parameter.grad = None
        _copy(self._best, self.parameters)
        self._read()


@torch.no_grad()
def _copy(values: list[torch.Tensor], parameters: Sequence[torch.Tensor]) -> None:
    for parameter, value in zip(parameters, values):
        parameter.copy_(value)
