"""A guess is answered by a number, whatever the learner wrote."""

from course_utils.lab.predictions import answer


def test_the_guess_stands_beside_what_was_measured():
    assert answer(10, 24.6, "points") == "Measured: 25 points. Your guess: 10 points."
    assert answer(0.5, 0.0213, "", 2) == "Measured: 0.02. Your guess: 0.50."


def test_without_a_guess_there_is_the_number_alone():
    sentence = "Measured: 3 GB. (No guess was written.)"
    assert answer(None, 3, "GB") == answer(..., 3, "GB") == sentence


def test_a_guess_that_is_no_number_is_said_to_be_none():
    for guess in ("ten", float("nan"), True):
        assert "give a finite number" in answer(guess, 3, "GB")
        assert answer(guess, 3, "GB").startswith("Measured: 3 GB.")
