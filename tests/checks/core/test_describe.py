"""Values and calls in a few readable words."""

import pytest
import torch

from course_utils.checks.core.describe import WIDTH, show, show_call


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1234567.0, "1.23457e+06"),
        ("a", "'a'"),
        ([1.0, (2, "b")], "[1, (2, 'b')]"),
        (torch.tensor([[1.0, 2.5]]), "tensor([[1, 2.5]])"),
        (torch.tensor(3), "tensor(3)"),
        (torch.zeros(3, 5), "tensor of shape (3, 5), float32"),
        (torch.zeros(13, dtype=torch.int64), "tensor of shape (13,), int64"),
        (list(range(1000)), "list of 1000"),
        (tuple(range(1000)), "tuple of 1000"),
        (torch.nn.Linear(1, 1), "Linear"),
    ],
)
def test_a_value_in_a_few_words(value, text):
    assert show(value) == text


@pytest.mark.parametrize("value", ["x" * 500, {i: i for i in range(500)}, [["x" * 500]]])
def test_no_value_is_longer_than_a_line(value):
    assert len(show(value)) <= WIDTH + len(" ...")


def test_a_tensor_with_gradients_can_be_shown():
    assert show(torch.ones(2, requires_grad=True)) == "tensor([1, 1])"


def twice(x, times=2):
    return times * x


def test_a_call_reads_as_the_learner_would_write_it():
    assert show_call(twice, (3.5,), {"times": torch.float32}) == "twice(3.5, times=torch.float32)"


def test_what_is_no_plain_value_is_named_by_its_type():
    assert show_call(twice, (torch.nn.Linear(1, 1), {"a": 1}), {}) == "twice(Linear, dict)"


def test_a_callable_without_a_name_goes_by_its_type():
    assert show_call(torch.nn.ReLU(), (1,), {}) == "ReLU(1)"
