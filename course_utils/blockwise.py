"""Blockwise quantisation: 4-bit codes, two in a byte, and one scale for every block of weights."""

import torch
from torch.nn.functional import pad

from course_utils.errors import CourseError

BLOCK = 64  # weights that share a scale, as in the QLoRA paper


def absmax_int4(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The plainest 4 bits: codes from -7 to 7, int8 in the weight's shape, and one scale ()."""
    scale = weight.abs().max() / 7
    return (weight / scale).round().to(torch.int8), scale


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
    bit, and so a weight near the middle of two levels can get the other code.
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
        CourseError: a weight is not finite.
    """
    flat = weight.reshape(-1).float()
    if not flat.isfinite().all():
        raise CourseError(
            "Some weights are infinite or not a number, so their block has no scale",
            "look for the step of training after which they were no longer finite",
        )
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
    """
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
