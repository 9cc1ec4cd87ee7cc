"""Vectors that may be compared, and those that may not."""

import pytest
import torch

from course_utils.analysis.vectors import checked
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
