"""Blockwise quantisation: 4-bit codes, two in a byte, and one scale for every block of weights.

Lesson 5 writes it by hand (*A scale for every block*, *Two codes in a byte*). Double quantisation
(*Quantise the scales as well*) quantises the scales of the blocks themselves, to 8 bits.
"""

import torch
from torch.nn.functional import pad

from course_utils.errors import CourseError
from course_utils.model.sound import all_finite
from course_utils.quantisation.codebooks import dynamic8
from course_utils.validate import whole

# Dettmers et al. 2023, section 3.
BLOCK = 64  # weights that share a scale
SECOND_BLOCK = 256  # scales that share a scale of their own


def absmax_int4(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The plainest 4 bits: codes from -7 to 7, int8 in the weight's shape, and one scale ().

    Raises:
        CourseError: see ``refuse_unfit``.
    """
    refuse_unfit(weight)
    scale = weight.abs().max() / 7
    divisor = torch.where(scale > 0, scale, torch.ones_like(scale))  # a weight of zeros has codes 0
    return (weight / divisor).round().to(torch.int8), scale


def refuse_unfit(weight: torch.Tensor) -> None:
    """Refuse what has no scale.

    Raises:
        CourseError: the weight is empty, is not of floating-point numbers, or has one that is not
            finite in float32.
    """
    if not weight.numel() or not weight.is_floating_point():
        raise CourseError(
            f"A tensor of the shape {tuple(weight.shape)} and {weight.dtype} is no weight to round",
            "give at least one number, in float32, bfloat16 or float16",
        )
    if not all_finite(weight.float()):
        raise CourseError(
            "Some weights are infinite or not a number, so their block has no scale",
            "look for the step of training after which they were no longer finite",
        )


def refuse_codebook(codebook: torch.Tensor) -> None:
    """Refuse levels that four bits cannot name, or that ``nearest`` would misread.

    Raises:
        CourseError: there are not 1 to 16 levels, or they do not rise.
    """
    if codebook.ndim != 1 or not 1 <= len(codebook) <= 16 or not (codebook.diff() > 0).all():
        raise CourseError(
            f"Levels of the shape {tuple(codebook.shape)} are no codebook of 4 bits",
            "give 1 to 16 numbers in rising order",
        )


def nearest(x: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
    """Index of the nearest level for each number, int64; a tie goes to the lower level.

    Args:
        x: any shape, float32.
        codebook: (levels,) float32 in rising order.
    """
    return torch.bucketize(x, (codebook[:-1] + codebook[1:]) / 2)


def blocks(flat: torch.Tensor, block: int) -> torch.Tensor:
    """A vector cut into rows of ``block`` numbers, the last filled up with zeros."""
    missing = -len(flat) % block
    full = pad(flat, (0, missing)) if missing else flat  # zeros never raise an absmax
    return full.view(-1, block)


def normalise(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row divided by its largest magnitude, and these: (rows, block), (rows,).

    By a product with the reciprocal, as bitsandbytes does it: a division can differ in the last
    bit, and so a weight near the middle of two levels can get the other code. A row below 1e-38
    is divided by 1e-38: its weights come back too small, but by less than that.
    """
    absmax = rows.abs().amax(1)
    return rows * (1 / absmax.clamp(min=1e-38))[:, None], absmax


@torch.no_grad()
def quantise(
    weight: torch.Tensor, codebook: torch.Tensor, block: int = BLOCK
) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantise a weight, read row after row, in blocks.

    Args:
        weight: any shape, float32, bfloat16 or float16; finite.
        codebook: (at most 16,) float32 in rising order.
        block: weights that share a scale.

    Returns:
        The codes, uint8, two in a byte: the first of each pair in the high four bits. And the
        largest magnitude of each block, float32.

    Raises:
        CourseError: ``block`` is no whole number of at least 1; or see ``refuse_unfit`` and
            ``refuse_codebook``.
    """
    block = whole("block", block, 1)
    refuse_unfit(weight)
    refuse_codebook(codebook)
    flat = weight.reshape(-1).float()
    codebook = codebook.to(flat.device)
    scaled, absmax = normalise(blocks(flat, block))
    codes = nearest(scaled, codebook).view(-1)[: len(flat)].to(torch.uint8)
    if len(codes) % 2:  # fill the last byte with the code of 0
        codes = pad(codes, (0, 1), value=int(nearest(torch.zeros(()), codebook.cpu())))
    return codes[::2] << 4 | codes[1::2], absmax


@torch.no_grad()
def dequantise(
    packed: torch.Tensor,
    absmax: torch.Tensor,
    codebook: torch.Tensor,
    shape: tuple[int, ...],
    dtype: torch.dtype = torch.float32,
    block: int = BLOCK,
) -> torch.Tensor:
    """The weight that the codes stand for: level times scale, in float32, rounded to ``dtype``.

    Args:
        packed: (ceil(numbers / 2),) uint8 as ``quantise`` gives it.
        absmax: (ceil(numbers / block),) float32.
        shape: of the weight.

    Raises:
        CourseError: codes or scales are not as many as the shape needs; or see ``quantise``.
    """
    block, numbers = whole("block", block, 1), torch.Size(shape).numel()
    refuse_codebook(codebook)
    needed = (-(-numbers // 2), -(-numbers // block))
    if (len(packed), len(absmax)) != needed:
        raise CourseError(
            f"{len(packed)} bytes of codes and {len(absmax)} scales are no weight of the shape "
            f"{tuple(shape)} in blocks of {block}, which has {needed[0]} and {needed[1]}",
            "take codes, scales, shape and block from the same call of quantise",
        )
    return from_pairs(packed, absmax, pairs(codebook), shape, dtype, block)


def pairs(codebook: torch.Tensor) -> torch.Tensor:
    """The two levels that each byte stands for, side by side in 64 bits: (256,) int64.

    One look-up then gives two weights, with no bits to shift: it takes a third of the time.
    """
    full = pad(codebook, (0, 16 - len(codebook)))
    both = torch.stack([full[:, None].expand(16, 16), full.expand(16, 16)], dim=-1)
    return both.view(256, 2).view(torch.int64)[:, 0]


def from_pairs(
    packed: torch.Tensor,
    absmax: torch.Tensor,
    table: torch.Tensor,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    block: int,
) -> torch.Tensor:
    """``dequantise`` with the ``pairs`` of its codebook, for those who keep them."""
    numbers = torch.Size(shape).numel()
    levels = table.index_select(0, packed.int()).view(torch.float32)[:numbers]
    scaled = blocks(levels, block).mul_(absmax[:, None])
    return scaled.view(-1)[:numbers].view(shape).to(dtype)


@torch.no_grad()
def quantise_absmax(
    absmax: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Quantise scales (Dettmers et al. 2023, section 3, "Double Quantization").

    Scales are all positive, so their mean goes off first: what is left lies around 0, where the
    8-bit codebook is finest.

    Args:
        absmax: (blocks,) float32, as ``quantise`` gives it.

    Returns:
        Codes (blocks,) uint8, scales (ceil(blocks / 256),) float32, and the mean () float32.

    Raises:
        CourseError: there is no scale, or they are so large that their mean is not finite.
    """
    mean = absmax.mean()
    if not mean.isfinite():
        raise CourseError(
            f"The mean of {len(absmax)} scales is {mean.item()}, so they cannot be rounded",
            "look for the step of training after which the weights became so large",
        )
    scaled, second = normalise(blocks(absmax - mean, SECOND_BLOCK))
    codes = nearest(scaled, dynamic8().to(absmax.device)).view(-1)[: len(absmax)]
    return codes.to(torch.uint8), second, mean


@torch.no_grad()
def dequantise_absmax(
    codes: torch.Tensor, second: torch.Tensor, mean: torch.Tensor, codebook: torch.Tensor
) -> torch.Tensor:
    """The scales, (blocks,) float32, none below 0.

    A small scale among huge ones can come back below 0: 8 bits are too coarse for it once the mean
    is off. In bitsandbytes this turns the signs of the block's weights. Here it becomes 0, which is
    nearer to any true scale. Ordinary weights have no such blocks, and are equal to the last bit.

    Args:
        codes, second, mean: as ``quantise_absmax`` gives them.
        codebook: ``codebooks.dynamic8()``, on the same device.
    """
    levels = codebook.index_select(0, codes.int())
    scales = (blocks(levels, SECOND_BLOCK) * second[:, None]).view(-1)[: len(codes)] + mean
    return scales.clamp_(min=0)


def bits_per_parameter(block: int = BLOCK, second_block: int | None = SECOND_BLOCK) -> float:
    """Bits that a 4-bit weight takes, its share of the scales included.

    Args:
        block: weights that share a scale.
        second_block: scales that share a second scale; None for no double quantisation.

    Raises:
        CourseError: one of them is no whole number of at least 1.
    """
    block = whole("block", block, 1)
    if second_block is None:
        return 4 + 32 / block
    second_block = whole("second_block", second_block, 1)
    return 4 + 8 / block + 32 / (block * second_block)
