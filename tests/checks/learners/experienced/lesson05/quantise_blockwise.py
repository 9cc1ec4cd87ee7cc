import numpy as np
import torch


def right_argmin(weight, codebook, block):
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    safe = torch.where(absmax > 0, absmax, torch.ones_like(absmax))
    scaled = blocks / safe[:, None]
    codes = (scaled.reshape(-1, 1) - codebook).abs().argmin(dim=1).to(torch.uint8)
    return codes[::2] << 4 | codes[1::2], absmax


def right_bucketize(weight, codebook, block):
    flat = weight.flatten().float()
    absmax = flat.unfold(0, block, block).abs().max(dim=-1).values
    middles = (codebook[1:] + codebook[:-1]) / 2
    normed = flat / absmax.clamp(min=1e-30).repeat_interleave(block)
    first, second = torch.bucketize(normed, middles).view(-1, 2).unbind(1)
    return (first * 16 + second).to(torch.uint8), absmax


def right_numpy(weight, codebook, block):
    w = weight.detach().cpu().float().numpy().reshape(-1, block)
    top = np.abs(w).max(axis=1)
    normed = np.divide(w, top[:, None], out=np.zeros_like(w), where=top[:, None] > 0)
    levels = codebook.cpu().numpy()
    codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, normed.ravel()).reshape(-1, 2)
    packed = (codes @ np.array([16, 1])).astype(np.uint8)
    return torch.from_numpy(packed), torch.from_numpy(top)


def right_loop_over_blocks(weight, codebook, block):
    packed, absmax = [], []
    for piece in weight.contiguous().view(-1).split(block):
        top = piece.abs().max()
        absmax.append(top)
        distance = torch.cdist((piece / (top if top > 0 else 1))[:, None], codebook[:, None])
        packed.append(distance.min(dim=1).indices)
    codes = torch.cat(packed)
    return codes[0::2].mul(16).add(codes[1::2]).byte(), torch.stack(absmax)


def wrong_halves_swapped(weight, codebook, block):
    """Puts the first code of a pair into the low four bits."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    codes = (scaled - codebook).abs().argmin(dim=1)
    return (codes[::2] + codes[1::2] * 16).to(torch.uint8), absmax


def wrong_precedence(weight, codebook, block):
    """Writes first << 4 + second without brackets, which shifts by 4 + second."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    codes = (scaled - codebook).abs().argmin(dim=1)
    return (codes[::2] << 4 + codes[1::2]).to(torch.uint8), absmax


def wrong_level_above(weight, codebook, block):
    """Takes the next level above (plain searchsorted), not the nearest one."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).flatten()
    codes = torch.searchsorted(codebook, scaled).clamp(max=15)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_max_without_abs(weight, codebook, block):
    """Scales a block by its largest value, not by its largest magnitude."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.max(dim=1).values
    codes = ((blocks / absmax[:, None]).reshape(-1, 1) - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_blocks_down_columns(weight, codebook, block):
    """Reads the matrix column after column (Fortran order), not row after row."""
    blocks = weight.T.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    codes = (scaled - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_pairs_from_two_halves(weight, codebook, block):
    """Packs code i with code i + n/2, not neighbours."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    first, second = (scaled - codebook).abs().argmin(dim=1).chunk(2)
    return (first * 16 + second).to(torch.uint8), absmax


def wrong_block_of_64(weight, codebook, block):
    """Uses blocks of 64 whatever the argument says."""
    blocks = weight.reshape(-1, 64)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    codes = (scaled - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_not_packed(weight, codebook, block):
    """Returns one code a byte: as many bytes as weights."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    return (scaled - codebook).abs().argmin(dim=1).to(torch.uint8), absmax


def wrong_int64_bytes(weight, codebook, block):
    """Leaves the packed codes in int64, eight bytes each."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = (blocks / absmax.clamp(min=1e-12)[:, None]).reshape(-1, 1)
    codes = (scaled - codebook).abs().argmin(dim=1)
    return codes[::2] * 16 + codes[1::2], absmax


def wrong_one_scale(weight, codebook, block):
    """Divides all blocks by the largest magnitude of the whole matrix."""
    absmax = weight.abs().max().expand(weight.numel() // block)
    codes = ((weight / weight.abs().max()).reshape(-1, 1) - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_not_divided(weight, codebook, block):
    """Computes the scales but looks for the nearest level of the weight as it is."""
    absmax = weight.reshape(-1, block).abs().amax(dim=1)
    codes = (weight.reshape(-1, 1) - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_in_place(weight, codebook, block):
    """Divides through a view, so the caller's weight is changed."""
    blocks = weight.view(-1, block)
    absmax = blocks.abs().amax(dim=1)
    blocks /= absmax.clamp(min=1e-12)[:, None]
    codes = (blocks.reshape(-1, 1) - codebook).abs().argmin(dim=1)
    return (codes[::2] * 16 + codes[1::2]).to(torch.uint8), absmax


SAYS = {
    "wrong_halves_swapped": "the first of each pair belongs in",
    "wrong_precedence": "a bracket is missing: + binds more",
    "wrong_level_above": "this takes the next level above: take",
    "wrong_max_without_abs": "a negative weight can be the largest",
    "wrong_blocks_down_columns": "blocks run along the rows of the",
    "wrong_pairs_from_two_halves": "neighbours share a byte: codes[::2] and codes[1::2]",
    "wrong_block_of_64": "the argument `block` says how many weights",
    "wrong_not_packed": "there are as many bytes as weights",
    "wrong_int64_bytes": "the codes take a byte for each",
    "wrong_one_scale": "every block has a scale of its",
    "wrong_not_divided": "the weights were not divided by their",
    "wrong_in_place": "the function changes its input in place",
}
