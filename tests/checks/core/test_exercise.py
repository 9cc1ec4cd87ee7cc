"""Outcomes, strict mode and hints, on exercises made for the test."""

import random
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch

from course_utils.checks import lesson01
from course_utils.checks.core.compare import compare, number
from course_utils.checks.core.exercise import EXERCISES, Exercise, exercise, progress_of
from course_utils.checks.core.outcome import FAILED, NOT_ATTEMPTED, PASSED, RAISED

ROOT = Path(__file__).resolve().parents[3]
HINTS = ("think", "multiply", "return 2 * x")


def double(answer, numbers: random.Random) -> None:
    cases = [(float(numbers.randint(3, 9)),) for _ in range(3)]
    compare(answer, cases, lambda x: 2 * x, {"this is the square": [lambda x: x * x]}, number)


@pytest.fixture
def twice(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return Exercise("lesson00", "twice", double, HINTS)


def stub(x):
    # YOUR CODE HERE
    raise NotImplementedError("Write double here, and delete this line.")


def squares(x):
    return x * x


def divides(x):
    return x / 0


def right(x):
    return x + x


def forgets_return(x):
    right(x)


def test_the_decorator_takes_the_name_of_the_check_and_the_lesson_of_its_folder(
    monkeypatch, tmp_path, capsys
):
    def thrice(answer, numbers):
        """Three times a number."""

    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    monkeypatch.setitem(EXERCISES, "lesson99", {})  # taken out again after the test
    thrice.__module__ = "course_utils.checks.lesson99.thrice"
    made = exercise(hints=HINTS, mistakes={"this is the square": [squares]})(thrice)
    assert (made.lesson, made.name, made.hints) == ("lesson99", "thrice", HINTS)
    assert made.__doc__ == "Three times a number."
    assert made.mistakes == {"this is the square": [squares]}
    assert EXERCISES["lesson99"] == {"thrice": made}
    progress_of("course_utils.checks.lesson99")()
    assert "Lesson 99: 0 of 1 passed" in capsys.readouterr().out


def test_passed(twice):
    assert twice.examine(right).state == PASSED


def test_failed_says_what_was_expected_what_it_got_and_the_likely_mistake(twice):
    outcome = twice.examine(squares)
    assert outcome.state == FAILED
    lines = dict(outcome.lines)
    x = float(lines["Called"].removeprefix("squares(").removesuffix(")"))
    assert (float(lines["Expected"]), float(lines["Got"])) == (2 * x, x * x)
    assert lines["Likely mistake"] == "this is the square"
    assert lines["More help"] == "check.twice.hint()"


def test_unknown_mistake_is_said_to_be_unknown(twice):
    assert "none of the usual" in twice.examine(lambda x: x).text


@pytest.mark.parametrize("answer", [..., None, stub])
def test_not_attempted(twice, answer):
    assert twice.examine(answer).state == NOT_ATTEMPTED


def test_raised_shows_type_and_message(twice):
    outcome = twice.examine(divides)
    assert outcome.state == RAISED
    lines = dict(outcome.lines)
    assert lines["Exception"].startswith("ZeroDivisionError: ")
    assert "in divides: return x / 0" in lines["Your code"]


def test_raised_by_the_call_itself(twice):
    outcome = twice.examine(lambda: 1)
    assert outcome.state == RAISED
    assert "are the arguments as asked for?" in outcome.text


@pytest.mark.parametrize("answer", [stub, squares, divides, right, ..., 3, forgets_return])
def test_by_default_nothing_raises_and_nothing_is_returned(twice, answer, capsys):
    assert twice(answer) is None
    assert capsys.readouterr().out.startswith("twice: ")


def test_without_argument_the_exercise_is_not_attempted(twice, capsys):
    twice()
    said = "twice: not attempted yet\n  More help: check.twice.hint()\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("variable, value", [
    ("COURSE_STRICT", "1"), ("NBGRADER_EXECUTION", "autograde"), ("NBGRADER_EXECUTION", "validate"),
])  # fmt: skip
@pytest.mark.parametrize("answer", [stub, squares, divides])
def test_strict_mode_raises_with_the_same_text(twice, monkeypatch, variable, value, answer):
    monkeypatch.setenv(variable, value)
    with pytest.raises(AssertionError) as caught:
        twice(answer)
    state = twice.examine(answer).state
    assert str(caught.value).startswith(f"twice: {state}")
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_strict_mode_lets_a_right_answer_pass(twice, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COURSE_STRICT", "1")
    twice(right)
    assert capsys.readouterr().out == "twice: passed\n"
    assert not list(tmp_path.iterdir())  # no progress of a grading run


def test_hints_come_one_by_one_then_begin_again(twice, capsys):
    shown = []
    for _ in range(5):
        twice.hint()
        shown.append(capsys.readouterr().out)
    for text, hint in zip(shown, HINTS):
        assert hint in text and not any(other in text for other in HINTS if other != hint)
    assert "hint 2 of 3" in shown[1]
    assert "that was the last hint" in shown[3]
    assert shown[4] == shown[0]


@pytest.mark.parametrize("answer, own", [(right, True), (squares, False), (stub, False)])
def test_lesson_goes_on_with_the_courses_version_until_the_learners_passes(
    twice, capsys, tmp_path, answer, own
):
    course = object()
    assert twice.passed_or(answer, course) is (answer if own else course)
    said = capsys.readouterr().out
    assert said == "" if own else "the course's own version is used" in said
    assert not list(tmp_path.iterdir())  # no try is counted


def test_gradients_switched_off_by_the_learner_do_not_matter():
    def scores(model, input_ids, label_ids):
        assert torch.is_grad_enabled()
        return model(input_ids).logits[0, -1, label_ids].float().softmax(0)

    with torch.no_grad():
        outcome = lesson01.label_scores.examine(scores)
        assert not torch.is_grad_enabled()
    assert outcome.state == PASSED, outcome.text


def test_check_that_stumbles_says_so_and_does_not_raise(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))

    def stumbles(answer, numbers):
        raise RuntimeError("odd value")

    outcome = Exercise("lesson00", "odd", stumbles, HINTS).examine(3)
    assert outcome.state == FAILED
    assert "stumbled over it (RuntimeError: odd value)" in outcome.text


