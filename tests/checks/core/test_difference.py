"""When two values agree, and what is shown where they do not."""

import pytest
import torch

from course_utils.checks.core.difference import agree, show_difference


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
    ("expected", "got", "words"),
    [
        (torch.zeros(20).double(), torch.ones(20).half(), "float16"),  # both floating
        (torch.zeros(20), torch.ones(20, dtype=torch.uint8), "uint8"),  # nothing is lost
        (torch.zeros(20) + 0.5, torch.ones(20, dtype=torch.uint8), "float32"),
        (-torch.ones(20), torch.ones(20, dtype=torch.uint8), "float32"),
    ],
)
def test_the_expected_numbers_take_the_dtype_of_the_others_where_nothing_is_lost(
    expected, got, words
):
    for pair in ((expected, got), ((expected, 1), (got, 1))):
        assert words in show_difference(*pair, 1e-5)[0]
