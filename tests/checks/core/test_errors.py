"""An exception is explained in words of the course: each cause with code that raises it."""

import math
import re

import numpy
import pytest
import torch

from course_utils.checks.core.errors import CAUSES, cause_of

ONES, LEAF = torch.ones(2, 3), torch.ones(3, requires_grad=True)
NOTHING = None


def before_it_is_set(flag=False):
    if flag:
        value = 1
    return value


def without_end():
    return without_end()


def writes_to_rows():
    for row in torch.ones(2, 3):
        row.copy_(LEAF)


def writes_to_unbound():
    for row in (LEAF * torch.ones(2, 3)).unbind():
        row.zero_()


class NoSuper(torch.nn.Module):
    def __init__(self):
        self.layer = torch.nn.Linear(2, 2)


RAISING = [
    (lambda: ONES @ ONES, "here k would be 3 and 2: perhaps the two factors"),
    (lambda: torch.ones(4, 2, 3) @ torch.ones(4, 2, 3), "the inner sizes of a product differ"),
    (lambda: ONES @ torch.ones(2), "the inner sizes of a product differ"),
    (lambda: ONES + torch.ones(2), "sizes 3 and 2 stand in the same dimension"),
    (lambda: torch.cat([ONES, ONES.T]), "differs in another dimension than 0"),
    (lambda: torch.cat([ONES, torch.ones(3)]), "a tensor of 2 dimensions meets one of 1"),
    (lambda: ONES.view(4, 2), "6 numbers do not fill the shape [4, 2]"),
    (lambda: ONES @ torch.ones(3, 2).double(), "two dtypes meet in one operation, float and doub"),
    (lambda: torch.nn.Linear(3, 2)(ONES.bfloat16()), "two dtypes meet in one operation"),
    (lambda: torch.dot(torch.ones(2), torch.ones(2).double()), "two dtypes meet in one"),
    (lambda: torch.nn.functional.linear(ONES.double(), ONES), "two dtypes meet in one operation"),
    (lambda: ONES[torch.ones(1)], "indices are whole numbers"),
    (lambda: torch.nn.Embedding(2, 2)(ONES), "indices are whole numbers"),
    (lambda: LEAF.add_(1), "with torch.no_grad()"),
    (lambda: ONES.sum().backward(), "nothing that the loss depends on can be trained"),
    (lambda: LEAF.numpy(), "write tensor.detach()"),
    (lambda: 1 if ONES > 0 else 2, "a condition holds a whole tensor"),
    (lambda: 1 if numpy.ones(2) > 0 else 2, "a condition holds a whole tensor"),
    (lambda: ONES.item(), "one number is needed where a tensor"),
    (lambda: float(ONES), "one number is needed where a tensor"),
    (lambda: float(numpy.ones(2)), "one number is needed where a tensor"),
    (lambda: ONES.sum(2), "there are fewer dimensions than this"),
    (lambda: [1, 2][2], "an index goes beyond the end"),
    (lambda: ONES[2], "an index goes beyond the end"),
    (lambda: [1]["a"], "a list is indexed by a whole number"),
    (lambda: numpy.dtype(torch.float32), "torch.float32 has a size of its own"),
    (lambda: print(**(1, 2)), "here stands a tuple"),
    (writes_to_unbound, "a part of a tensor is written to"),
    (writes_to_rows, "a part of a tensor is written to"),
    (lambda: ONES.bfloat16().numpy(), "NumPy has no bfloat16"),
    (lambda: math.sqrt(-1), "perhaps the root or the logarithm"),
    (lambda: {"a": 1}["b"], "there is no key 'b'"),
    (before_it_is_set, "value is used before the function has given it a value"),
    (lambda: no_such_name, "no_such_name is unknown here"),  # noqa: F821
    (lambda: None.shape, "something is None"),
    (lambda: [1].shape, "shape does not belong to a value of type list"),
    (NoSuper, "super().__init__() comes first"),
    (lambda: NOTHING[0], "something is None"),
    (lambda: ONES(1), "parentheses stand after a value of type Tensor"),
    (lambda: (lambda x: x)(), "another number of arguments"),
    (lambda: (lambda x: x)(1, 2), "another number of arguments"),
    (lambda: (lambda x: x)(y=1), "there is no argument called y"),
    (lambda: 1 + "2", "two types that do not go together"),
    (lambda: "1" < 2, "two types that do not go together"),
    (lambda: 1 / 0, "a divisor can be 0"),
    (without_end, "calls itself without end"),
    (lambda: exit(), "exit ends the whole program"),
    (lambda: next(iter([])), "next() found nothing"),
]


def error_of(code):
    try:
        code()
    except (Exception, SystemExit) as error:
        return error


@pytest.mark.parametrize("code, words", RAISING)
def test_a_cause_is_named(code, words):
    assert words in cause_of(error_of(code)), error_of(code)


def test_every_cause_is_tried():
    said = [cause_of(error_of(code)) for code, _ in RAISING]
    for *_, sentence in CAUSES:
        start = re.escape(sentence).replace(r"\{0\}", ".*").replace(r"\{1\}", ".*")
        assert any(re.fullmatch(start.replace(r"\{2\}", ".*"), text) for text in said), sentence


def test_an_unknown_exception_has_no_cause():
    assert cause_of(RuntimeError("CUDA is having a bad day")) == ""
