"""The cosine of every two movements."""

import pytest
import torch

from course_utils.analysis.movements import movement_cosines
from course_utils.errors import CourseError


def test_cosines_of_every_pair():
    moved = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.cosine_similarity(moved[:, None], moved[None], dim=2)
    assert torch.allclose(movement_cosines(moved), expected, atol=1e-6)


def test_movements_are_finite():
    with pytest.raises(CourseError, match="of movements holds NaN"):
        movement_cosines(torch.full((2, 3), torch.nan))
