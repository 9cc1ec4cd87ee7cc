"""Starts of a soft prompt that are drawn: like the table of words, and PEFT's default."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.soft_prompt import matched_init, normal_init

D_MODEL, MANY = 6, 20_000


def table():
    """Words in a cone: a long mean row, and directions of very different spread."""
    generator = torch.Generator().manual_seed(3)
    mixing = torch.randn(D_MODEL, D_MODEL, generator=generator) * torch.logspace(-1, 0.5, D_MODEL)
    return torch.randn(500, D_MODEL, generator=generator) @ mixing + 5.0


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_matched_start_has_the_mean_and_the_covariance_of_the_table():
    drawn = matched_init(table(), MANY, seeded())
    assert drawn.shape == (MANY, D_MODEL) and drawn.dtype == torch.float32
    spread = table().std(0)
    assert ((drawn.mean(0) - table().mean(0)).abs() < 0.03 * spread).all()
    wanted, found = torch.cov(table().T), torch.cov(drawn.T)
    assert (found - wanted).norm() < 0.03 * wanted.norm()


def test_a_matched_start_works_where_the_table_fills_no_whole_space():
    flat = torch.arange(8.0)[:, None] * torch.tensor([1.0, 2.0, 0.0])
    drawn = matched_init(flat, 50, seeded())
    torch.testing.assert_close(drawn[:, 1], 2 * drawn[:, 0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(drawn[:, 2], torch.zeros(50), atol=1e-5, rtol=0)


def test_a_normal_start_is_standard_normal_whatever_the_table():
    drawn = normal_init(table(), MANY, seeded())
    assert drawn.shape == (MANY, D_MODEL) and torch.equal(
        drawn, normal_init(torch.zeros(2, D_MODEL), MANY, seeded())
    )
    assert drawn.mean().abs() < 0.01 and (drawn.std(0) - 1).abs().max() < 0.02


@pytest.mark.parametrize("start", [matched_init, normal_init])
def test_drawn_starts_depend_on_the_seed(start):
    assert torch.equal(start(table(), 4, seeded(1)), start(table(), 4, seeded(1)))
    assert not torch.equal(start(table(), 4, seeded(1)), start(table(), 4, seeded(2)))


@pytest.mark.parametrize("start", [matched_init, normal_init])
@pytest.mark.parametrize(
    ("rows", "length", "generator", "said"),
    [
        (torch.ones(4), 2, seeded(), "no table"),
        (torch.ones(4, 2), 0, seeded(), "length = 0"),
        (torch.ones(4, 2), 2, None, "on the CPU"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(start, rows, length, generator, said):
    with pytest.raises(CourseError, match=said):
        start(rows, length, generator)


@pytest.mark.parametrize("rows", [torch.ones(1, 2), torch.full((4, 2), torch.inf)])
def test_a_table_without_covariance_is_refused(rows):
    with pytest.raises(CourseError, match="no covariance"):
        matched_init(rows, 2, seeded())
