"""How far words get on the task ``pair``, as ``experiments pair_words`` measured it (lesson 4)."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from course_utils.measure.answered import Answered
from course_utils.measure.selection import expected_best
from course_utils.recorded.reports import read_report
from course_utils.recorded.rows import from_row


@dataclasses.dataclass(frozen=True)
class Asked:
    """A prompt, measured on the validation pairs.

    Attributes:
        template: its name; its words are in the report's settings.
        shots: demonstrations before the question.
        draw: which draw of them.
        plain: accuracy of the label word with the higher probability.
        calibrated: the same after the preference has been divided out (batch calibration).
        auc: area under the ROC curve, which no fixed preference can change: 0.5 is chance, and
            below 0.5 the answers tend to be the wrong way round.
    """

    template: str
    shots: int
    draw: int
    plain: float
    calibrated: float
    auc: float


@dataclasses.dataclass(frozen=True)
class Answers(Answered):
    """What one method answered on the test pairs.

    Attributes:
        name: of the method, or of the prompt.
        said_a: share of the pairs to which the answer was A.
        correct: one character a test pair, ``1`` where right; for ``evaluation.compare``.
    """

    name: str
    said_a: float
    correct: str

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.accuracy:.3f} [{low:.3f}, {high:.3f}], n = {len(self.correct)}"


@dataclasses.dataclass(frozen=True)
class PairWords:
    """The report.

    Attributes:
        settings: of the study; ``validation`` and ``test`` are the numbers of pairs, ``templates``
            the words of each template.
        asked: all prompts, on the validation pairs.
        plain: the prompt that the trained methods use, without any training, on the test pairs.
        best: the prompt that was best on the validation pairs, on the test pairs.
        one_by_one: each review asked on its own, in words, and the two scores compared outside of
            the model: no training either.
        bag_of_words: TF-IDF and a logistic regression on the difference of the two reviews, trained
            on all training pairs.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    asked: list[Asked]
    plain: Answers
    best: Answers
    one_by_one: Answers
    bag_of_words: Answers
    device: str
    versions: dict[str, str]
    date: str

    @property
    def tried(self) -> int:
        """Candidates that the best was chosen from: each prompt as it is, and calibrated."""
        return 2 * len(self.asked)

    @property
    def best_of_guesses(self) -> float:
        """The validation accuracy to expect of the best candidate if all of them only guess."""
        return expected_best(0.5, self.settings["validation"], self.tried)

    @property
    def templates(self) -> dict[str, dict[int, float]]:
        """Of each template, by the number of shots: the best validation accuracy that it reached.

        The best of the draws, as it is or calibrated: a maximum, so above 0.5 even for guesses.
        """
        found: dict[str, dict[int, float]] = {}
        for row in self.asked:
            by_shots = found.setdefault(row.template, {})
            accuracy = max(row.plain, row.calibrated, by_shots.get(row.shots, 0.0))
            by_shots[row.shots] = accuracy
        return found


def chosen(asked: Iterable[Asked]) -> tuple[Asked, bool]:
    """The prompt with the best validation accuracy, and whether that is its calibrated one.

    Of equal ones the first, and plain before calibrated.
    """
    candidates = [(row, calibrated) for row in asked for calibrated in (False, True)]
    return max(candidates, key=lambda pair: pair[0].calibrated if pair[1] else pair[0].plain)


def recorded_pair_words() -> PairWords:
    """What ``study_pair_words`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report("pair_words", "pair_words")
    asked = [from_row(Asked, row) for row in report.pop("asked")]
    rows = report.pop("answers").items()
    answers: dict[str, Any] = {name: from_row(Answers, row) for name, row in rows}
    return PairWords(**report, **answers, asked=asked)
