"""``dequantise_blockwise`` (lesson 5, *Two codes in a byte*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.exercise import exercise
from course_utils.checks.lesson05.quantise_blockwise import codebook, unpacked, weights
from course_utils.quantisation import blockwise


def back(
    codes: Callable[[Tensor], Tensor] = unpacked,
    scales: Callable[[Tensor, int], Tensor] = lambda absmax, block: absmax.repeat_interleave(block),
    combine: Callable[[Tensor, Tensor], Tensor] = lambda levels, scales: levels * scales,
    look_up: Callable[[Tensor, Tensor], Tensor] = lambda levels, codes: levels[codes],
    arrange: Callable[[Tensor, tuple], Tensor] = lambda weight, shape: weight.view(shape),
) -> Callable:
    """Dequantisation whose steps can be replaced by usual mistakes."""

    def dequantise(packed: Tensor, absmax: Tensor, levels: Tensor, shape: tuple) -> Tensor:
        numbers = torch.Size(shape).numel()
        found = look_up(levels, codes(packed))
        return arrange(combine(found, scales(absmax, numbers // len(absmax))), shape)

    return dequantise


def swapped(packed: Tensor) -> Tensor:
    """The low four bits first."""
    return torch.stack([packed % 16, packed // 16], 1).view(-1).long()


def halves(packed: Tensor) -> Tensor:
    """All high bits, then all low ones."""
    return torch.cat([packed // 16, packed % 16]).long()


def halved(absmax: Tensor, block: int) -> Tensor:
    """A scale for as many weights as a block has bytes."""
    return absmax.repeat_interleave(block // 2)


def by_rows(packed: Tensor, absmax: Tensor, levels: Tensor, shape: tuple) -> Tensor:
    """One scale a row."""
    return levels[unpacked(packed)].view(shape) * absmax[: shape[0], None]


Half = Callable[[Tensor], Tensor]


def joined(
    high: Half = lambda packed: packed // 16, low: Half = lambda packed: packed % 16
) -> Callable[[Tensor], Tensor]:
    """Codes of the two halves of each byte, in turn."""
    return lambda packed: torch.stack([high(packed), low(packed)], 1).view(-1).long()


def evenly_spaced(less: float, by: float) -> Callable[[Tensor, Tensor], Tensor]:
    """The codes themselves as levels."""
    return lambda levels, codes: (codes - less) / by


DEQUANTISE_MISTAKES: Mistakes = {
    "the high four bits hold the first of each pair": [back(swapped)],
    "the two codes of a byte are neighbours: stack them in dimension 1, then flatten": [
        back(halves),
        back(lambda packed: torch.cat([packed % 16, packed // 16]).long()),
    ],
    "the levels are not multiplied by their block's absmax": [
        back(scales=lambda absmax, block: torch.ones(len(absmax) * block))
    ],
    "absmax belongs to blocks of neighbours: repeat_interleave(block), not repeat(block)": [
        back(scales=lambda absmax, block: absmax.repeat(block))
    ],
    "a block has twice as many weights as bytes: its size is the weights / len(absmax)": [
        back(scales=lambda absmax, block: halved(absmax, block).repeat(2)),
        back(scales=halved),
        back(scales=lambda absmax, block: torch.cat([halved(absmax, block)] * 2)),
        back(scales=lambda absmax, block: absmax.repeat_interleave(2 * block)),
    ],
    "the size of a block is not given: it is the number of weights / len(absmax)": [
        lambda p, a, c, shape: (c[unpacked(p)].view(-1, 64) * a[:, None]).view(shape),
        back(scales=lambda absmax, block: absmax.repeat_interleave(64)),
        lambda p, a, c, shape: c[unpacked(p)].view(shape) * a.repeat_interleave(64).view(shape),
        lambda p, a, c, shape: (c[unpacked(p)] * a.repeat_interleave(64)[: 2 * len(p)]).view(shape),
    ],
    "a block is not a row of the weight: view(len(absmax), -1) gives the blocks": [
        by_rows,
        lambda p, a, c, shape: c[unpacked(p)].view(shape) * a[:, None],
        lambda p, a, c, shape: c[unpacked(p)].view(shape) * a,
        lambda p, a, c, shape: c[unpacked(p)] * a,
        lambda p, a, c, shape: c[unpacked(p)].view(len(a), -1) * a,
        lambda p, a, c, shape: a.view(shape[0], -1),
        lambda p, a, c, shape: a.view(shape[0], 1),
    ],
    "multiply by absmax: quantising divided by it": [back(combine=lambda v, scale: v / scale)],
    "multiply by absmax as it is: it has been neither divided nor squared before": [
        back(combine=lambda v, scale: v * scale / 7),
        back(combine=lambda v, scale: v * scale / scale.max()),
        back(combine=lambda v, scale: v * scale**2),
        back(combine=lambda v, scale: v * scale.sqrt()),
    ],
    "absmax is multiplied, and not added": [back(combine=lambda v, scale: v + scale)],
    "half precision rounds the weight once more: leave it in float32": [
        lambda p, a, c, shape: back()(p, a, c, shape).half(),
        lambda p, a, c, shape: back()(p, a, c, shape).bfloat16(),
    ],
    "the codes themselves were multiplied: look up their levels in the codebook": [
        back(look_up=evenly_spaced(less, by)) for less in (0, 7, 8) for by in (1, 7, 8, 15)
    ],
    "the codebook is read backwards: code 0 is its first level": [
        back(look_up=lambda levels, codes: levels[15 - codes])
    ],
    "one scale was used for all blocks: each has its own": [
        back(scales=lambda absmax, block: absmax[0].repeat(len(absmax) * block)),
        back(scales=lambda absmax, block: absmax.max().repeat(len(absmax) * block)),
        back(scales=lambda absmax, block: absmax.mean().repeat(len(absmax) * block)),
    ],
    "the high codes were used twice: the low four bits are packed & 15": [
        back(lambda packed: (packed // 16).repeat_interleave(2).long())
    ],
    "the low codes were used twice: the high four bits are packed >> 4": [
        back(lambda packed: (packed % 16).repeat_interleave(2).long())
    ],
    "the low half is packed & 15: 15 has four bits set, other numbers keep other bits": [
        back(joined(low=low))
        for low in (
            lambda packed: (packed & 16) >> 4,
            lambda packed: packed & 7,
            lambda packed: packed & 8,
            lambda packed: packed % 15,
            lambda packed: (packed & 240) >> 4,
            lambda packed: packed & 16,
            lambda packed: packed & 240,
            lambda packed: packed,
        )
    ],
    "the high half is packed >> 4: four bits are shifted out": [
        back(joined(high=high))
        for high in (
            lambda packed: (packed >> 3) & 15,
            lambda packed: packed >> 3,
            lambda packed: packed >> 5,
            lambda packed: packed >> 8,
            lambda packed: packed // 15,
            lambda packed: packed & 240,
            lambda packed: (packed << 4) & 15,
        )
    ],
    "a uint8 index is read as a mask: index with codes.long()": [
        lambda p, a, c, shape: c[torch.stack([p >> 4, p & 15], 1).bool()].view(shape),
        lambda p, a, c, shape: c[torch.stack([p >> 4, p & 15], 1).flatten().bool()].view(shape),
        lambda p, a, c, shape: c[(p >> 4).bool()],
    ],
    "the codes were taken as the levels of the uniform codebook: use the argument codebook": [
        back(look_up=lambda levels, codes: torch.linspace(-1, 1, 16)[codes])
    ],
    "the weight is transposed: view(shape) is enough": [
        back(arrange=lambda weight, shape: weight.view(shape[1], shape[0]).T),
        back(arrange=lambda weight, shape: weight.view(shape).T),
        back(arrange=lambda weight, shape: weight.view(shape[1], shape[0])),
    ],
    "give the weight its shape back: view(shape)": [
        back(arrange=lambda weight, shape: weight),
        lambda p, a, c, shape: c[unpacked(p)].view(len(a), -1) * a[:, None],
    ],
}


def right_dequantise(packed: Tensor, absmax: Tensor, levels: Tensor, shape: tuple) -> Tensor:
    """The definition."""
    block = torch.Size(shape).numel() // len(absmax)
    return blockwise.dequantise(packed, absmax, levels, shape, block=block)


HINTS = (
    "the way back, step by step: codes out of bytes, levels, times absmax, shape",
    "torch.stack([packed >> 4, packed & 15], dim=1).flatten() are the codes; index with "
    ".long(), as uint8 would be read as a mask",
    "codebook[codes.long()].view(len(absmax), -1) * absmax[:, None], then view(shape)",
)


@exercise(hints=HINTS, mistakes=DEQUANTISE_MISTAKES)
def dequantise_blockwise(answer: Any, numbers: random.Random) -> None:
    """Random codes and scales: any pair of bytes can occur."""
    for _ in range(3):
        weight, block = weights(numbers)
        packed = torch.randint(0, 256, (weight.numel() // 2,), dtype=torch.uint8)
        absmax = torch.rand(weight.numel() // block) + 0.1
        case = (packed, absmax, codebook(numbers), tuple(weight.shape))
        what = f"a weight of the shape {case[-1]}"
        read = functools.partial(tensor, shape=case[-1], what=what)
        compare(answer, [case], right_dequantise, DEQUANTISE_MISTAKES, read)
