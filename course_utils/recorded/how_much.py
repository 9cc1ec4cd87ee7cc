"""How much of the model must be trained? As ``experiments how_much`` measured it.

Lesson 2, *How much of the model must be trained?*.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

from course_utils.measure.answered import Answered
from course_utils.measure.seeds import Difference, Spread, compare_means, spread
from course_utils.recorded.reports import read_report
from course_utils.recorded.rows import from_row


@dataclasses.dataclass(frozen=True)
class Trial:
    """A training with seed 0 to choose the learning rate; nothing of it was measured on test items.

    Attributes:
        variant: what was trained.
        learning_rate: the highest of the schedule; of a fresh head, the constant one.
        steps: that were made.
        best_step: after which the validation loss was the lowest.
        loss: that validation loss. A fresh head's is over the labels, the others' over the whole
            vocabulary, so only those of one variant can be compared.
    """

    variant: str
    learning_rate: float
    steps: int
    best_step: int
    loss: float


@dataclasses.dataclass(frozen=True)
class Training(Answered):
    """A training at the chosen learning rate, measured; the first fields are those of ``Trial``.

    Attributes:
        seed: of the order of the examples, and of a fresh head's start.
        trainable_parameters: numbers that were trained.
        seconds: of training, validations included; a fresh head's features too.
        peak_memory: bytes that PyTorch held on the device in those seconds.
        alone: was nothing else running on the device? Else the seconds say little.
        correct: one character a test item, ``1`` where right.
        perplexity: on the test editorials, after training; None with a fresh head, as that is no
            language model.
    """

    variant: str
    learning_rate: float
    steps: int
    best_step: int
    loss: float
    seed: int
    trainable_parameters: int
    seconds: float
    peak_memory: int
    alone: bool
    correct: str
    perplexity: float | None

    @property
    def stopped_improving(self) -> bool:
        """Was the lowest validation loss before the last step?"""
        return self.best_step < self.steps


@dataclasses.dataclass(frozen=True)
class Variant:
    """What a lesson shows of one variant.

    Attributes:
        name: what was trained.
        trainable_parameters: numbers that were trained.
        learning_rate: that was chosen.
        at_edge: is it the lowest or highest of those that were tried?
        accuracies: one a seed.
        perplexities: one a seed; None with a fresh head.
        seconds, peak_memory: of the training that ran alone on the device.
        stopped_improving: was the lowest validation loss before the last step, with every seed?
    """

    name: str
    trainable_parameters: int
    learning_rate: float
    at_edge: bool
    accuracies: Spread
    perplexities: Spread | None
    seconds: float
    peak_memory: int
    stopped_improving: bool


@dataclasses.dataclass(frozen=True)
class HowMuch:
    """The report.

    Attributes:
        settings: of the study.
        trials: from which the learning rates were chosen.
        trainings: at the chosen rates.
        correct_before, perplexity_before: of the model before any training.
        workers: processes that trained at the same time, but for the trainings ``alone``.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    trials: list[Trial]
    trainings: list[Training]
    correct_before: str
    perplexity_before: float
    workers: int
    device: str
    versions: dict[str, str]
    date: str

    def of(self, variant: str) -> list[Training]:
        """The trainings of a variant, in the order of their seeds."""
        found = [training for training in self.trainings if training.variant == variant]
        return sorted(found, key=lambda training: training.seed)

    def variants(self) -> list[Variant]:
        """All variants, those that train less first."""
        names = dict.fromkeys(training.variant for training in self.trainings)
        found = [self._variant(name) for name in names]
        return sorted(found, key=lambda variant: variant.trainable_parameters)

    def difference(self, first: str, second: str) -> Difference:
        """Mean accuracy of a variant less that of another; see ``seeds.compare_means``."""
        answers = ([training.correct for training in self.of(name)] for name in (first, second))
        return compare_means(*answers)

    def _variant(self, name: str) -> Variant:
        trainings = self.of(name)
        alone = next(training for training in trainings if training.alone)
        perplexities = tuple(t.perplexity for t in trainings if t.perplexity is not None)
        return Variant(
            name,
            alone.trainable_parameters,
            alone.learning_rate,
            at_edge(self.trials, name),
            spread(trainings, lambda training: training.accuracy),
            Spread(perplexities) if perplexities else None,
            alone.seconds,
            alone.peak_memory,
            all(training.stopped_improving for training in trainings),
        )


def losses(trials: Iterable[Trial], variant: str) -> dict[float, float]:
    """The lowest validation loss of each learning rate of a variant, from the lowest rate on."""
    found = {trial.learning_rate: trial.loss for trial in trials if trial.variant == variant}
    return dict(sorted(found.items()))


def chosen_rate(trials: Iterable[Trial], variant: str) -> float:
    """The learning rate with the lowest validation loss; of equal ones, the lowest rate."""
    found = losses(trials, variant)
    return min(found, key=lambda rate: found[rate])


def at_edge(trials: Iterable[Trial], variant: str) -> bool:
    """Is the chosen learning rate the lowest or highest of those that were tried?"""
    trials = list(trials)
    rates = list(losses(trials, variant))
    return chosen_rate(trials, variant) in (rates[0], rates[-1])


def recorded_how_much() -> HowMuch:
    """What ``study_how_much`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report("how_much", "how_much")
    report["trials"] = [from_row(Trial, row) for row in report["trials"]]
    report["trainings"] = [from_row(Training, row) for row in report["trainings"]]
    return HowMuch(**report)
