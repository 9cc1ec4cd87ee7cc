"""Vectors that may be compared, and those that may not."""

import pytest
import torch

from course_utils.analysis.vectors import checked, checked_labels
from course_utils.errors import CourseError


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_finite_vectors_pass_without_their_gradient(dtype):
    vectors = torch.ones(2, 3, dtype=dtype, requires_grad=True)
    found = checked(vectors, "points", least=2)
    assert torch.equal(found, vectors) and not found.requires_grad and found.dtype == dtype


@pytest.mark.parametrize("shape", [(3,), (0, 3), (1, 3), (2, 0), (2, 3, 4), ()])
def test_other_shapes_are_refused(shape):
    with pytest.raises(CourseError, match="^points of the shape .* n of at least 2"):
        checked(torch.ones(shape), "points", least=2)


def test_only_tensors_are_compared():
    with pytest.raises(CourseError, match="vectors are a list, not a tensor"):
        checked([[1.0, 2.0]], "vectors")


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_the_first_row_that_is_not_finite_is_named(bad):
    vectors = torch.ones(4, 3)
    vectors[2, 1] = vectors[3, 0] = bad
    with pytest.raises(CourseError, match=r"^Row 2 \(counted from 0\) of the table holds NaN"):
        checked(vectors, "the table")


def test_rows_whose_sum_overflows_are_finite():
    largest = torch.finfo(torch.float16).max
    assert checked(torch.full((2, 3), largest, dtype=torch.float16), "vectors").isfinite().all()


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_infinite_numbers_of_both_signs_do_not_hide_each_other(bad):
    with pytest.raises(CourseError, match="Row 1"):
        checked(torch.tensor([[1.0, 2.0], [bad, -bad]]), "vectors")


def test_labels_pass_if_there_is_one_for_each_point():
    assert checked_labels(torch.arange(3), 3).tolist() == [0, 1, 2] and len(
        checked_labels(torch.zeros(5))
    )
    for labels in (torch.arange(2), torch.zeros(3, 1), torch.zeros(0)):
        with pytest.raises(CourseError, match="do not fit 3 points"):
            checked_labels(labels, 3)
    with pytest.raises(CourseError, match="a list, not a tensor"):
        checked_labels([0, 1])
