"""QLoRA on a GPU, as ``experiments qlora`` measured it: accuracy *and* perplexity, and what helps.

Lesson 5, *What training gives back*, *What helps?* and *Merge*.
"""

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

from course_utils.measure.answered import Answered
from course_utils.measure.means import Mean, mean_difference, mean_of
from course_utils.measure.seeds import Difference, compare_means
from course_utils.recorded.reports import read_report
from course_utils.recorded.rows import from_row

ORIGINAL, DEQUANTISED = "original", "dequantised"
ROUNDED = ", rounded again"


@dataclasses.dataclass(frozen=True)
class Arm:
    """What is trained, apart from the learning rate and the seed.

    Attributes:
        name: of the arm in tables.
        base: of the frozen weights: ``bfloat16``, ``NF4`` by hand, or ``bitsandbytes``.
        rank: of the adapters; alpha is twice as large.
        targets: of the adapters, a key of ``experiments.plan.TARGETS``; all linear layers are in
            4 bits whatever the adapters' targets are.
        start: of the adapters: ``zero``, where B is 0, or ``LoftQ``.
    """

    name: str
    base: str
    rank: int = 8
    targets: str = "all"
    start: str = "zero"


@dataclasses.dataclass(frozen=True)
class Trial:
    """A training to choose the learning rate; nothing of it was measured on test reviews.

    Attributes:
        arm: name of an ``Arm``.
        learning_rate: the highest of the schedule.
        seed: of the adapters' start and of the order of the examples.
        best_step: after which the validation loss was the lowest; through the libraries the last.
        loss: that validation loss.
        perplexity: on the test editorials, after training; it has chosen nothing.
    """

    arm: str
    learning_rate: float
    seed: int
    best_step: int
    loss: float
    perplexity: float


@dataclasses.dataclass(frozen=True)
class Training(Trial, Answered):
    """A training at the arm's chosen rate, measured on the test reviews too.

    Attributes:
        correct: one character a test review, ``1`` where right.
        trainable_parameters: numbers that were trained.
        seconds: of training, among other trainings.
        peak_memory: bytes that PyTorch held on the device in those seconds.
    """

    correct: str
    trainable_parameters: int
    seconds: float
    peak_memory: int


@dataclasses.dataclass(frozen=True)
class Merge(Answered):
    """A training's adapters merged, and measured again.

    Attributes:
        arm, seed: of the training.
        way: the weights that the update was added to, ``original`` or ``dequantised``, and
            ``, rounded again`` where the sum was then quantised to NF4.
        correct, perplexity: as of ``Training``.
    """

    arm: str
    seed: int
    way: str
    correct: str
    perplexity: float


@dataclasses.dataclass(frozen=True)
class Start(Answered):
    """A model before any training.

    Attributes:
        name: ``bfloat16``, ``NF4``, or LoftQ's rank and iterations.
        rmse: distance of all linear weights from the original ones, relative (of the roots of
            mean squares); adapters count.
        correct, perplexity: as of ``Training``.
    """

    name: str
    rmse: float
    correct: str
    perplexity: float


@dataclasses.dataclass(frozen=True)
class Recorded:
    """The whole report.

    Attributes:
        settings: steps, batch and the like.
        device, versions, date: where, with what and when (UTC) it was run.
        workers: trainings at the same time.
        starts, trials, trainings, merges: what was measured, in the order in which it was done.
    """

    settings: dict[str, Any]
    device: str
    versions: dict[str, str]
    date: str
    workers: int
    starts: list[Start]
    trials: list[Trial]
    trainings: list[Training]
    merges: list[Merge]

    @property
    def arms(self) -> list[Arm]:
        """All arms that there are trainings of, in the order of the settings."""
        known = {training.arm for training in self.trainings}
        arms = [Arm(**row) for row in self.settings["arms"]]
        return [arm for arm in arms if arm.name in known]

    def chosen(self, arm: str) -> float:
        """The learning rate that an arm's trials chose."""
        return chosen_rate(self.trials, arm)

    def of(self, arm: str) -> list[Training]:
        """The trainings of an arm at its chosen rate, by seed."""
        found = [training for training in self.trainings if training.arm == arm]
        return sorted(found, key=lambda training: training.seed)

    def tried(self, arm: str, rate: float) -> list[Trial]:
        """The trials of an arm at a rate, by seed."""
        found = [t for t in self.trials if (t.arm, t.learning_rate) == (arm, rate)]
        return sorted(found, key=lambda trial: trial.seed)

    def merged(self, arm: str, way: str) -> list[Merge]:
        """The merges of an arm in one way, by seed."""
        found = [merge for merge in self.merges if (merge.arm, merge.way) == (arm, way)]
        return sorted(found, key=lambda merge: merge.seed)

    def start(self, name: str) -> Start:
        """The untrained model of this name."""
        return next(start for start in self.starts if start.name == name)


def recorded_qlora() -> Recorded:
    """What ``study_qlora`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report("qlora", "qlora")
    kinds = {"starts": Start, "trials": Trial, "trainings": Training, "merges": Merge}
    for field, kind in kinds.items():
        report[field] = [from_row(kind, row) for row in report[field]]
    return Recorded(**report)


def losses(trials: Iterable[Trial], arm: str) -> dict[float, float]:
    """Mean validation loss of each learning rate of an arm, from the lowest rate on.

    A rate at which a seed came to nothing does not count.
    """
    found: dict[float, list[float]] = {}
    for trial in trials:
        if trial.arm == arm:
            found.setdefault(trial.learning_rate, []).append(trial.loss)
    seeds = max(map(len, found.values()), default=0)
    return {r: sum(found[r]) / seeds for r in sorted(found) if len(found[r]) == seeds}


def chosen_rate(trials: Iterable[Trial], arm: str) -> float:
    """The learning rate with the lowest mean validation loss; of equal ones, the lowest rate."""
    found = losses(trials, arm)
    return min(found, key=lambda rate: found[rate])


def difference(first: Iterable[Answered], second: Iterable[Answered]) -> Difference:
    """Mean accuracy of the first less the second; see ``seeds.compare_means``."""
    return compare_means([a.correct for a in first], [b.correct for b in second])


def perplexity_ratio(
    first: Iterable[Trial | Training | Merge], second: Iterable[Trial | Training | Merge]
) -> Mean:
    """How many times the perplexity of ``second`` that of ``first`` is, paired by seed.

    Geometric mean over the seeds with its 95 % interval by Student's t, on the same texts.

    Raises:
        CourseError: see ``measure.means.mean_difference``.
    """
    found = mean_difference(
        (math.log(row.perplexity) for row in first), (math.log(row.perplexity) for row in second)
    )
    return _exp(found)


def perplexity(rows: Iterable[Trial | Training | Merge]) -> Mean:
    """Geometric mean over the seeds, with its 95 % interval by Student's t.

    Raises:
        CourseError: see ``measure.means.mean_of``.
    """
    return _exp(mean_of(math.log(row.perplexity) for row in rows))


def _exp(mean: Mean) -> Mean:
    return Mean(math.exp(mean.mean), math.exp(mean.low), math.exp(mean.high), mean.n)
