"""Kept answers have the accuracy and the interval of the items."""

import dataclasses

from course_utils.measure.answered import Answered
from course_utils.measure.evaluation import wilson_interval


@dataclasses.dataclass(frozen=True)
class Kept(Answered):
    correct: str
    name: str = "kept"


def test_accuracy_and_interval_are_those_of_the_items():
    kept = Kept("1101")
    assert kept.accuracy == 0.75 and kept.interval == wilson_interval(3, 4)
    assert [field.name for field in dataclasses.fields(Kept)] == ["correct", "name"]
