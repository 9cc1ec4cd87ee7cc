"""Answers to ``quantise_blockwise``."""

import torch

from course_utils.quantisation import blockwise, codebooks
from course_utils.quantisation.error import relative_rmse


def nearest(x, codebook):
    return (x.flatten()[:, None] - codebook).abs().argmin(1)


def pack(codes):
    codes = codes.to(torch.uint8)
    return codes[::2] * 16 + codes[1::2]


def usual(weight, codebook, block):
    rows = weight.reshape(-1, block)
    absmax = rows.abs().amax(1)
    return pack(nearest(rows / absmax[:, None], codebook)), absmax


def by_middles(weight, codebook, block):
    rows = weight.detach().clone().view(-1, block)
    absmax = rows.abs().max(dim=1).values
    codes = torch.bucketize(rows * absmax.reciprocal()[:, None], (codebook[1:] + codebook[:-1]) / 2)
    pairs = codes.to(torch.uint8).view(-1, 2)
    return pairs[:, 0] << 4 | pairs[:, 1], absmax


def by_loop(weight, codebook, block):
    packed, scales, flat = [], [], weight.flatten()
    for start in range(0, len(flat), block):
        part = flat[start : start + block]
        scales.append(part.abs().max())
        codes = [(codebook - w / scales[-1]).abs().argmin().item() for w in part]
        packed += [16 * codes[i] + codes[i + 1] for i in range(0, block, 2)]
    return torch.tensor(packed, dtype=torch.uint8), torch.stack(scales)


def made(name, rows=None, absmax=None, choose=nearest, packed=pack):
    """A wrong answer: some steps replaced."""

    def wrong(weight, codebook, block):
        cut = rows(weight, block) if rows else weight.reshape(-1, block)
        scale = absmax(cut) if absmax else cut.abs().amax(1)
        scaled = (cut / scale[:, None]).clamp(-1, 1)
        return packed(choose(scaled, codebook)), scale

    wrong.__name__ = name
    return wrong


def low_first(codes):
    codes = codes.to(torch.uint8)
    return codes[1::2] * 16 + codes[::2]


