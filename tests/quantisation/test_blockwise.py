"""Codebooks and blockwise quantisation, against their definitions and against bitsandbytes."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.quantisation import codebooks
from course_utils.quantisation.blockwise import absmax_int4, dequantise, nearest, quantise

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
SHAPES = pytest.mark.parametrize(
    "shape", [(64, 64), (576, 576), (192, 576), (96, 1536), (7, 9), (3, 130), (1, 1), (5,), (1, 63)]
)
BLOCKS = pytest.mark.parametrize("block", [32, 64, 128, 256])


def gaussian(shape, dtype=torch.float32, seed=0, scale=0.05):
    """As weights are: uniform numbers hide mistakes in the scales."""
    generator = torch.Generator().manual_seed(seed)
    return (scale * torch.randn(shape, generator=generator)).to(dtype)


def theirs(weight, block=64, kind="nf4"):
    packed, state = bnb.library().functional.quantize_4bit(weight, blocksize=block, quant_type=kind)
    return packed.view(-1), state


def test_nearest_is_the_nearest_and_a_tie_goes_down():
    codebook = codebooks.int4()
    x = gaussian((2000,), scale=0.5)
    assert torch.equal(nearest(x, codebook), (x[:, None] - codebook).abs().argmin(1))
    assert nearest(torch.tensor([0.25]), torch.tensor([0.0, 0.5])).item() == 0


@SHAPES
@DTYPES
@BLOCKS
def test_codes_and_scales_are_bitsandbytes_bit_for_bit(shape, dtype, block):
    weight = gaussian(shape, dtype, seed=block)
    packed, absmax = quantise(weight, codebooks.nf4(), block)
    expected, state = theirs(weight, block)
    assert torch.equal(packed, expected) and torch.equal(absmax, state.absmax)


@pytest.mark.parametrize("shape", [(64, 64), (576, 576), (192, 576), (96, 1536)])
@DTYPES
@pytest.mark.parametrize("kind", ["nf4", "fp4"])
def test_dequantised_weights_are_bitsandbytes_bit_for_bit(shape, dtype, kind):
    weight, codebook = gaussian(shape, dtype), codebooks.CODEBOOKS[kind]()
    ours = dequantise(*quantise(weight, codebook), codebook, shape, dtype)
    expected = bnb.library().functional.dequantize_4bit(*theirs(weight, kind=kind))
    assert ours.dtype == dtype and torch.equal(ours, expected)


@pytest.mark.parametrize("name", codebooks.CODEBOOKS)
@pytest.mark.parametrize("shape", [(7, 9), (5,), (3, 130)])
@pytest.mark.parametrize("block", [8, 64])
def test_every_weight_becomes_the_nearest_level_of_its_block(name, shape, block):
    codebook, weight = codebooks.CODEBOOKS[name](), gaussian(shape)
    ours = dequantise(*quantise(weight, codebook, block), codebook, shape, block=block)
    flat, came = weight.view(-1), ours.view(-1)
    for start in range(0, len(flat), block):
        part = flat[start : start + block]
        levels = codebook * part.abs().max()
        best = (part[:, None] - levels).abs().amin(1)
        torch.testing.assert_close((part - came[start : start + block]).abs(), best)


def test_an_outlier_spoils_its_own_block_alone():
    weight, codebook = gaussian((4, 64)), codebooks.nf4()
    before = dequantise(*quantise(weight, codebook), codebook, weight.shape)
    weight[1, 3] = 10.0
    after = dequantise(*quantise(weight, codebook), codebook, weight.shape)
    same = (before == after).all(1)
    assert same.tolist() == [True, False, True, True]
    assert after[1, 3] == 10.0 and (after[1] == 0).sum() == 63


def test_zeros_stay_zero():
    weight = torch.zeros(3, 64)
    weight[0, :5] = gaussian((5,))
    codebook = codebooks.nf4()
    ours = dequantise(*quantise(weight, codebook), codebook, weight.shape)
    assert torch.equal(ours == 0, weight == 0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(bad):
    weight = gaussian((2, 64))
    weight[1, 1] = bad
    with pytest.raises(CourseError, match="infinite or not a number"):
        quantise(weight, codebooks.nf4())


@pytest.mark.parametrize(
    "weight",
    [torch.zeros(0, 64), torch.zeros(0), torch.ones(2, 64, dtype=torch.uint8),
     torch.ones(2, 64, dtype=torch.int8), torch.full((2, 64), torch.nan),
     torch.full((2, 64), 1e300, dtype=torch.float64)],
)  # fmt: skip
def test_what_is_no_weight_is_refused(weight):
    for rounding in (lambda w: quantise(w, codebooks.nf4()), absmax_int4):
        with pytest.raises(CourseError, match="no weight to round|infinite or not a number"):
            rounding(weight)


@pytest.mark.parametrize("levels", [17, 256, 0])
def test_a_codebook_has_at_most_sixteen_levels(levels):
    with pytest.raises(CourseError, match="no codebook of 4 bits"):
        quantise(torch.ones(4), torch.linspace(-1, 1, levels))
    with pytest.raises(CourseError, match="no codebook of 4 bits"):
        dequantise(torch.zeros(2, dtype=torch.uint8), torch.ones(1), torch.ones(levels), (4,))


@pytest.mark.parametrize(
    "codebook",
    [codebooks.nf4().flip(0), torch.zeros(16), torch.ones(4, 4), torch.tensor([0.0, torch.nan])],
)
def test_a_codebook_rises(codebook):
    with pytest.raises(CourseError, match="rising order"):
        quantise(torch.ones(4), codebook)


@pytest.mark.parametrize("block", [0, -64, 64.0, None])
def test_a_block_is_a_whole_number(block):
    packed, absmax = quantise(torch.ones(4), codebooks.nf4(), 1)
    with pytest.raises(CourseError, match="block = "):
        quantise(torch.ones(4), codebooks.nf4(), block)
    with pytest.raises(CourseError, match="block = "):
        dequantise(packed, absmax, codebooks.nf4(), (4,), block=block)


def test_blocks_of_one_keep_every_weight():
    weight = gaussian((3, 5))
    assert torch.equal(
        dequantise(*quantise(weight, codebooks.nf4(), 1), codebooks.nf4(), (3, 5), block=1), weight
    )


@pytest.mark.parametrize(
    "shape, block", [((2, 64), 32), ((2, 64), 128), ((2, 63), 64), ((3, 64), 64), ((2, 66), 64)]
)
def test_codes_of_another_shape_are_refused(shape, block):
    packed, absmax = quantise(gaussian((2, 64)), codebooks.nf4())
    assert (len(packed), len(absmax)) == (64, 2)
    with pytest.raises(CourseError, match="64 bytes of codes and 2 scales are no weight"):
        dequantise(packed, absmax, codebooks.nf4(), shape, block=block)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("size", [0.0, 6e-8, 1e-40, 1e-30, 6e4, 3e38, -3e38])
def test_weights_of_one_size_come_back(dtype, size):
    """Zeros, denormals, and the largest that there are."""
    weight = torch.full((3, 64), size).to(dtype)
    if not weight.isfinite().all():
        return
    back = dequantise(*quantise(weight, codebooks.nf4()), codebooks.nf4(), (3, 64))
    torch.testing.assert_close(back, weight.float(), rtol=1e-6, atol=1e-38)
    codes, scale = absmax_int4(weight)
    assert scale.isfinite() and codes.abs().max() <= 7
    if not size:
        assert not codes.any() and not scale


def test_errors_on_gaussian_weights():
    """Relative RMSE, measured once with bitsandbytes: 0.092 for NF4, 0.122 for FP4."""
    weight = gaussian((2000, 512))
    errors = {}
    for name, make in codebooks.CODEBOOKS.items():
        difference = dequantise(*quantise(weight, make()), make(), weight.shape) - weight
        errors[name] = (difference.norm() / weight.norm()).item()
    assert errors["nf4"] == pytest.approx(0.092, abs=0.002)
    assert errors["fp4"] == pytest.approx(0.122, abs=0.002)
    assert errors["nf4"] < errors["int4"] < errors["fp4"]


def test_absmax_rounding_is_the_uniform_codebook_with_one_scale():
    weight, codebook = gaussian((6, 10)), codebooks.int4()
    codes, scale = absmax_int4(weight)
    assert codes.dtype == torch.int8 and codes.abs().max() == 7
    packed = quantise(weight, codebook, block=60)
    torch.testing.assert_close(codes * scale, dequantise(*packed, codebook, (6, 10), block=60))
