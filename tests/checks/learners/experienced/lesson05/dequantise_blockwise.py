import math

import numpy as np
import torch


def right_stack(packed, absmax, codebook, shape):
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).view(shape)


def right_slices(packed, absmax, codebook, shape):
    out = torch.empty(2 * packed.numel(), dtype=codebook.dtype, device=packed.device)
    out[0::2] = codebook[(packed >> 4).long()]
    out[1::2] = codebook[(packed & 15).long()]
    return out.mul_(absmax.repeat_interleave(out.numel() // absmax.numel())).reshape(shape)


def right_numpy(packed, absmax, codebook, shape):
    codes = np.column_stack(np.divmod(packed.cpu().numpy(), 16)).ravel()
    levels = np.take(codebook.cpu().numpy(), codes)
    scales = np.repeat(absmax.cpu().numpy(), levels.size // absmax.numel())
    return torch.from_numpy(levels * scales).reshape(tuple(shape))


def right_table_of_pairs(packed, absmax, codebook, shape):
    pairs = torch.cartesian_prod(codebook, codebook)  # 256 rows: what a byte stands for
    blocks = pairs.index_select(0, packed.int()).reshape(absmax.numel(), -1)
    return torch.einsum("bi,b->bi", blocks, absmax).reshape(*shape)


def right_loop(packed, absmax, codebook, shape):
    block = math.prod(shape) // len(absmax)
    codes = [code for byte in packed.tolist() for code in (byte // 16, byte % 16)]
    numbers = [codebook[code] * absmax[i // block] for i, code in enumerate(codes)]
    return torch.stack(numbers).unflatten(0, tuple(shape))


def wrong_low_half_first(packed, absmax, codebook, shape):
    """Takes the low four bits as the first code of a pair."""
    codes = torch.stack([packed & 15, packed >> 4], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).view(shape)


def wrong_not_interleaved(packed, absmax, codebook, shape):
    """Puts all high halves before all low halves."""
    codes = torch.cat([packed >> 4, packed & 15]).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).view(shape)


def wrong_block_of_64(packed, absmax, codebook, shape):
    """Takes a block to be 64 weights, where it follows from the number of scales."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten().long()
    scales = absmax.repeat_interleave(64)[: len(codes)]
    return (codebook[codes][: len(scales)] * scales).view(shape)


def wrong_repeat(packed, absmax, codebook, shape):
    """Uses repeat (as numpy's tile): scales alternate from weight to weight."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten().long()
    return (codebook[codes] * absmax.repeat(len(codes) // len(absmax))).view(shape)


def wrong_no_scale(packed, absmax, codebook, shape):
    """Forgets absmax and returns levels between -1 and 1."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return codebook[codes].view(shape)


def wrong_divides(packed, absmax, codebook, shape):
    """Divides by the scale once more, where it should multiply."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) / absmax[:, None]).view(shape)


def wrong_codes_not_levels(packed, absmax, codebook, shape):
    """Takes codes as evenly spaced steps (code - 8) / 7 and never looks into the codebook."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).float()
    return ((codes - 8).view(len(absmax), -1) / 7 * absmax[:, None]).view(shape)


def wrong_flat(packed, absmax, codebook, shape):
    """Forgets to bring the numbers back into the shape of the weight."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).flatten()


def wrong_rows_are_blocks(packed, absmax, codebook, shape):
    """Gives each row one scale: right only where a block is a row."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    scales = absmax.reshape(shape[0], -1)[:, :1]
    return codebook[codes].view(shape) * scales


def wrong_column_order(packed, absmax, codebook, shape):
    """Fills the matrix column after column."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    flat = codebook[codes].view(len(absmax), -1) * absmax[:, None]
    return flat.reshape(shape[1], shape[0]).T


def wrong_uint8_index(packed, absmax, codebook, shape):
    """Raises: indexes with uint8, which PyTorch takes for a mask."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).view(shape)


def wrong_remainder_by_15(packed, absmax, codebook, shape):
    """Takes the remainder by 15, not by 16, for the low half."""
    codes = torch.stack([packed // 16, packed % 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).view(shape)


SAYS = {
    "wrong_low_half_first": "the high four bits hold the first",
    "wrong_not_interleaved": "the two codes of a byte are",
    "wrong_block_of_64": "the size of a block is not",
    "wrong_repeat": "absmax belongs to blocks of neighbours: repeat_interleave(block)",
    "wrong_no_scale": "the levels are not multiplied by their",
    "wrong_divides": "multiply by absmax: quantising divided by it",
    "wrong_codes_not_levels": "the codes themselves were multiplied: look up",
    "wrong_flat": "give the weight its shape back: view(shape)",
    "wrong_rows_are_blocks": "a block is not a row of",
    "wrong_column_order": "the weight is transposed: view(shape) is enough",
    "wrong_uint8_index": "a uint8 index is read as a",
    "wrong_remainder_by_15": "the low half is packed & 15",
}
