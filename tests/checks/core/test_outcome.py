"""The words of an outcome."""

from course_utils.checks.core.outcome import (
    FAILED,
    NOT_ATTEMPTED,
    PASSED,
    RAISED,
    STATES,
    AnswerRaised,
    Mistake,
    Outcome,
)


def test_states_go_from_the_worst_to_the_best():
    assert STATES == (NOT_ATTEMPTED, RAISED, FAILED, PASSED)


def test_the_text_lines_up_under_the_name_and_the_state():
    outcome = Outcome("twice", FAILED, (("Got", "3"), ("Likely mistake", "why")))
    assert outcome.text == "twice: failed\n  Got:            3\n  Likely mistake: why"


def test_without_lines_the_text_is_one_line():
    assert Outcome("twice", PASSED).text == "twice: passed"


def test_mistake_names_only_what_is_known():
    assert Mistake("why").lines == (("Likely mistake", "why"),)


def test_mistake_goes_from_the_call_to_the_cause():
    headings = [heading for heading, _ in Mistake("why", "4", "9", "twice(3)").lines]
    assert headings == ["Called", "Expected", "Got", "Likely mistake"]


def test_what_raised_keeps_the_error_and_the_call():
    error = ValueError("odd")
    raised = AnswerRaised(error, "twice(3)")
    assert (raised.error, raised.call, str(raised)) == (error, "twice(3)", "odd")
