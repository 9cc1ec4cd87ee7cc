"""Answers to exercise 3: quantise in blocks and pack two codes in a byte."""

import numpy as np
import torch


def right_argmin(weight, codebook, block):
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = blocks / absmax.clamp(min=1e-30).unsqueeze(1)
    codes = (scaled.unsqueeze(-1) - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def right_bucketize(weight, codebook, block):
    blocks = weight.flatten().unflatten(0, (-1, block))
    absmax = blocks.abs().max(dim=-1).values
    safe = torch.where(absmax > 0, absmax, torch.ones_like(absmax))
    midpoints = (codebook[1:] + codebook[:-1]) / 2
    codes = torch.bucketize(blocks / safe[:, None], midpoints).to(torch.uint8)
    first, second = codes.view(-1, 2).unbind(1)
    return (first << 4) | second, absmax


def right_numpy(weight, codebook, block):
    numbers = weight.detach().cpu().float().numpy().reshape(-1, block)
    absmax = np.abs(numbers).max(axis=1)
    scaled = numbers / np.where(absmax == 0, 1, absmax)[:, None]
    codes = np.abs(scaled[..., None] - codebook.cpu().numpy()).argmin(-1).reshape(-1, 2)
    packed = (codes @ np.array([16, 1])).astype(np.uint8)
    return torch.from_numpy(packed), torch.from_numpy(absmax)


def right_loop(weight, codebook, block):
    packed, absmax, codes = [], [], []
    for part in weight.reshape(-1).split(block):
        largest = part.abs().max()
        absmax.append(largest)
        scaled = part / largest if largest > 0 else part
        codes += [int((codebook - value).abs().argmin()) for value in scaled]
    for first, second in zip(codes[::2], codes[1::2], strict=True):
        packed.append(first * 16 + second)
    return torch.tensor(packed, dtype=torch.uint8), torch.stack(absmax)


def right_cdist(weight, codebook, block):
    blocks = weight.float().reshape(-1, block)
    absmax = torch.linalg.vector_norm(blocks, ord=float("inf"), dim=1)
    scaled = torch.nan_to_num(blocks / absmax[:, None])
    distances = torch.cdist(scaled.reshape(-1, 1), codebook.float().reshape(-1, 1))
    pairs = distances.argmin(1).reshape(-1, 2)
    return torch.add(pairs[:, 1], pairs[:, 0], alpha=16).byte(), absmax


def right_count_midpoints(weight, codebook, block):
    absmax = weight.reshape(-1, block).abs().amax(1)
    flat = weight.reshape(-1) / absmax.clamp_min(1e-30).repeat_interleave(block)
    codes = torch.zeros(flat.numel(), dtype=torch.uint8)
    for low, high in zip(codebook[:-1], codebook[1:], strict=True):
        codes += (flat > (low + high) / 2).to(torch.uint8)
    return codes[::2] * 16 + codes[1::2], absmax


def right_scaled_levels(weight, codebook, block):
    blocks = weight.reshape(-1, block, 1)
    absmax = blocks.abs().amax((1, 2))
    levels = absmax[:, None, None] * codebook  # compares with the levels in the weight's own units
    pairs = (blocks - levels).square().argmin(-1).reshape(-1, 2).to(torch.int16)
    return (pairs[:, 0].bitwise_left_shift(4) + pairs[:, 1]).to(torch.uint8), absmax


def wrong_low_first(weight, codebook, block):
    """Puts the first code of each pair in the low four bits."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[1::2] * 16 + codes[0::2]).to(torch.uint8), absmax


def wrong_not_divided(weight, codebook, block):
    """Looks for the nearest level without dividing the block by its largest magnitude."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = (blocks[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_no_abs_in_scale(weight, codebook, block):
    """Takes the largest weight of each block and not the largest magnitude."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_one_scale(weight, codebook, block):
    """Divides every block by the largest magnitude of the whole matrix."""
    absmax = weight.abs().max().repeat(weight.numel() // block)
    scaled = weight.flatten() / absmax[0]
    codes = (scaled[:, None] - codebook).abs().argmin(-1)
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_row_scales(weight, codebook, block):
    """Takes a scale for every row of the matrix and ignores the block."""
    absmax = weight.abs().amax(1)
    codes = ((weight / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_blocks_within_rows(weight, codebook, block):
    """Cuts each row into blocks, which fails where a row is no multiple of the block."""
    blocks = weight.reshape(weight.shape[0], weight.shape[1] // block, block)
    absmax = blocks.abs().amax(-1)
    codes = ((blocks / absmax[..., None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax.flatten()


def wrong_columns(weight, codebook, block):
    """Reads the matrix column after column instead of row after row."""
    blocks = weight.t().reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_level_below(weight, codebook, block):
    """Takes the next level below each weight and not the nearest one."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    scaled = (blocks / absmax[:, None]).contiguous()
    codes = (torch.searchsorted(codebook, scaled, right=True) - 1).clamp(min=0).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_level_above(weight, codebook, block):
    """Bucketises by the levels themselves, not their midpoints: always the level above."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = torch.bucketize(blocks / absmax[:, None], codebook).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_halves(weight, codebook, block):
    """Packs the first half of the codes with the second half instead of neighbours."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    first, second = codes.chunk(2)
    return (first * 16 + second).to(torch.uint8), absmax


def wrong_unpacked(weight, codebook, block):
    """Forgets to pack: one code a byte."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return codes.to(torch.uint8), absmax


def wrong_int64(weight, codebook, block):
    """Leaves the packed codes in int64, eight bytes for each pair."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return codes[0::2] * 16 + codes[1::2], absmax


def wrong_fifteen(weight, codebook, block):
    """Multiplies the first code by 15, the largest code, instead of 16."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 15 + codes[1::2]).to(torch.uint8), absmax


def wrong_fixed_block(weight, codebook, block):
    """Always uses blocks of 64, whatever block is asked for."""
    blocks = weight.reshape(-1, 64)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_uniform_levels(weight, codebook, block):
    """Ignores the codebook and rounds to evenly spaced levels as in exercise 1."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None]) * 7).round().long().flatten() + 8
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_signed_distance(weight, codebook, block):
    """Forgets the magnitude of the distance: the most negative one wins, always code 15."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_in_place(weight, codebook, block):
    """Divides a view of the caller's weight in place, so that the weight is destroyed."""
    blocks = weight.view(-1, block)
    absmax = blocks.abs().amax(1)
    blocks /= absmax[:, None]
    codes = (blocks[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


def wrong_scale_of_a_step(weight, codebook, block):
    """Returns absmax / 7, the step of exercise 1, where the largest magnitude is the scale."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax[:, None])[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax / 7


def wrong_broadcast(weight, codebook, block):
    """Divides by absmax without a dimension for the block: shapes do not match."""
    blocks = weight.reshape(-1, block)
    absmax = blocks.abs().amax(1)
    codes = ((blocks / absmax)[..., None] - codebook).abs().argmin(-1).flatten()
    return (codes[0::2] * 16 + codes[1::2]).to(torch.uint8), absmax


SAYS = {
    "wrong_low_first": "the first of each pair belongs in",
    "wrong_not_divided": "the weights were not divided by their",
    "wrong_no_abs_in_scale": "a negative weight can be the largest",
    "wrong_one_scale": "every block has a scale of its",
    "wrong_row_scales": "a scale belongs to a block, not",
    "wrong_blocks_within_rows": "a block may go on in the",
    "wrong_columns": "blocks run along the rows of the",
    "wrong_level_below": "this takes the next level below: take",
    "wrong_level_above": "this takes the next level above: take",
    "wrong_halves": "neighbours share a byte: codes[::2] and codes[1::2]",
    "wrong_unpacked": "there are as many bytes as weights",
    "wrong_int64": "the codes take a byte for each",
    "wrong_fifteen": "the first code is moved by four",
    "wrong_fixed_block": "the argument `block` says how many weights",
    "wrong_uniform_levels": "each code is the index of the",
    "wrong_signed_distance": "the distance has no sign: take abs()",
    "wrong_in_place": "the function changes its input in place",
    "wrong_scale_of_a_step": "the scale is absmax itself: dividing by",
    "wrong_broadcast": "absmax has one number a block: give",
}
