"""Answers to ``dequantise_blockwise``."""

import torch

from course_utils.quantisation import blockwise, codebooks
from course_utils.quantisation.error import relative_rmse


def unpack(packed):
    return torch.stack([packed >> 4, packed & 15], dim=1).flatten().long()


def usual(packed, absmax, codebook, shape):
    levels = codebook[unpack(packed)].view(len(absmax), -1)
    return (levels * absmax[:, None]).view(shape)


def by_repeating(packed, absmax, codebook, shape):
    codes = torch.empty(2 * len(packed), dtype=torch.long)
    codes[::2], codes[1::2] = packed // 16, packed % 16
    scales = absmax.repeat_interleave(len(codes) // len(absmax))
    return (torch.take(codebook, codes) * scales).reshape(*shape).double()


def by_loop(packed, absmax, codebook, shape):
    numbers = torch.Size(shape).numel()
    block, flat = numbers // len(absmax), torch.empty(numbers)
    for i in range(numbers):
        code = packed[i // 2].item() >> (0 if i % 2 else 4) & 15
        flat[i] = codebook[code] * absmax[i // block]
    return flat.reshape(shape)


def made(name, codes=unpack, scales=None, combine=torch.mul, look_up=None, end=None):
    """A wrong answer: some steps replaced."""

    def wrong(packed, absmax, codebook, shape):
        found = codes(packed)
        block = len(found) // len(absmax)
        levels = look_up(codebook, found) if look_up else codebook[found]
        scale = scales(absmax, block) if scales else absmax.repeat_interleave(block)
        flat = combine(levels, scale)
        return end(flat, shape) if end else flat.view(shape)

    wrong.__name__ = name
    return wrong


def low_first(packed):
    return torch.stack([packed & 15, packed >> 4], dim=1).flatten().long()


def halves(packed):
    return torch.cat([packed >> 4, packed & 15]).long()


def high_twice(packed):
    return (packed >> 4).repeat_interleave(2).long()


def low_twice(packed):
    return (packed & 15).repeat_interleave(2).long()


def no_scale(absmax, block):
    return torch.ones(block * len(absmax))


def uniform(codebook, codes):
    return torch.linspace(-1, 1, 16)[codes]


def transposed(flat, shape):
    return flat.view(shape).T


def flat_still(flat, shape):
    return flat


def nothing_but_packed(packed, absmax, codebook, shape):
    return unpack(packed), absmax


def NEXT(answer):
    """The lesson takes what ``quantise`` gave, and compares the weight with the original."""
    weight, nf4 = torch.randn(16, 72), codebooks.nf4()
    packed, absmax = blockwise.quantise(weight, nf4, 64)
    back = answer(packed, absmax, nf4, tuple(weight.shape))
    assert relative_rmse(back, weight) < 0.2


RIGHT = [usual, by_repeating, by_loop]
WRONG = [
    (made("low_nibble_first", low_first), "the high four bits hold the first"),
    (made("two_halves", halves), "are neighbours"),
    (made("high_codes_twice", high_twice), "high codes were used twice"),
    (made("low_codes_twice", low_twice), "low codes were used twice"),
    (made("not_scaled", scales=no_scale), "not multiplied by their block's absmax"),
    (made("tiled", scales=lambda a, block: a.repeat(block)), "repeat_interleave"),
    (made("first_scale", scales=lambda a, block: a[0]), "each has its own"),
    (made("divided", combine=torch.div), "multiply by absmax"),
    (made("codes_as_levels", look_up=lambda c, codes: codes.float()), "look up their levels"),
    (made("backwards", look_up=lambda c, codes: c[15 - codes]), "read backwards"),
    (made("another_codebook", look_up=uniform), "use the argument codebook"),
    (made("transposed", end=transposed), "transposed"),
    (made("flat", end=flat_still), "shape back"),
    (nothing_but_packed, "return a tensor"),
    (made("squared", combine=lambda v, scale: v * scale**2), "neither divided nor squared"),
    (made("added", combine=torch.add), "and not added"),
    (made("in_half", end=lambda flat, shape: flat.view(shape).half()), "half precision rounds"),
    (
        made("half_blocks", scales=lambda a, block: a.repeat_interleave(block // 2).repeat(2)),
        "twice as many weights as bytes",
    ),
    (made("blocks_of_64", scales=lambda a, block: a.repeat_interleave(64)), "is not given"),
    (
        made("row_scales", end=lambda flat, shape: flat.view(shape), scales=lambda a, block: a),
        "a block is not a row",
    ),
    (
        made("low_three_bits", lambda p: torch.stack([p >> 4, p & 7], 1).flatten().long()),
        "the low half is packed & 15",
    ),
    (
        made("high_by_five", lambda p: torch.stack([p >> 5, p & 15], 1).flatten().long()),
        "the high half is packed >> 4",
    ),
]
