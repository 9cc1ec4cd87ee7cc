"""Inside LoRA and full fine-tuning, as ``experiments intruders`` measured it.

Lesson 3, *Look inside* and *Act on it*.
"""

import dataclasses
import math
from typing import Any

from course_utils.analysis.overlap import expected_overlap
from course_utils.analysis.update_norms import Norms, arranged
from course_utils.errors import CourseError
from course_utils.measure.answered import Answered
from course_utils.measure.means import Mean, mean_of
from course_utils.measure.seeds import Difference, compare_means
from course_utils.methods.names import Method
from course_utils.recorded.reports import read_report
from course_utils.recorded.runs import unpack

K, THRESHOLDS, SHRUNK = 10, (0.3, 0.5, 0.7), 0.5  # the last is of the intruders that are shrunk
WHOLE, INTRUDERS, OTHERS, UPDATE = "whole", "intruders", "others", "update"


@dataclasses.dataclass(frozen=True)
class Setting:
    """What is trained.

    Attributes:
        rank: of LoRA on all linear layers, alpha twice the rank; 0 for full fine-tuning.
        learning_rate: the highest of the schedule.
    """

    rank: int
    learning_rate: float

    def __str__(self) -> str:
        rate = f"{self.learning_rate:.0e}".replace("e-0", "e-")
        return f"{Method.LORA} r{self.rank}, {rate}" if self.rank else f"{Method.FULL}, {rate}"


TUNED = Setting(0, 1e-4)  # full fine-tuning, which all directions are held against


@dataclasses.dataclass(frozen=True)
class Answer(Answered):
    """The model measured, in float32, with its update whole or shrunk in one way.

    Attributes:
        way: ``whole``: as it was trained; ``intruders``: their singular values in W0 + update
            multiplied by ``factor``; ``others``: as many directions that are none, of the nearest
            singular values; ``update``: the whole update multiplied by ``left``, which takes away
            the same Frobenius norm as the intruders' shrinking did.
        factor: of the intruders.
        correct: one character a test item, ``1`` where right.
        perplexity: on the test editorials.
        left: of ``update`` alone.
    """

    way: str
    factor: float
    correct: str
    perplexity: float
    left: float | None = None


@dataclasses.dataclass(frozen=True)
class InsideRun:
    """A training, looked into. Lists have one number a matrix, in the order of the report's.

    Attributes:
        setting: what was trained.
        seed: of the order of the examples and of LoRA's start.
        best: steps done and validation loss of the weights that were kept.
        norms: Frobenius norm of the update.
        counts: by threshold, the intruders among the first ``K`` directions.
        control: by threshold, all intruders of a random update of the same norms and rank.
        answers: the first is of the ``whole`` update.
        seconds: of training, looking and measuring, with other runs beside it.
    """

    setting: Setting
    seed: int
    best: tuple[int, float]
    norms: list[float]
    counts: dict[float, list[int]]
    control: dict[float, int]
    answers: list[Answer]
    seconds: float

    def intruders(self, threshold: float = SHRUNK) -> int:
        """How many there are in all matrices together."""
        return sum(self.counts[threshold])

    def answer(self, way: str, factor: float) -> Answer:
        """The measurement of this way and factor; where nothing was shrunk, the ``whole``."""
        found = [each for each in self.answers if (each.way, each.factor) == (way, factor)]
        return found[0] if found else self.answers[0]


@dataclasses.dataclass(frozen=True)
class Overlap:
    """Overlap of the strongest directions of two runs' updates, mean over the layers.

    Attributes:
        first, second: setting and seed of the runs.
        left, right: by kind of matrix, of the directions that are written and read.
    """

    first: tuple[Setting, int]
    second: tuple[Setting, int]
    left: dict[str, float]
    right: dict[str, float]


