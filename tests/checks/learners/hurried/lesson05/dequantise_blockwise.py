"""Answers to exercise 4: the way back."""

import numpy as np
import torch


def right_stack(packed, absmax, codebook, shape):
    packed = packed.flatten()
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def right_preallocated(packed, absmax, codebook, shape):
    codes = torch.empty(packed.numel() * 2, dtype=torch.long)
    codes[0::2] = packed.reshape(-1) >> 4
    codes[1::2] = packed.reshape(-1) & 0x0F
    block = codes.numel() // absmax.numel()
    return codebook[codes].mul(absmax.reshape(-1).repeat_interleave(block)).view(*shape)


def right_numpy(packed, absmax, codebook, shape):
    high, low = np.divmod(packed.cpu().numpy().reshape(-1), 16)
    levels = codebook.cpu().numpy()[np.column_stack([high, low])]
    levels = levels.reshape(absmax.numel(), -1) * absmax.cpu().numpy().reshape(-1, 1)
    return torch.from_numpy(levels.reshape(shape))


def right_loop(packed, absmax, codebook, shape):
    codes = []
    for byte in packed.flatten().tolist():
        codes += [byte // 16, byte % 16]
    block = len(codes) // absmax.numel()
    scales = absmax.flatten()
    numbers = [codebook[code] * scales[i // block] for i, code in enumerate(codes)]
    return torch.stack(numbers).reshape(shape)


def right_pair_table(packed, absmax, codebook, shape):
    table = torch.cartesian_prod(torch.arange(16), torch.arange(16)).clamp(max=len(codebook) - 1)
    pairs = codebook[table]  # the two levels of every possible byte
    levels = pairs[packed.flatten().long()].reshape(absmax.numel(), -1)
    return torch.einsum("bi,b->bi", levels, absmax.flatten()).reshape(shape)


def right_take(packed, absmax, codebook, shape):
    whole = packed.to(torch.int64).reshape(-1, 1)
    codes = whole.bitwise_right_shift(torch.tensor([4, 0])) % 16
    levels = torch.take(codebook, codes)
    return levels.reshape(absmax.numel(), -1).mul(absmax.reshape(-1, 1)).reshape(tuple(shape))


def right_dstack(packed, absmax, codebook, shape):
    halves = (packed.reshape(-1) // 16, packed.reshape(-1) % 16)
    codes = torch.dstack(halves).flatten().int()
    levels = torch.index_select(codebook, 0, codes).unflatten(0, (absmax.numel(), -1))
    return torch.vstack([row * s for row, s in zip(levels, absmax, strict=True)]).reshape(shape)


def wrong_low_first(packed, absmax, codebook, shape):
    """Takes the low four bits for the first code of the pair."""
    codes = torch.stack([packed & 15, packed >> 4], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_halves(packed, absmax, codebook, shape):
    """Puts all high halves before all low ones instead of taking them in turn."""
    codes = torch.cat([packed >> 4, packed & 15]).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_no_scale(packed, absmax, codebook, shape):
    """Forgets to multiply by absmax: the levels stay between -1 and 1."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return codebook[codes].reshape(shape)


def wrong_divides(packed, absmax, codebook, shape):
    """Divides by absmax, as quantising does, instead of multiplying."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) / absmax[:, None]).reshape(shape)


def wrong_fixed_block(packed, absmax, codebook, shape):
    """Assumes blocks of 64 instead of finding the size from the numbers of codes and scales."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long().flatten()
    return (codebook[codes].view(-1, 64) * absmax[:, None]).reshape(shape)


def wrong_half_block(packed, absmax, codebook, shape):
    """Takes bytes for weights when finding the block, so each scale covers half a block."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long().flatten()
    block = packed.numel() // absmax.numel()
    scales = absmax.repeat_interleave(block).repeat(2)
    return (codebook[codes] * scales).reshape(shape)


def wrong_repeat(packed, absmax, codebook, shape):
    """Uses repeat where repeat_interleave is meant: neighbours get the scales of other blocks."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long().flatten()
    scales = absmax.repeat(codes.numel() // absmax.numel())
    return (codebook[codes] * scales).reshape(shape)


def wrong_flat(packed, absmax, codebook, shape):
    """Returns a matrix of blocks and never brings it to the shape of the weight."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return codebook[codes].view(len(absmax), -1) * absmax[:, None]


def wrong_transposed(packed, absmax, codebook, shape):
    """Fills the weight column after column: right shape, weights in other places."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    values = codebook[codes].view(len(absmax), -1) * absmax[:, None]
    return values.reshape(shape[1], shape[0]).t()


def wrong_row_scales(packed, absmax, codebook, shape):
    """Scales each row by one number, right only where a block is exactly a row."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return codebook[codes].reshape(shape) * absmax[: shape[0], None]


def wrong_codes_as_levels(packed, absmax, codebook, shape):
    """Multiplies the codes themselves by absmax, less 7, and ignores the codebook."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long() - 7
    return (codes.view(len(absmax), -1) / 7 * absmax[:, None]).reshape(shape)


def wrong_mask_bit(packed, absmax, codebook, shape):
    """Writes & 16, which keeps one bit of the high half, instead of & 15."""
    codes = torch.stack([packed >> 4, (packed & 16) >> 4], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_mask_seven(packed, absmax, codebook, shape):
    """Keeps three bits of the low half, so codes above 7 come out eight too small."""
    codes = torch.stack([packed >> 4, packed & 7], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_shift_three(packed, absmax, codebook, shape):
    """Shifts by 3 instead of 4 and cuts to four bits, so high codes are doubled."""
    codes = torch.stack([(packed >> 3) & 15, packed & 15], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_in_place(packed, absmax, codebook, shape):
    """Shifts the caller's bytes in place, so a second call reads garbage."""
    low = packed & 15
    packed >>= 4
    codes = torch.stack([packed, low], dim=1).long()
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


def wrong_one_scale(packed, absmax, codebook, shape):
    """Multiplies all blocks by the largest of the scales."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).long()
    return (codebook[codes] * absmax.max()).reshape(shape)


def wrong_mask_index(packed, absmax, codebook, shape):
    """Indexes with uint8 and forgets .long(): PyTorch reads a mask and raises an error."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1)
    return (codebook[codes].view(len(absmax), -1) * absmax[:, None]).reshape(shape)


SAYS = {
    "wrong_low_first": "the high four bits hold the first",
    "wrong_halves": "the two codes of a byte are",
    "wrong_no_scale": "the levels are not multiplied by their",
    "wrong_divides": "multiply by absmax: quantising divided by it",
    "wrong_fixed_block": "the size of a block is not",
    "wrong_half_block": "a block has twice as many weights",
    "wrong_repeat": "absmax belongs to blocks of neighbours: repeat_interleave(block)",
    "wrong_flat": "give the weight its shape back",
    "wrong_transposed": "the weight is transposed: view(shape) is enough",
    "wrong_row_scales": "a block is not a row of",
    "wrong_codes_as_levels": "the codes themselves were multiplied: look up",
    "wrong_mask_bit": "the low half is packed & 15",
    "wrong_mask_seven": "the low half is packed & 15",
    "wrong_shift_three": "the high half is packed >> 4",
    "wrong_in_place": "the function changes its input in place",
    "wrong_one_scale": "one scale was used for all blocks",
    "wrong_mask_index": "a uint8 index is read as a",
}
