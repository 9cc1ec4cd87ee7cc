"""The one exception that learners are meant to read."""

from course_utils.errors import CourseError


def test_it_says_what_happened_and_what_to_do():
    error = CourseError("No network", "connect")
    assert str(error) == "No network. What to do: connect."


def test_a_notebook_shows_the_message_alone():
    assert CourseError("No network", "connect")._render_traceback_() == [
        "CourseError: No network. What to do: connect."
    ]