@dataclasses.dataclass(frozen=True)
class InsideReport:
    """The report.

    Attributes:
        settings: of the study; ``directions`` are compared of each update, or LoRA's rank.
        untrained: the model before training, in float32.
        matrices: by full name: rows, columns, and Frobenius norm of the weight before training.
        runs: one a setting and seed.
        overlaps: of each setting with ``TUNED``, and with itself, each seed with the next one's.
        workers: processes that worked at the same time.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    untrained: Answer
    matrices: dict[str, tuple[int, int, float]]
    runs: list[InsideRun]
    overlaps: list[Overlap]
    workers: int
    device: str
    versions: dict[str, str]
    date: str

    @property
    def trained(self) -> list[Setting]:
        """All settings, full fine-tuning first, rates rising."""
        found = {run.setting for run in self.runs}
        return sorted(found, key=lambda each: (each.rank > 0, each.rank, each.learning_rate))

    def of(self, setting: Setting) -> list[InsideRun]:
        """The runs of a setting, by seed.

        Raises:
            CourseError: there is none.
        """
        runs = [run for run in self.runs if run.setting == setting]
        if not runs:
            known = "; ".join(map(str, self.trained))
            raise CourseError(f"There are no runs of '{setting}'", f"take one of: {known}")
        return sorted(runs, key=lambda run: run.seed)

    def norms(self, setting: Setting) -> Norms:
        """Norms of the update by layer and kind of matrix, mean over the seeds."""
        runs = self.of(setting)
        means = [sum(each) / len(runs) for each in zip(*(run.norms for run in runs))]
        weights = [weight for _, _, weight in self.matrices.values()]
        return arranged(dict(zip(self.matrices, zip(means, weights))))

    def counts(self, setting: Setting, threshold: float = SHRUNK) -> Mean:
        """Intruders in all matrices together, over the seeds."""
        return mean_of(run.intruders(threshold) for run in self.of(setting))

    def control(self, setting: Setting, threshold: float = SHRUNK) -> Mean:
        """The same of random updates of the same norms and rank."""
        return mean_of(run.control[threshold] for run in self.of(setting))

    def accuracy(self, setting: Setting, way: str = WHOLE, factor: float = 1.0) -> Mean:
        """Mean accuracy over the seeds, with Student's interval."""
        return mean_of(run.answer(way, factor).accuracy for run in self.of(setting))

    def perplexity(self, setting: Setting, way: str = WHOLE, factor: float = 1.0) -> Mean:
        """Geometric mean over the seeds, with Student's interval of the logarithm."""
        runs = self.of(setting)
        log = mean_of(math.log(run.answer(way, factor).perplexity) for run in runs)
        return Mean(math.exp(log.mean), math.exp(log.low), math.exp(log.high), log.n)

    def against_whole(self, setting: Setting, way: str, factor: float) -> Difference:
        """Mean accuracy of the shrunk update less that of the whole one."""
        runs = self.of(setting)
        return compare_means(
            [run.answer(way, factor).correct for run in runs],
            [run.answers[0].correct for run in runs],
        )

    def factors(self, setting: Setting) -> list[float]:
        """By which the intruders were multiplied, from 1 down."""
        shrunk = {each.factor for run in self.of(setting) for each in run.answers}
        return sorted(shrunk, reverse=True)

    def overlap(self, first: Setting, second: Setting, side: str) -> dict[str, list[float]]:
        """By kind of matrix, the overlap of each pair of runs.

        Args:
            side: ``left`` or ``right``.

        Raises:
            CourseError: these were not held against each other.
        """
        found = [o for o in self.overlaps if (o.first[0], o.second[0]) == (first, second)]
        if not found:
            raise CourseError(
                f"The directions of '{first}' and '{second}' were not compared",
                f"compare a setting with itself, or with '{TUNED}'",
            )
        return {kind: [getattr(o, side)[kind] for o in found] for kind in getattr(found[0], side)}

    def by_chance(self, first: Setting, second: Setting, side: str) -> dict[str, float]:
        """By kind of matrix, the mean overlap of as many random directions."""
        most = self.settings["directions"]
        k = max(min(most, each.rank or most) for each in (first, second))
        sizes = {
            name.split(".")[-1]: rows if side == "left" else columns
            for name, (rows, columns, _) in self.matrices.items()
        }
        return {kind: expected_overlap(size, k) for kind, size in sizes.items()}


def recorded_intruders() -> InsideReport:
    """What ``experiments intruders`` measured.

    Raises:
        CourseError: it was never recorded.
    """
    report = read_report("intruders", "intruders")
    return InsideReport(
        **report
        | {
            "untrained": _answer(report["untrained"]),
            "matrices": {name: tuple(size) for name, size in report["matrices"].items()},
            "runs": [_run(row) for row in report["runs"]],
            "overlaps": [_overlap(row) for row in report["overlaps"]],
        }
    )


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(**row | {"correct": unpack(row["correct"])})


def _run(row: dict[str, Any]) -> InsideRun:
    return InsideRun(
        Setting(row["rank"], row["learning_rate"]),
        row["seed"],
        (row["best"][0], row["best"][1]),
        row["norms"],
        {float(t): [int(digit, 16) for digit in digits] for t, digits in row["counts"].items()},
        {float(t): total for t, total in row["control"].items()},
        [_answer(each) for each in row["answers"]],
        row["seconds"],
    )


def _overlap(row: dict[str, Any]) -> Overlap:
    ends = [(Setting(rank, rate), seed) for rank, rate, seed in (row["first"], row["second"])]
    return Overlap(ends[0], ends[1], row["left"], row["right"])