def halves(codes):
    codes = codes.to(torch.uint8)
    return codes[: len(codes) // 2] * 16 + codes[len(codes) // 2 :]


def not_shifted(codes):
    codes = codes.to(torch.uint8)
    return codes[::2] | codes[1::2]


def interleaved(weight, codebook, block):
    columns = weight.reshape(block, -1)
    absmax = columns.abs().amax(0)
    return pack(nearest(columns / absmax, codebook)), absmax


def not_scaled(weight, codebook, block):
    return pack(nearest(weight, codebook)), weight.reshape(-1, block).abs().amax(1)


def the_farthest(x, codebook):
    return (x.flatten()[:, None] - codebook).abs().argmax(1)


def the_next_above(x, codebook):
    return torch.bucketize(x.flatten(), codebook).clamp(max=15)


def the_next_below(x, codebook):
    return (torch.bucketize(x.flatten(), codebook, right=True) - 1).clamp(min=0)


def one_scale_for_all(weight, codebook, block):
    absmax = weight.abs().max()
    return pack(nearest(weight / absmax, codebook)), absmax


def one_scale_repeated(weight, codebook, block):
    packed, absmax = one_scale_for_all(weight, codebook, block)
    return packed, absmax.repeat(weight.numel() // block)


def order_swapped(weight, codebook, block):
    return usual(weight, codebook, block)[::-1]


def in_place(weight, codebook, block):
    rows = weight.view(-1, block)
    absmax = rows.abs().amax(1)
    rows /= absmax[:, None]
    return pack(nearest(rows, codebook)), absmax


def in_float64(weight, codebook, block):
    """Another last bit decides where a weight lies in the middle of two levels."""
    packed, absmax = usual(weight.double(), codebook.double(), block)
    return packed, absmax.float()


def one_off_near_the_middle(weight, codebook, block):
    """Rounds up where it should round down, near the middle but not in it."""
    rows = weight.reshape(-1, block)
    absmax = rows.abs().amax(1)
    middles = (codebook[1:] + codebook[:-1]) / 2
    return pack(torch.bucketize((rows / absmax[:, None]).flatten() + 0.004, middles)), absmax


def with_scales(name, change):
    """A wrong answer: the right codes, other scales."""

    def wrong(weight, codebook, block):
        packed, absmax = usual(weight, codebook, block)
        return packed, change(absmax)

    wrong.__name__ = name
    return wrong


def bytes_in_a_column(weight, codebook, block):
    packed, absmax = usual(weight, codebook, block)
    return packed[:, None], absmax


def by_the_first_scale(weight, codebook, block):
    absmax = weight.reshape(-1, block).abs().amax(1)
    return pack(nearest(weight / absmax[0], codebook)), absmax


def blocks_end_with_the_row(weight, codebook, block):
    parts = [part for row in weight for part in row.split(block)]
    codes = [nearest(part / part.abs().max(), codebook) for part in parts]
    return pack(torch.cat(codes)), torch.stack([part.abs().max() for part in parts])


def over_all_blocks(weight, codebook, block):
    rows = weight.reshape(-1, block)
    absmax = rows.abs().amax(0)
    return pack(nearest(rows / absmax, codebook)), absmax


def NEXT(answer):
    """The lesson dequantises, and compares the bytes with its own."""
    weight, nf4 = torch.randn(16, 72), codebooks.nf4()
    packed, absmax = answer(weight, nf4, 64)
    back = blockwise.dequantise(packed, absmax, nf4, tuple(weight.shape))
    assert relative_rmse(back, weight) < 0.2
    ours, _ = blockwise.quantise(weight, nf4)
    assert (packed == ours).float().mean() > 0.99


RIGHT = [usual, by_middles, by_loop, in_float64]
WRONG = [
    (made("low_nibble_first", packed=low_first), "in the high four bits"),
    (made("two_halves", packed=halves), "neighbours share a byte"),
    (made("nothing_shifted", packed=not_shifted), "high four bits are empty"),
    (made("not_packed", packed=lambda codes: codes.to(torch.uint8)), "as many bytes as weights"),
    (made("int64", packed=lambda codes: codes[::2] * 16 + codes[1::2]), "only as uint8"),
    (made("columns", rows=lambda w, block: w.T.reshape(-1, block)), "along the rows"),
    (made("without_abs", absmax=lambda rows: rows.amax(1)), "take abs() first"),
    (made("farthest", choose=the_farthest), "argmin, not argmax"),
    (made("next_above", choose=the_next_above), "next level above"),
    (made("next_below", choose=the_next_below), "next level below"),
    (interleaved, "a block is made of neighbours"),
    (not_scaled, "were not divided"),
    (one_scale_for_all, "scale of its own"),
    (one_scale_repeated, "scale of its own"),
    (order_swapped, "packed codes come first"),
    (in_place, "changes its input"),
    (with_scales("column", lambda absmax: absmax[:, None]), "flatten absmax"),
    (bytes_in_a_column, "flatten packed"),
    (with_scales("in_half", lambda absmax: absmax.half()), "needed in float32"),
    (with_scales("reciprocal", lambda absmax: 1 / absmax), "upside down"),
    (made("mean", absmax=lambda rows: rows.abs().mean(1)), "is its largest magnitude"),
    (by_the_first_scale, "by the first one's"),
    (blocks_end_with_the_row, "may go on in the next row"),
    (over_all_blocks, "a block is made of neighbours"),
    (made("levels", choose=lambda x, c: c[nearest(x, c)]), "and not the levels"),
    (one_off_near_the_middle, "none of the usual"),
    (made("times_15", packed=lambda c: (c[::2] * 15 + c[1::2]).to(torch.uint8)), "times 16"),
    (made("even", choose=lambda x, _: (x.flatten() * 7).round() + 7), "whatever its levels are"),
    (made("signed", choose=lambda x, c: (x.flatten()[:, None] - c).argmin(1)), "has no sign"),
]
