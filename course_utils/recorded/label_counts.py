"""How many labels does each method need? As ``experiments label_counts`` measured it.

Lesson 2, *How many labels does it take?*.
"""

import dataclasses
from typing import Any

from course_utils.errors import CourseError
from course_utils.measure.means import mean_of
from course_utils.measure.seeds import Difference, accuracies, compare_means
from course_utils.recorded.reports import read_report
from course_utils.recorded.rows import from_row

PROMPT, AS_IT_IS = "prompt", "prompt, as it is"
TFIDF, FULL = "TF-IDF", "full fine-tuning"


@dataclasses.dataclass(frozen=True)
class Answers:
    """What a method answered after it had seen some labels.

    Attributes:
        method: ``PROMPT``, ``AS_IT_IS`` (without labels only), ``TFIDF`` or ``FULL``.
        labels: training reviews with their labels that it was given.
        seed: that drew these reviews. Where there was nothing to draw there is seed 0 alone.
        chosen: the prompt, the C, or the learning rate.
        correct: one character a test item, ``1`` where right.
        extra_labels: of validation reviews, with which something was chosen.
    """

    method: str
    labels: int
    seed: int
    chosen: str
    correct: str
    extra_labels: int = 0

    @property
    def labels_used(self) -> int:
        """All labels that the method saw."""
        return self.labels + self.extra_labels


@dataclasses.dataclass(frozen=True)
class Training:
    """A full fine-tuning.

    Attributes:
        labels, seed: as in ``Answers``; the seed also orders the examples.
        learning_rate: the highest of the schedule.
        steps, batch_size: that were made.
        best_step: after which the validation loss was the lowest.
        loss: that validation loss.
        correct: one character a test item, ``1`` where right.
    """

    labels: int
    seed: int
    learning_rate: float
    steps: int
    batch_size: int
    best_step: int
    loss: float
    correct: str


@dataclasses.dataclass(frozen=True)
class Point:
    """A method at one number of labels.

    Attributes:
        labels: of its own.
        labels_used: those with which something was chosen included.
        values: accuracy of each seed.
        mean: of these.
        interval: 95 % interval of the mean over seeds (Student's t), cut at 0 and 1: of other
            draws and orders, on the same test items. None where there is one seed.
    """

    labels: int
    labels_used: int
    values: tuple[float, ...]
    mean: float
    interval: tuple[float, float] | None


@dataclasses.dataclass(frozen=True)
class LabelCounts:
    """The report.

    Attributes:
        settings: of the study; ``templates`` has the prompts that ``chosen`` names.
        answers: of the methods that are not trained, and of TF-IDF.
        trainings: of full fine-tuning; see ``chosen_rate``.
        workers: processes that worked at the same time.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    answers: list[Answers]
    trainings: list[Training]
    workers: int
    device: str
    versions: dict[str, str]
    date: str

    def methods(self) -> list[str]:
        """All methods."""
        return list(dict.fromkeys([*(row.method for row in self.answers), FULL]))

    def of(self, method: str) -> dict[int, list[Answers]]:
        """A method's answers by its number of labels, from the fewest on, one row a seed.

        Raises:
            CourseError: there is no such method.
        """
        rows = self._tuned() if method == FULL else self.answers
        found: dict[int, list[Answers]] = {}
        for row in sorted(rows, key=lambda row: (row.labels, row.seed)):
            if row.method == method:
                found.setdefault(row.labels, []).append(row)
        if not found:
            raise CourseError(
                f"There are no answers of '{method}'", f"name one of: {', '.join(self.methods())}"
            )
        return found

    def curve(self, method: str) -> list[Point]:
        """Accuracy by number of labels, from the fewest on."""
        return [_point(rows) for rows in self.of(method).values()]

    def differences(self, first: str, second: str) -> dict[int, Difference]:
        """Mean accuracy of the first less that of the second, where both have this many labels.

        The interval is that of ``seeds.compare_means``: over items and seeds together.
        """
        one, other = self.of(first), self.of(second)
        return {
            labels: compare_means(
                [row.correct for row in one[labels]], [row.correct for row in other[labels]]
            )
            for labels in one
            if labels in other
        }

    def _tuned(self) -> list[Answers]:
        """Full fine-tuning at the chosen learning rates."""
        rates = {row.labels: chosen_rate(self.trainings, row.labels) for row in self.trainings}
        extra = self.settings["validation"]
        return [
            Answers(FULL, row.labels, row.seed, f"{row.learning_rate:g}", row.correct, extra)
            for row in self.trainings
            if row.learning_rate == rates[row.labels]
        ]


def chosen_rate(trainings: list[Training], labels: int) -> float:
    """The learning rate with the lowest validation loss among the trainings with seed 0."""
    tried = [row for row in trainings if row.labels == labels and row.seed == 0]
    return min(tried, key=lambda row: row.loss).learning_rate


def _point(rows: list[Answers]) -> Point:
    values = tuple(accuracies([row.correct for row in rows]).tolist())
    mean = sum(values) / len(values)
    return Point(rows[0].labels, rows[0].labels_used, values, mean, _t_interval(values))


def _t_interval(values: tuple[float, ...]) -> tuple[float, float] | None:
    """Of a mean over seeds, cut where accuracies end; None of one seed."""
    if len(values) < 2:
        return None
    mean = mean_of(values)
    return max(0.0, mean.low), min(1.0, mean.high)


def recorded_label_counts() -> LabelCounts:
    """What ``study_label_counts`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report("label_counts", "label_counts")
    report["answers"] = [from_row(Answers, row) for row in report["answers"]]
    report["trainings"] = [from_row(Training, row) for row in report["trainings"]]
    return LabelCounts(**report)
