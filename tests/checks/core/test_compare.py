"""Which usual mistake explains a wrong answer, and when two values agree."""

import random

import numpy
import pytest
import torch

from course_utils.checks.core.compare import (
    CHANGES,
    UNKNOWN,
    compare,
    number,
    pairs,
    read_table,
    tensor,
)
from course_utils.checks.core.outcome import AnswerRaised, Mistake

CASES = [(3.0,), (5.0,)]
MISTAKES = {
    "a root is taken of a negative number": [lambda x: (-x) ** 0.5 + [][0]],
    "this is the square": [lambda x: x * x],
    "this is the square again": [lambda x: x**2],
}


def judged(answer):
    """The words about a wrong answer to 'twice the number'."""
    with pytest.raises(Mistake) as wrong:
        compare(answer, CASES, lambda x: 2 * x, MISTAKES, number)
    return dict(wrong.value.lines)


def test_a_right_answer_gives_its_values_back():
    assert compare(lambda x: x + x, CASES, lambda x: 2 * x, MISTAKES, number) == [6.0, 10.0]


def test_the_first_mistake_that_explains_every_case_is_named():
    lines = judged(lambda x: x * x)
    assert lines["Likely mistake"] == "this is the square"
    assert (lines["Expected"], lines["Got"], lines["Called"]) == ("6", "9", "<lambda>(3)")


def test_a_mistake_that_explains_one_case_alone_is_not_named():
    assert judged(lambda x: 9.0)["Likely mistake"] == UNKNOWN  # 9 = 3 squared, but not 5 squared


def test_a_value_of_the_wrong_kind_is_told_with_its_call():
    lines = judged(lambda x: str(x))
    assert lines["Called"] == "<lambda>(3)"
    assert lines["Likely mistake"] == "return one number, not a value of type str"


def test_a_wrong_second_case_is_found():
    lines = judged(lambda x: 6.0)
    assert (lines["Called"], lines["Expected"], lines["Got"]) == ("<lambda>(5)", "10", "6")


def test_pairs_go_through_a_table_in_order():
    assert list(pairs({"a": [1, 2], "b": [3]})) == [("a", 1), ("a", 2), ("b", 3)]


def raises(x):
    return torch.ones(int(x), 2) @ torch.ones(int(x), 3)


def transposed(x):
    return torch.ones(2, 3) * x


FORMS = {"the factors are swapped": [raises], "this is transposed": [transposed]}


def read_rows(value):
    return tensor(value, (3, 2), "three rows of two")


def right_form(x):
    return torch.ones(3, 2) * x


def test_an_answer_that_raises_what_a_mistake_raises_is_explained_by_it():
    def theirs(x):
        return torch.zeros(int(x), 2) @ torch.zeros(int(x), 3)

    with pytest.raises(AnswerRaised) as raised:
        compare(theirs, CASES, right_form, FORMS, read_rows)
    assert raised.value.likely == "the factors are swapped"


def test_an_answer_that_raises_something_else_is_not():
    with pytest.raises(AnswerRaised) as raised:
        compare(lambda x: x / 0, CASES, right_form, FORMS, read_rows)
    assert raised.value.likely == ""


def test_a_value_of_another_shape_is_explained_by_the_mistake_that_has_it():
    with pytest.raises(Mistake) as wrong:
        compare(lambda x: right_form(x).T, CASES, right_form, FORMS, read_rows)
    assert wrong.value.likely == "this is transposed"
    with pytest.raises(Mistake) as wrong:
        compare(lambda x: 2 * right_form(x).T, CASES, right_form, FORMS, read_rows)
    assert "the shape should be (3, 2)" in wrong.value.likely


def test_a_value_that_changes_from_call_to_call_is_named_so():
    calls = []

    def counts(x):
        calls.append(x)
        return float(len(calls))

    assert judged(counts)["Likely mistake"] == CHANGES
    assert judged(lambda x: x + random.random())["Likely mistake"] == CHANGES


def test_a_sentence_of_the_reader_is_kept():
    def read(value):
        raise Mistake("the reader knows better")

    with pytest.raises(Mistake) as wrong:
        compare(transposed, CASES, right_form, FORMS, read)
    assert wrong.value.likely == "the reader knows better"


def test_the_learners_own_dtype_is_shown():
    right = torch.arange(20.0, dtype=torch.float64)

    def read(value):
        return value.double()

    with pytest.raises(Mistake) as wrong:
        compare(lambda x: torch.zeros(20, dtype=torch.uint8), [(1,)], lambda x: right, {}, read)
    assert wrong.value.got == "tensor of shape (20,), uint8, at [1]: 0"
    assert wrong.value.expected == "tensor of shape (20,), uint8, at [1]: 1"


@pytest.mark.parametrize(
    "value", [3, 3.0, numpy.float32(3), numpy.int64(3), numpy.array(3.0), torch.tensor(3.0)]
)
def test_any_kind_of_number_is_read(value):
    assert number(value) == 3.0


@pytest.mark.parametrize("value", [True, 1j, "3", [3], None, torch.ones(2), numpy.ones(1)])
def test_what_is_not_one_number_is_refused(value):
    with pytest.raises(Mistake, match=f"not a value of type {type(value).__name__}"):
        number(value)


def test_a_tensor_of_the_shape_is_read():
    value = torch.ones(2, 3)
    assert tensor(value, (2, 3), "one row an item") is value


@pytest.mark.parametrize(
    ("value", "words"),
    [([1.0], "return a tensor, not a list"), (torch.ones(3, 2), r"the shape should be \(2, 3\)")],
)
def test_what_is_no_such_tensor_is_refused(value, words):
    with pytest.raises(Mistake, match=words):
        tensor(value, (2, 3), "one row an item")


def test_a_table_is_read_in_the_order_of_the_keys():
    assert read_table({"b": 2, "a": torch.tensor(1)}, ("a", "b")) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1, 2], "return a dictionary, not a list"),
        ({"a": 1}, "the key 'b' is missing"),
        ({"a": 1, "b": 2, "c": 3}, "the key 'c' is one too many"),
        ({"a": 1, "b": "2"}, "not a value of type str"),
    ],
)
def test_a_table_with_wrong_keys_or_values_is_refused(value, words):
    with pytest.raises(Mistake, match=words):
        read_table(value, ("a", "b"))
