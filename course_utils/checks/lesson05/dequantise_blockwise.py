"""``dequantise_blockwise`` (lesson 5, *Two codes in a byte*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson05.quantise_blockwise import codebook, weights
from course_utils.quantisation import blockwise


def unpacked(packed: Tensor) -> Tensor:
    """The codes, the high four bits first."""
    return torch.stack([packed // 16, packed % 16], 1).view(-1).long()


def back(
    codes: Callable[[Tensor], Tensor] = unpacked,
    scales: Callable[[Tensor, int], Tensor] = lambda absmax, block: absmax.repeat_interleave(block),
    combine: Callable[[Tensor, Tensor], Tensor] = lambda levels, scales: levels * scales,
    look_up: Callable[[Tensor, Tensor], Tensor] = lambda levels, codes: levels[codes],
) -> Callable:
    """Dequantisation whose steps can be replaced by usual mistakes."""

    def dequantise(packed: Tensor, absmax: Tensor, levels: Tensor, shape: tuple) -> Tensor:
        numbers = torch.Size(shape).numel()
        found = look_up(levels, codes(packed))
        return combine(found, scales(absmax, numbers // len(absmax))).view(shape)

    return dequantise


def swapped(packed: Tensor) -> Tensor:
    """The low four bits first."""
    return torch.stack([packed % 16, packed // 16], 1).view(-1).long()


def halves(packed: Tensor) -> Tensor:
    """All high bits, then all low ones."""
    return torch.cat([packed // 16, packed % 16]).long()


DEQUANTISE_MISTAKES: Mistakes = {
    "the high four bits hold the first of each pair": [back(swapped)],
    "the two codes of a byte are neighbours: stack them in dimension 1, then flatten": [
        back(halves)
    ],
    "the levels are not multiplied by their block's absmax": [
        back(scales=lambda absmax, block: torch.ones(len(absmax) * block))
    ],
    "absmax belongs to blocks of neighbours: repeat_interleave(block), not repeat(block)": [
        back(scales=lambda absmax, block: absmax.repeat(block))
    ],
    "multiply by absmax: quantising divided by it": [back(combine=lambda v, scale: v / scale)],
    "the codes themselves were multiplied: look up their levels in the codebook": [
        back(look_up=lambda levels, codes: codes.float())
    ],
    "the codebook is read backwards: code 0 is its first level": [
        back(look_up=lambda levels, codes: levels[15 - codes])
    ],
    "one scale was used for all blocks: each has its own": [
        back(scales=lambda absmax, block: absmax[0].repeat(len(absmax) * block)),
        back(scales=lambda absmax, block: absmax.max().repeat(len(absmax) * block)),
    ],
    "the high codes were used twice: the low four bits are packed & 15": [
        back(lambda packed: (packed // 16).repeat_interleave(2).long())
    ],
    "the low codes were used twice: the high four bits are packed >> 4": [
        back(lambda packed: (packed % 16).repeat_interleave(2).long())
    ],
    "the codes were taken as the levels of the uniform codebook: use the argument codebook": [
        back(look_up=lambda levels, codes: torch.linspace(-1, 1, 16)[codes])
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
        value = call(answer, *case)
        if isinstance(value, Tensor) and value.shape == case[-1][::-1]:
            raise Mistake("the weight is transposed: view(shape) is enough", what, show(value))
        if isinstance(value, Tensor) and value.shape == (weight.numel(),):
            raise Mistake("give the weight its shape back: view(shape)", what, show(value))
        read = functools.partial(tensor, shape=case[-1], what=what)
        compare(answer, [case], right_dequantise, DEQUANTISE_MISTAKES, read)
