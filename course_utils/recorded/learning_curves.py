"""Learning curves of the study of labels, and where they cross (lesson 6)."""

import dataclasses
from collections.abc import Iterable

from course_utils.measure.crossing import crossing
from course_utils.measure.means import mean_of
from course_utils.methods.names import Method
from course_utils.recorded.labels import TFIDF, WORDS, by_labels, leads
from course_utils.recorded.ladder import TRAINED, Rung

METHODS = (WORDS, TFIDF, Method.PROMPT_TUNING.value, Method.LORA.value, Method.FULL.value)


@dataclasses.dataclass(frozen=True)
class CurvePoint:
    """A method at a number of labels.

    Attributes:
        labels: to learn from, without those of the validation items.
        accuracy: on the test items, mean over the draws of the labels.
        low, high: 95 % interval over the draws, in [0, 1]; the accuracy itself of a single draw.
        draws: how many.
    """

    labels: int
    accuracy: float
    low: float
    high: float
    draws: int


@dataclasses.dataclass(frozen=True)
class Crossing:
    """From how many labels on one method stays ahead of another; infinity for never.

    Attributes:
        labels: at which both were measured.
        ahead: from where on its mean accuracy is the higher.
        sure: from where on the 95 % interval of the lead is above 0.
    """

    labels: tuple[int, ...]
    ahead: float
    sure: float


def curve(rungs: Iterable[Rung], method: str) -> list[CurvePoint]:
    """A method's points, from the fewest labels on; none where it is not there."""
    return [_point(labels, own) for labels, own in by_labels(rungs, method).items()]


def crossing_of(rungs: Iterable[Rung], first: str, second: str) -> Crossing | None:
    """Where the first method passes the second for good; None without a common number of labels."""
    rungs = list(rungs)
    found = {labels: lead for labels, lead in leads(rungs, first, second).items() if labels}
    if not found:
        return None
    labels = tuple(found)
    ahead = crossing(labels, [lead.difference for lead in found.values()])
    return Crossing(labels, ahead, crossing(labels, [lead.low for lead in found.values()]))


def more_labels(rungs: Iterable[Rung]) -> int:
    """Labels that chose weights and rates of what is trained, beside those it learnt from."""
    return max((rung.validation_items for rung in rungs if rung.method in TRAINED), default=0)


def _point(labels: int, own: list[Rung]) -> CurvePoint:
    values = [rung.accuracy for rung in own]
    if len(values) < 2:
        return CurvePoint(labels, values[0], values[0], values[0], 1)
    mean = mean_of(values)
    return CurvePoint(labels, mean.mean, max(0.0, mean.low), min(1.0, mean.high), mean.n)
