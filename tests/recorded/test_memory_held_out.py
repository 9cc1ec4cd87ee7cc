"""The recorded trainings: what was predicted, what is predicted today, and how it is told."""

import dataclasses

from course_utils.machine.device import GIB
from course_utils.memory.training import METHODS
from course_utils.recorded import memory_held_out as held
from course_utils.recorded.reports import read_report
from course_utils.settings import PACKAGE

REPORT = held.recorded_held_out()
ROWS = REPORT["held out"]
IN_BACKWARD = held.recorded_in_backward()


def test_at_least_forty_of_all_methods():
    assert len(ROWS) >= 40 and {row.training.method for row in ROWS} == set(METHODS)


def test_what_was_written_down_first_was_near_in_nine_of_ten():
    assert sum(abs(row.error) <= 0.05 for row in ROWS) >= 0.9 * len(ROWS)


def test_todays_calculator_is_within_a_twentieth_of_all():
    for row in ROWS + REPORT["development"]:
        assert abs(row.error_now) < 0.05, row
        assert abs(row.reserved_error_now) < 0.21, row


def test_so_it_is_of_steps_in_the_backward_pass():
    rows = [row for name in held.SETS for row in IN_BACKWARD[name]]
    assert len(rows) == 12 and all(row.training.step_in_backward for row in rows)
    for row in rows:
        assert abs(row.error) < 0.05 and abs(row.error_now) < 0.05, row
        assert abs(row.reserved_error) < 0.15 and abs(row.reserved_error_now) < 0.15, row


def test_the_readme_counts_the_trainings():
    text = " ".join((PACKAGE.parent / "README.md").read_text().split())
    usual, in_backward = (sum(len(r[name]) for name in held.SETS) for r in (REPORT, IN_BACKWARD))
    assert f"against {usual} trainings on a GPU, and against {in_backward} that step" in text


def test_no_training_is_in_both_sets():
    for report in (REPORT, IN_BACKWARD):
        sets = [{(row.model, row.training) for row in report[name]} for name in held.SETS]
        assert not set.intersection(*sets), report["date"]


def test_the_table_counts():
    first, second = held.summary(ROWS)
    assert first["trainings"] == len(ROWS)
    assert first["peak within 5 %"] == len(ROWS) - len(held.missed(ROWS))
    assert second["peak within 5 %"] == second["within 10 %"] == len(ROWS)
    half = dataclasses.replace(ROWS[0], predicted=ROWS[0].measured // 2)
    assert held.missed([half])[0]["before"] == "-50.0%"


def test_a_line_says_what_and_how_near():
    stored = read_report("memory_held_out", "memory_held_out")["held out"][0]
    text = held.describe_held_out(stored)
    assert stored["model"] in text and f"{stored['measured'] / GIB:.2f} GiB" in text
    assert "OutOfMemory" in held.describe_held_out(stored | {"note": "OutOfMemoryError: no"})
