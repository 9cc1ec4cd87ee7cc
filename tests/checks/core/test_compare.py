"""Which usual mistake explains a wrong answer, and when two values agree."""

import numpy
import pytest
import torch

from course_utils.checks.core.compare import (
    UNKNOWN,
    agree,
    compare,
    number,
    pairs,
    read_table,
    show_difference,
    tensor,
)
from course_utils.checks.core.outcome import Mistake

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


def test_of_a_large_tensor_the_first_row_that_differs_is_shown():
    good = torch.zeros(4, 3)
    bad = good.clone()
    bad[2, 1] = 5
    shown = show_difference(good, bad, 1e-5)
    assert shown == ("row 2: tensor([0, 0, 0])", "row 2: tensor([0, 5, 0])")


LARGE = torch.arange(40.0).reshape(2, 20)


def changed(tensor, index, value):
    tensor = tensor.clone()
    tensor[index] = value
    return tensor


@pytest.mark.parametrize(
    ("good", "bad", "shown"),
    [
        (
            LARGE,
            changed(LARGE, (1, 3), 23.5),
            ("row 1: tensor of shape (20,), float32, at [3]: 23",
             "row 1: tensor of shape (20,), float32, at [3]: 23.5"),
        ),
        (
            torch.zeros(20),
            changed(torch.zeros(20), 7, 0.25),
            ("tensor of shape (20,), float32, at [7]: 0",
             "tensor of shape (20,), float32, at [7]: 0.25"),
        ),
        (1 / 3, 1 / 3 + 1e-7, ("0.333333, 0.333333333333", "0.333333, 0.333333433333")),
        (
            [0.5, (1 / 3, 2.0)],
            [0.5, (1 / 3 + 1e-7, 2.0)],
            ("[0.5, (0.333333, 2)], at [1, 0]: 0.333333333333",
             "[0.5, (0.333333, 2)], at [1, 0]: 0.333333433333"),
        ),
        (
            torch.tensor(1 / 3, dtype=torch.float64),
            torch.tensor(1 / 3 + 1e-7, dtype=torch.float64),
            ("tensor(0.333333), 0.333333333333", "tensor(0.333333), 0.333333433333"),
        ),
        (list(range(90)), [*range(89), 5], ("list of 90, at [89]: 89", "list of 90, at [89]: 5")),
    ],
)  # fmt: skip
def test_equal_words_are_followed_by_the_first_numbers_that_differ(good, bad, shown):
    assert show_difference(good, bad, 1e-9) == shown


@pytest.mark.parametrize(
    ("value", "other", "same"),
    [
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1.001, False),
        (1e6, 1e6 + 1, True),  # relative to large numbers
        (0.0, 1e-6, True),  # absolute near zero
        (float("nan"), 1.0, False),
        (torch.ones(2, dtype=torch.float64), torch.ones(2), True),  # the dtype is free
        (torch.ones(2, 1), torch.ones(2), False),
        ([1.0], torch.ones(1), False),
        ([1.0, (2.0,)], (1.0, [2.0 + 1e-8]), True),
        ([1.0], [1.0, 2.0], False),
        ("a", "a", True),
        ("a", "b", False),
    ],
)
def test_agreement(value, other, same):
    assert agree(value, other, 1e-5) is same


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
