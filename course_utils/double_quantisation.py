"""Double quantisation: the scales of the blocks are themselves quantised, to 8 bits."""

import torch

from course_utils.blockwise import BLOCK, blocks, nearest, normalise
from course_utils.codebooks import dynamic8

SECOND_BLOCK = 256  # scales that share a scale of their own


@torch.no_grad()
def quantise_absmax(
    absmax: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Quantise scales (Dettmers et al. 2023, section 3, "Double Quantization").

    Scales are all positive, so their mean goes off first: what is left lies around 0, where the
    8-bit codebook is finest.

    Args:
        absmax: (blocks,) float32, as ``blockwise.quantise`` gives it.

    Returns:
        Codes (blocks,) uint8, scales (ceil(blocks / 256),) float32, and the mean () float32.
    """
    mean = absmax.mean()
    scaled, second = normalise(blocks(absmax - mean, SECOND_BLOCK))
    codes = nearest(scaled, dynamic8().to(absmax.device)).view(-1)[: len(absmax)]
    return codes.to(torch.uint8), second, mean


@torch.no_grad()
def dequantise_absmax(
    codes: torch.Tensor, second: torch.Tensor, mean: torch.Tensor, codebook: torch.Tensor
) -> torch.Tensor:
    """The scales, (blocks,) float32.

    Args:
        codes, second, mean: as ``quantise_absmax`` gives them.
        codebook: ``codebooks.dynamic8()``, on the same device.
    """
    levels = codebook.index_select(0, codes.int())
    return (blocks(levels, SECOND_BLOCK) * second[:, None]).view(-1)[: len(codes)] + mean


def bits_per_parameter(block: int = BLOCK, second_block: int | None = SECOND_BLOCK) -> float:
    """Bits that a 4-bit weight takes, its share of the scales included.

    Args:
        block: weights that share a scale.
        second_block: scales that share a second scale; None for no double quantisation.
    """
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / (block * second_block)
