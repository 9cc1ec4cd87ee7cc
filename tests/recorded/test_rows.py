"""Rows of a report: answers are packed, and all comes back."""

import dataclasses

from course_utils.recorded.rows import from_row, to_row


@dataclasses.dataclass(frozen=True)
class Measured:
    name: str
    correct: str


@dataclasses.dataclass(frozen=True)
class Tried:
    loss: float


def test_answers_are_packed_and_come_back():
    measured = Measured("a", "1011001110")
    row = to_row(measured)
    assert row == {"name": "a", "correct": "10:b38"}
    assert from_row(Measured, row) == measured
    assert row == {"name": "a", "correct": "10:b38"}  # left as it was


def test_a_row_may_have_no_answers():
    assert to_row(Tried(0.5)) == {"loss": 0.5} and from_row(Tried, {"loss": 0.5}) == Tried(0.5)
