"""Cuts of low rank and their controls."""

import pytest
import torch

from course_utils.analysis.low_rank import (
    cut,
    decompose,
    random_adapter,
    random_like,
    spectrum,
    truncate,
)
from course_utils.errors import CourseError


@pytest.fixture
def delta():
    return torch.randn(9, 6, generator=torch.Generator().manual_seed(0))


def test_the_spectrum_holds_the_energy(delta):
    values = spectrum(delta.bfloat16())
    assert values.shape == (6,) and values.dtype == torch.float32
    assert values.tolist() == sorted(values.tolist(), reverse=True)
    torch.testing.assert_close(values.square().sum(), delta.bfloat16().float().square().sum())


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_a_cut_has_its_rank_and_loses_what_eckart_and_young_say(delta, rank):
    nearest = cut(decompose(delta), rank)
    assert nearest.shape == delta.shape
    assert torch.linalg.matrix_rank(nearest) == rank
    lost = (delta - nearest).norm()
    torch.testing.assert_close(lost, spectrum(delta)[rank:].norm(), atol=1e-5, rtol=1e-5)
    assert torch.equal(truncate(delta, rank), nearest)


def test_full_rank_loses_nothing(delta):
    torch.testing.assert_close(truncate(delta, 6), delta, atol=1e-5, rtol=1e-5)


def test_a_random_matrix_has_the_norm_and_nothing_else(delta):
    first = random_like(delta, torch.Generator().manual_seed(1))
    again = random_like(delta, torch.Generator().manual_seed(1))
    other = random_like(delta, torch.Generator().manual_seed(2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    torch.testing.assert_close(first.norm(), delta.norm())
    assert torch.corrcoef(torch.stack([first.flatten(), delta.flatten()]))[0, 1].abs() < 0.4


@pytest.mark.parametrize("measure", [spectrum, decompose, lambda d: truncate(d, 1),
                                     lambda d: random_like(d, torch.Generator())])  # fmt: skip
@pytest.mark.parametrize(
    "bad", [torch.full((3, 2), torch.nan), torch.tensor([[1.0, torch.inf]]), torch.ones(3),
            torch.ones(0, 3)]
)  # fmt: skip
def test_only_finite_matrices_are_taken_apart(measure, bad):
    with pytest.raises(CourseError, match="no matrix of finite numbers"):
        measure(bad)
    measure(torch.ones(1, 1))
    measure(torch.zeros(2, 3))


def test_ranks_begin_at_zero_and_the_whole_matrix_is_enough(delta):
    assert not truncate(delta, 0).any()
    torch.testing.assert_close(truncate(delta, 99), delta, atol=1e-5, rtol=1e-5)
    for rank in (-1, 1.0, None):
        with pytest.raises(CourseError, match="rank = "):
            truncate(delta, rank)


def test_a_control_of_no_adapter_is_refused():
    A, B = torch.ones(2, 5), torch.zeros(3, 2)
    assert not random_adapter({"m.lora_A.x": A, "m.lora_B.x": B}, torch.Generator())[
        "m.lora_B.x"
    ].any()  # as large as the trained one, which has not moved
    for state in ({}, {"m.weight": A}, {"m.lora_A.x": A}):
        with pytest.raises(CourseError, match="no adapters"):
            random_adapter(state, torch.Generator())


@pytest.mark.parametrize("shape", [(12, 30), (30, 12), (9, 9)])
def test_the_parts_make_the_matrix_again_whatever_its_shape(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    U, S, Vh = decompose(matrix)
    count = min(shape)
    assert (U.shape, S.shape, Vh.shape) == ((shape[0], count), (count,), (count, shape[1]))
    torch.testing.assert_close((U * S) @ Vh, matrix, atol=1e-4, rtol=0)
    torch.testing.assert_close(U.mT @ U, torch.eye(count), atol=1e-5, rtol=0)
