"""Scales quantised to 8 bits, against bitsandbytes; and the bits that a parameter takes."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.quantisation.blockwise import (
    SECOND_BLOCK,
    bits_per_parameter,
    blocks,
    dequantise_absmax,
    normalise,
    quantise,
    quantise_absmax,
)
from course_utils.quantisation.codebooks import dynamic8, nf4

MIDWAY = 1 / 32768  # so much farther, of a range from -1 to 1, may its code lie: measured


def scales(count, seed=0):
    weight = torch.randn(count, 64, generator=torch.Generator().manual_seed(seed)) * 0.05
    return quantise(weight, nf4())[1]


@pytest.mark.parametrize("count", [1, 255, 256, 257, 8192])
def test_scales_come_back_within_a_hundredth_of_the_spread(count):
    absmax = scales(count)
    codes, second, mean = quantise_absmax(absmax)
    assert codes.dtype == torch.uint8 and codes.shape == (count,)
    assert second.shape == (-(-count // SECOND_BLOCK),) and mean == absmax.mean()
    back = dequantise_absmax(codes, second, mean, dynamic8())
    spread = (absmax - absmax.mean()).abs().max()
    assert (back - absmax).abs().max() <= 0.0142 * spread + 1e-9  # half the widest gap of 8 bits


@pytest.mark.parametrize("seed", range(4))
def test_against_bitsandbytes(seed):
    """Mean and second scales are equal; a few codes are not: there ours are the nearer ones."""
    absmax = scales(8192, seed)
    codes, second, mean = quantise_absmax(absmax)
    theirs, state = bnb.library().functional.quantize_blockwise(absmax - mean, blocksize=256)
    assert torch.equal(second, state.absmax)
    scaled = normalise(blocks(absmax - mean, SECOND_BLOCK))[0].view(-1)
    ours, other = ((dynamic8()[c.long()] - scaled).abs() for c in (codes, theirs))
    assert (codes != theirs).sum() < 30
    assert (ours <= other).all() and (other - ours).max() < MIDWAY


def test_scales_dequantise_as_in_bitsandbytes():
    absmax = scales(1000)
    codes, second, mean = quantise_absmax(absmax)
    functional = bnb.library().functional
    expected = functional.dequantize_blockwise(codes, absmax=second, code=dynamic8(), blocksize=256)
    assert torch.equal(dequantise_absmax(codes, second, mean, dynamic8()), expected + mean)


def test_equal_scales_survive():
    codes, second, mean = quantise_absmax(torch.full((300,), 0.125))
    assert torch.equal(
        dequantise_absmax(codes, second, mean, dynamic8()), torch.full((300,), 0.125)
    )


def test_bits_of_a_parameter_are_the_papers():
    assert bits_per_parameter(64, None) == 4.5
    assert bits_per_parameter() == pytest.approx(4.127, abs=0.0005)
    assert bits_per_parameter(32, None) == 5
    assert bits_per_parameter(128, 64) == 4 + 8 / 128 + 32 / 8192


@pytest.mark.parametrize("huge", [10.0, 1e3, 1e6])
def test_a_small_scale_beside_huge_ones_does_not_turn_signs(huge):
    absmax = torch.cat([torch.full((1,), 1e-4), torch.full((300,), 1.0), torch.full((1,), huge)])
    codes, second, mean = quantise_absmax(absmax)
    back = dequantise_absmax(codes, second, mean, dynamic8())
    assert (back >= 0).all()
    unclamped = (
        bnb.library().functional.dequantize_blockwise(
            codes, absmax=second, code=dynamic8(), blocksize=256
        )
        + mean
    )
    assert ((back - absmax).abs() <= (unclamped - absmax).abs()).all()
    if huge == 1e6:
        assert (unclamped < 0).any()


def test_no_scale_of_ordinary_weights_is_touched():
    absmax = scales(8192)
    codes, second, mean = quantise_absmax(absmax)
    assert (dequantise_absmax(codes, second, mean, dynamic8()) > 0.1 * absmax).all()


@pytest.mark.parametrize("count", [1, 300])
def test_scales_of_zero_stay_zero(count):
    packed = quantise_absmax(torch.zeros(count))
    assert not dequantise_absmax(*packed, dynamic8()).any()


@pytest.mark.parametrize(
    "absmax", [torch.zeros(0), torch.full((4,), 3e38), torch.tensor([1.0, torch.nan])]
)
def test_scales_without_a_mean_are_refused(absmax):
    with pytest.raises(CourseError, match=f"mean of {len(absmax)} scales"):
        quantise_absmax(absmax)


@pytest.mark.parametrize("block", [0, -1, 64.0])
def test_bits_of_other_blocks_are_refused(block):
    with pytest.raises(CourseError, match="^block = "):
        bits_per_parameter(block)
    with pytest.raises(CourseError, match="^second_block = "):
        bits_per_parameter(64, block)
    assert bits_per_parameter(1, 1) == 4 + 8 + 32
