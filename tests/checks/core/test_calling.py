"""Calling a learner's function: a stub, an exception and a changed input are told apart."""

import os
import sys

import pytest
import torch

from course_utils.checks.core.calling import call, is_theirs, learners_line, same_data
from course_utils.checks.core.outcome import AnswerRaised, Mistake, NotAttempted
from course_utils.settings import PACKAGE


def stub(x):
    # YOUR CODE HERE
    raise NotImplementedError("Write double here, and delete this line.")


def ellipsis(x):
    """Twice x."""
    ...


@torch.no_grad()
def decorated_ellipsis(x): ...


def divides(x):
    return x / 0


def leaves(x):
    raise SystemExit


def interrupted(x):
    raise KeyboardInterrupt


def forgets_return(x):
    divides(x + 1) if x < 0 else x + 1


def calls_what_pytorch_lacks(x):
    return torch.ones(2).to_sparse().fmod_(torch.ones(2))


def lacks_in_pytorch(x):
    return torch.nn.functional.cross_entropy(x, x)


def test_the_value_comes_back():
    assert call(lambda x, y: x + 2 * y, 1, y=3) == 7


@pytest.mark.parametrize("answer", [stub, ellipsis, decorated_ellipsis, lambda x: ...])
def test_a_stub_is_not_attempted(answer):
    with pytest.raises(NotAttempted):
        call(answer, 1.0)


@pytest.mark.parametrize("answer", [forgets_return, lambda x: print(end="")])
def test_a_forgotten_return_is_not_a_stub(answer):
    with pytest.raises(Mistake, match="does every way through the function end in `return`"):
        call(answer, 1.0)


def test_a_value_in_place_of_a_function():
    with pytest.raises(Mistake, match="without calling it"):
        call(4.0)


def test_an_exception_comes_with_the_call_and_the_learners_line():
    with pytest.raises(AnswerRaised) as raised:
        call(divides, 2.0)
    assert isinstance(raised.value.error, ZeroDivisionError)
    assert raised.value.call == "divides(2)"
    line = divides.__code__.co_firstlineno + 1
    assert learners_line(raised.value.error) == f"line {line}, in divides: return x / 0"


def test_an_exception_in_a_library_shows_the_line_that_called_it():
    with pytest.raises(AnswerRaised) as raised:
        call(lacks_in_pytorch, 2.0)
    assert "in lacks_in_pytorch: return torch.nn" in learners_line(raised.value.error)


def test_an_exception_that_passed_no_line_of_theirs_has_no_line():
    with pytest.raises(AnswerRaised) as raised:
        call(lambda: 1, 2.0)
    assert "test_calling" not in learners_line(raised.value.error)


def test_not_implemented_by_pytorch_is_not_the_stub():
    with pytest.raises(AnswerRaised) as raised:
        call(calls_what_pytorch_lacks, 1.0)
    assert isinstance(raised.value.error, NotImplementedError)


def test_not_implemented_by_the_learner_is_not_the_stub():
    def half_done(x):
        raise NotImplementedError("the other case comes later")

    with pytest.raises(AnswerRaised, match="comes later"):
        call(half_done, 1.0)


def test_an_exit_does_not_leave_the_check():
    with pytest.raises(AnswerRaised):
        call(leaves, 1.0)


def test_an_interrupt_is_let_through():
    with pytest.raises(KeyboardInterrupt):
        call(interrupted, 1.0)


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        (lambda x: x.append(1) or 5, [1, 2]),
        (lambda x: x.mul_(2), torch.ones(3)),
        (lambda x: x.pop("a"), {"a": 1}),
        (lambda x: x[0].add_(1), [torch.ones(2)]),  # deep inside
    ],
)
def test_a_changed_input_is_a_mistake(answer, given):
    with pytest.raises(Mistake, match="changes its input in place"):
        call(answer, given)


@pytest.mark.parametrize(
    ("now", "then", "same"),
    [
        (torch.ones(2), torch.ones(2), True),
        (torch.ones(2), torch.ones(1, 2), False),
        ({"a": torch.ones(2)}, {"a": torch.ones(2)}, True),
        ({"a": 1}, {"b": 1}, False),
        ([1, (2, 3)], [1, (2, 3)], True),
        ([1, 2], [1], False),
        ("a", "b", False),
    ],
)
def test_same_data(now, then, same):
    assert same_data(now, then) is same


@pytest.mark.parametrize(
    ("file", "theirs"),
    [
        ("/home/me/notebook.py", True),
        ("/tmp/ipykernel_1/123.py", True),
        ("<ipython-input-3>", True),
        (os.__file__, False),
        (torch.__file__, False),
        (str(PACKAGE / "model" / "forward.py"), False),
        ("<frozen importlib>", False),
        ("<__array_function__ internals>", False),
        (sys.modules[__name__].__file__, True),
    ],
)
def test_whose_file_it_is(file, theirs):
    assert is_theirs(file) is theirs
