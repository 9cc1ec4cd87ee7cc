"""What full fine-tuning did to the weights, as ``experiments update`` measured it.

Lesson 3, *What did full fine-tuning change?*.
"""

import dataclasses
from typing import Any

from course_utils.analysis.spectra import Spectrum
from course_utils.analysis.weight_update import Spectra
from course_utils.errors import CourseError
from course_utils.measure.means import Mean, mean_of
from course_utils.measure.seeds import Difference, compare_means
from course_utils.recorded.reports import read_report
from course_utils.recorded.runs import unpack

FLOAT32, BFLOAT16 = "float32", "bfloat16"
BEFORE, LINEAR, EVERYTHING = "before", "linear layers", "everything"


@dataclasses.dataclass(frozen=True)
class UpdateRun:
    """A full fine-tuning and its update, that of the float32 masters.

    Attributes:
        learning_rate: the highest of the schedule.
        seed: of the order of the examples.
        best: steps done and validation loss of the weights that were kept.
        correct: by precision and what was added to the base's weights, one character a test item:
            nothing (``before``), each rank (``"8"``), the whole update of the ``linear layers``, or
            ``everything``, embedding and norms included. In ``float32`` the update is cut, added
            and computed with in float32; in ``bfloat16`` it is taken from weights that were
            rounded to bfloat16, cut, and rounded again into a bfloat16 model.
        energy: by precision and kind of matrix, or ``all``: share of the squared norm that each
            of ``settings["ranks"]`` keeps.
        most: by precision: the same of the matrix that keeps the most.
        rounding: by kind of matrix, or ``all``: share of the stored update's squared norm that is
            rounding; see ``analysis.rounding``.
        seconds: of training and measuring, with other runs beside it.
    """

    learning_rate: float
    seed: int
    best: tuple[int, float]
    correct: dict[str, dict[str, str]]
    energy: dict[str, dict[str, list[float]]]
    most: dict[str, list[float]]
    rounding: dict[str, float]
    seconds: float

    def accuracy(self, what: str, precision: str = FLOAT32) -> float:
        """Share of the test items that are right."""
        answers = self.correct[precision][what]
        return answers.count("1") / len(answers)

    def gain(self, what: str, precision: str = FLOAT32) -> float:
        """Share of the gain in accuracy that is left, as part of the whole update's in float32."""
        before, whole = self.accuracy(BEFORE), self.accuracy(LINEAR)
        return (self.accuracy(what, precision) - before) / (whole - before)


@dataclasses.dataclass(frozen=True)
class UpdateReport:
    """The report; methods take a learning rate, and ``what`` as in ``UpdateRun.correct``.

    Attributes:
        settings: of the study.
        runs: one a learning rate and seed.
        spectra: by learning rate, of the middle layer's matrices with seed 0, by name: of the
            ``update``, the same ``through bfloat16``, the ``rounding`` alone, and a ``random``
            matrix of the update's norm.
        workers: processes that worked at the same time.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    runs: list[UpdateRun]
    spectra: dict[float, Spectra]
    workers: int
    device: str
    versions: dict[str, str]
    date: str

    @property
    def ranks(self) -> list[int]:
        """To which the update was cut, rising."""
        return list(self.settings["ranks"])

    @property
    def rates(self) -> list[float]:
        """The learning rates, rising."""
        return sorted({run.learning_rate for run in self.runs})

    def of(self, rate: float) -> list[UpdateRun]:
        """The runs at this learning rate, by seed.

        Raises:
            CourseError: there is none.
        """
        runs = [run for run in self.runs if run.learning_rate == rate]
        if not runs:
            raise CourseError(
                f"There is no recorded update at the learning rate {rate:g}",
                f"take one of: {', '.join(f'{known:g}' for known in self.rates)}",
            )
        return sorted(runs, key=lambda run: run.seed)

    def accuracy(self, rate: float, what: str, precision: str = FLOAT32) -> Mean:
        """Mean accuracy over the seeds, with Student's interval."""
        return mean_of(run.accuracy(what, precision) for run in self.of(rate))

    def gain(self, rate: float, what: str, precision: str = FLOAT32) -> Mean:
        """Mean share of the gain that is left, with Student's interval over the seeds."""
        return mean_of(run.gain(what, precision) for run in self.of(rate))

    def against_whole(self, rate: float, what: str, precision: str = FLOAT32) -> Difference:
        """Mean accuracy less that of the whole update of the linear layers in float32."""
        runs = self.of(rate)
        return compare_means(
            [run.correct[precision][what] for run in runs],
            [run.correct[FLOAT32][LINEAR] for run in runs],
        )

    def energy(self, rate: float, rank: int, precision: str = FLOAT32, kind: str = "all") -> float:
        """Share of the squared norm that a cut keeps, mean over the seeds."""
        at = self.ranks.index(rank)
        found = [run.energy[precision][kind][at] for run in self.of(rate)]
        return sum(found) / len(found)

    def rounding(self, rate: float, kind: str = "all") -> Mean:
        """Share of the stored update that is rounding, with Student's interval over the seeds."""
        return mean_of(run.rounding[kind] for run in self.of(rate))


def recorded_update() -> UpdateReport:
    """What ``experiments update`` measured.

    Raises:
        CourseError: it was never recorded.
    """
    report = read_report("update", "update")
    runs = [UpdateRun(**row | {"correct": _unpacked(row["correct"])}) for row in report["runs"]]
    spectra = {
        float(rate): {name: _spectra(found) for name, found in matrices.items()}
        for rate, matrices in report["spectra"].items()
    }
    return UpdateReport(**report | {"runs": runs, "spectra": spectra})


def _unpacked(correct: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {
        precision: {what: unpack(answers) for what, answers in found.items()}
        for precision, found in correct.items()
    }


def _spectra(found: dict[str, dict[str, Any]]) -> dict[str, Spectrum]:
    return {
        kind: Spectrum(s["count"], tuple(s["values"]), tuple(s["energies"]))
        for kind, s in found.items()
    }