@pytest.mark.slow
def test_checks_do_not_need_the_network_or_a_home(tmp_path):
    code = "from course_utils.checks import lesson01, lesson02; lesson01.label_scores()"
    environment = {"PATH": "", "COURSE_RESULTS": str(tmp_path), "HOME": "/nonexistent",
                   "HF_HUB_OFFLINE": "1"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT
    )
    assert done.stdout.startswith("label_scores: not attempted yet\n"), done.stderr


@pytest.mark.parametrize("answer", [right, squares, divides, ...])
def test_a_check_leaves_the_random_numbers_of_the_session_as_they_were(twice, answer):
    def states():
        return (
            random.getstate(),
            numpy.random.get_state()[1].tolist(),
            torch.get_rng_state().tolist(),
        )

    before = states()
    twice.examine(answer)
    assert states() == before


def endless(x):
    calls.append(x)
    while True:
        pass


calls: list[float] = []


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr("course_utils.checks.core.exercise.SECONDS", 0.2)
    calls.clear()


def test_an_answer_without_end_is_stopped_and_its_line_shown(twice, short):
    outcome = twice.examine(endless)
    lines = dict(outcome.lines)
    assert outcome.state == FAILED
    assert lines["Got"] == "still running after 0.2 s"
    assert "in endless:" in lines["Your code"]
    assert "a loop without end?" in lines["Likely mistake"]


def test_an_answer_without_end_runs_once_and_not_again_where_the_lesson_uses_it(
    twice, short, capsys
):
    twice(endless)
    assert twice.passed_or(endless, "course") == "course"
    assert len(calls) == 1
    assert twice.passed_or(right, "course") is right


def test_a_flood_is_cut_in_the_check_and_silent_where_the_lesson_uses_the_answer(twice, capsys):
    def chatty(x):
        print("x\n" * 10**5)
        return x + x

    twice(chatty)
    said = capsys.readouterr().out
    assert said.count("\n") < 30 and "twice: passed" in said and "more characters" in said
    twice.passed_or(chatty, None)
    assert capsys.readouterr().out == ""


def test_a_seed_gives_the_same_inputs_again(twice, capsys):
    outcome = twice.examine(squares)
    again = dict(outcome.lines)["Same inputs again"]
    seed = int(again.removeprefix("check.twice(twice, seed=").removesuffix(")"))
    assert twice.examine(squares, seed) == outcome
    twice(squares, seed=seed)
    assert outcome.text in capsys.readouterr().out
    assert any(twice.examine(squares) != outcome for _ in range(20))


@pytest.mark.parametrize("draw", [
    random.random, numpy.random.rand, lambda: torch.rand(1).item(),
])  # fmt: skip
def test_the_answers_own_random_numbers_follow_from_the_seed_too(twice, draw):
    def noisy(x):
        return 2 * x + draw()

    assert twice.examine(noisy, 5) == twice.examine(noisy, 5)


def test_a_value_that_raises_has_its_cause_named(twice):
    lines = dict(twice.examine(divides).lines)
    assert lines["Likely mistake"] == "a divisor can be 0: think of that case"
