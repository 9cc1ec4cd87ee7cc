"""``quantise_blockwise`` (lesson 5, *Two codes in a byte*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm
from course_utils.checks.lesson05.quantise_blockwise_mistakes import (
    OWN_SCALE,
    QUANTISE_MISTAKES,
    Pair,
    divided,
    pack,
)
from course_utils.quantisation import blockwise


def right_quantise(weight: Tensor, codebook: Tensor, block: int) -> Pair:
    """The definition."""
    return blockwise.quantise(weight, codebook, block)


def codebook(numbers: random.Random) -> Tensor:
    """Sixteen uneven levels from -1 to 1, with an exact 0: no codebook that is known by heart."""
    below = sorted(numbers.sample(range(5, 95), 6))
    above = sorted(numbers.sample(range(5, 95), 7))
    levels = [-1.0, *(-b / 100 for b in below[::-1]), 0.0, *(a / 100 for a in above), 1.0]
    return torch.tensor(levels)


def weights(numbers: random.Random) -> tuple[Tensor, int]:
    """A matrix of blocks of very different scale, and the block size; blocks go over its rows.

    Rows are longer than a block. No shape is that of (blocks, block).
    """
    block = numbers.choice((8, 16))
    many = numbers.choice((5, 7, 9))
    scale = torch.rand(many * 8, 1) * 3 + 0.2
    return (torch.randn(many * 8, block) * scale).view(32, many * block // 4), block


def packed_reader(weight: Tensor, levels: Tensor, block: int) -> Callable[[Any], Pair]:
    """Read packed codes and scales; a code one off by rounding is read as the right one."""
    numbers = weight.numel()
    what = f"packed codes ({numbers // 2},) in uint8, and absmax ({numbers // block},)"

    def read(value: Any) -> Pair:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise WrongForm("return two things: the packed codes, then absmax", what, show(value))
        packed, absmax = value
        if not isinstance(packed, Tensor) or not isinstance(absmax, Tensor):
            raise WrongForm("return two tensors: the packed codes, then absmax", what, show(value))
        if packed.numel() == numbers // block and absmax.numel() == numbers // 2:
            raise Mistake("the packed codes come first, then absmax", what, show(value))
        if packed.numel() == numbers:
            raise Mistake(
                "there are as many bytes as weights: two codes share a byte", what, show(value)
            )
        if absmax.numel() == 1:
            raise Mistake(OWN_SCALE, what, show(value))
        for vector, name in ((packed, "packed"), (absmax, "absmax")):
            if vector.ndim > 1:
                raise WrongForm(
                    f"the lesson goes on with vectors: flatten {name}", what, show(value)
                )
        packed = tensor(packed, (numbers // 2,), what)
        absmax = tensor(absmax, (numbers // block,), what)
        if packed.dtype != torch.uint8:
            likely = f"the codes take a byte for each pair only as uint8, not as {packed.dtype}"
            raise Mistake(likely, what, show(value))
        if absmax.dtype in (torch.float16, torch.bfloat16):
            raise Mistake("the scales are needed in float32", what, show(value))
        return without_ties(packed, weight, levels, block), absmax

    return read


def without_ties(packed: Tensor, weight: Tensor, levels: Tensor, block: int) -> Tensor:
    """The codes, with the right one where the weight lies between it and theirs.

    Between, as far as float32 can tell: dividing by absmax and multiplying by its reciprocal differ
    in the last bit there.
    """
    right = unpacked(right_quantise(weight, levels, block)[0])
    theirs = unpacked(packed)
    middle = (levels[right] + levels[theirs]) / 2
    tie = (divided(weight, block)[0].reshape(-1) - middle).abs() < 1e-6
    near = (right - theirs).abs() <= 1
    return pack(torch.where(tie & near, right, theirs)).to(torch.uint8)


def unpacked(packed: Tensor) -> Tensor:
    """The codes, the high four bits first."""
    return torch.stack([packed // 16, packed % 16], 1).view(-1).long()


HINTS = (
    "three steps: a scale for each block, the nearest level of each scaled weight, two codes "
    "in a byte",
    "rows = weight.reshape(-1, block); absmax = rows.abs().amax(1); the nearest level is at "
    "(x[:, None] - codebook).abs().argmin(1)",
    "codes = codes.to(torch.uint8); packed = codes[::2] * 16 + codes[1::2]",
)


@exercise(hints=HINTS, mistakes=QUANTISE_MISTAKES)
def quantise_blockwise(answer: Any, numbers: random.Random) -> None:
    """Packed codes and scales of several matrices."""
    cases = []
    for _ in range(3):
        weight, block = weights(numbers)
        cases.append((weight, codebook(numbers), block))
    for case in cases:
        compare(answer, [case], right_quantise, QUANTISE_MISTAKES, packed_reader(*case), 1e-5)
