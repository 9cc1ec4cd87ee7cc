"""What bfloat16 keeps of an update."""

import math

import pytest
import torch

from course_utils.analysis.rounding import rounding_share, through_bfloat16
from course_utils.errors import CourseError

ONE = torch.ones(4, dtype=torch.bfloat16)
STEP = 2.0**-7  # from 1 to the next number above it in bfloat16


def test_an_update_becomes_a_whole_number_of_steps():
    update = STEP * torch.tensor([0.4, 0.6, 1.0, 2.7])
    stored = through_bfloat16(ONE, update)
    assert stored.dtype == torch.float32
    assert stored.tolist() == [0.0, STEP, STEP, 3 * STEP]


def test_the_share_is_that_of_the_definition():
    update = STEP * torch.tensor([0.4, 0.6, 1.0, 2.7])
    expected = (0.4**2 + 0.4**2 + 0.0 + 0.3**2) / (0 + 1 + 1 + 9)
    assert rounding_share(ONE, update) == pytest.approx(expected, rel=1e-4)
    assert rounding_share(ONE.double(), update) == pytest.approx(expected, rel=1e-4)


def test_nothing_is_rounded_of_what_bfloat16_holds():
    assert rounding_share(ONE, STEP * torch.tensor([1.0, 2.0, 0.0, 5.0])) == 0.0
    assert rounding_share(ONE, torch.zeros(4)) == 0.0


def test_an_update_of_which_nothing_is_stored_is_all_rounding():
    assert rounding_share(ONE, torch.full((4,), 0.3 * STEP)) == math.inf


def test_a_larger_update_is_rounded_less():
    generator = torch.Generator().manual_seed(0)
    base = (0.1 * torch.randn(200, 200, generator=generator)).bfloat16()
    noise = torch.randn(200, 200, generator=generator)
    shares = [rounding_share(base, size * noise) for size in (1e-4, 3e-4, 1e-3, 1e-2)]
    assert shares == sorted(shares, reverse=True) and shares[0] > 0.3 > 0.01 > shares[-1]


def test_another_shape_is_refused():
    with pytest.raises(CourseError, match=r"\(4,\) has no update \(3,\)"):
        rounding_share(ONE, torch.zeros(3))
    with pytest.raises(CourseError):
        rounding_share(torch.zeros(0), torch.zeros(0))
