"""A sample of what a method got wrong, for people to read: text, right answer, answer given.

An accuracy does not say whether the mistakes are near misses, unclear texts or nonsense (lesson 6).
"""

import dataclasses
import random

import datasets

from course_utils.data.columns import texts_and_labels
from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.measure.exact_match import ExactMatch
from course_utils.validate import whole


@dataclasses.dataclass(frozen=True)
class Mistake:
    """One item that was answered wrongly.

    Attributes:
        text: of the item.
        right: the right answer, a label word or a reply.
        given: the answer of the method.
    """

    text: str
    right: str
    given: str

    def __str__(self) -> str:
        return f"{self.text}\n    right: {self.right}\n    given: {self.given or '(nothing)'}"


def mistakes(
    dataset: datasets.Dataset,
    found: Evaluation | ExactMatch,
    label_words: tuple[str, ...],
    count: int = 5,
    seed: int = 0,
) -> list[Mistake]:
    """Some wrongly answered items, drawn at random, in the order of the data set.

    Args:
        dataset: the items that were evaluated.
        found: what came out: of label words, or of replies.
        label_words: of the task.
        count: how many to draw; fewer come where there are fewer mistakes.
        seed: of the drawing.

    Raises:
        CourseError: ``found`` is of other items; ``count`` is no whole number of at least 1; or see
            ``data.columns.texts_and_labels``.
    """
    texts, labels = texts_and_labels(dataset, len(label_words))
    if fingerprint(texts) != found.items:
        raise CourseError(
            "The evaluation is of other items than those of the data set",
            "give the data set that was evaluated, in the same order",
        )
    if isinstance(found, ExactMatch):
        given = [reply.strip() for reply in found.replies]
    else:
        given = [label_words[label].strip() for label in found.predictions.tolist()]
    wrong = [row for row, right in enumerate(found.correct) if right == "0"]
    count = min(whole("count", count, 1), len(wrong))
    drawn = sorted(random.Random(whole("seed", seed, 0)).sample(wrong, count))
    return [Mistake(texts[row], label_words[labels[row]].strip(), given[row]) for row in drawn]
