"""``quantise_blockwise`` (lesson 5, *Two codes in a byte*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare, tensor
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.quantisation import blockwise

Pair = tuple[Tensor, Tensor]


def pack(codes: Tensor) -> Tensor:
    """Two codes a byte, the first high."""
    return codes[::2] * 16 + codes[1::2]


def divided(weight: Tensor, block: int) -> Pair:
    """The right scales; divided by, where the course multiplies by the reciprocal."""
    rows = weight.view(-1, block)
    absmax = rows.abs().amax(1)
    return rows / absmax[:, None], absmax


def reciprocal(weight: Tensor, block: int) -> Pair:
    """The same, but for the last bit: it counts where a level is exactly met."""
    return blockwise.normalise(weight.view(-1, block))


def quantised_with(
    normalise: Callable[[Tensor, int], Pair] | None = None,
    choose: Callable[[Tensor, Tensor], Tensor] = blockwise.nearest,
    packed: Callable[[Tensor], Tensor] = pack,
) -> Callable:
    """Quantisation whose steps can be replaced by usual mistakes."""
    normalise = normalise or divided

    def quantise(weight: Tensor, codebook: Tensor, block: int) -> Pair:
        scaled, absmax = normalise(weight, block)
        return packed(choose(scaled.reshape(-1), codebook)), absmax.reshape(-1)

    return quantise


def one_scale(weight: Tensor, block: int) -> Pair:
    """The same scale everywhere."""
    absmax = weight.abs().max()
    return weight / absmax, absmax.expand(weight.numel() // block)


def by_columns(weight: Tensor, block: int) -> Pair:
    """Blocks read down the columns."""
    return blockwise.normalise(weight.T.reshape(-1, block))


def interleaved(weight: Tensor, block: int) -> Pair:
    """Every k-th weight in the same block."""
    columns = weight.reshape(block, -1)
    absmax = columns.abs().amax(0)
    return columns / absmax, absmax


def without_abs(weight: Tensor, block: int) -> Pair:
    """The largest weight instead of the largest magnitude."""
    rows = weight.view(-1, block)
    absmax = rows.amax(1)
    return (rows / absmax[:, None]).clamp(-1, 1), absmax


def unscaled(weight: Tensor, block: int) -> Pair:
    """Codes of the weights themselves."""
    return weight, weight.view(-1, block).abs().amax(1)


def above(x: Tensor, codebook: Tensor) -> Tensor:
    """The next level above."""
    return torch.bucketize(x, codebook).clamp(max=len(codebook) - 1)


def beneath(x: Tensor, codebook: Tensor) -> Tensor:
    """The next level below."""
    return (torch.bucketize(x, codebook, right=True) - 1).clamp(min=0)


OWN_SCALE = "every block has a scale of its own: view(-1, block), then amax(1)"
LOW_FIRST = "the first of each pair belongs in the high four bits: first * 16 + second"
QUANTISE_MISTAKES: Mistakes = {
    LOW_FIRST: [quantised_with(packed=lambda codes: codes[1::2] * 16 + codes[::2])],
    "neighbours share a byte: codes[::2] and codes[1::2], not the two halves": [
        quantised_with(
            packed=lambda codes: codes[: len(codes) // 2] * 16 + codes[len(codes) // 2 :]
        )
    ],
    OWN_SCALE: [quantised_with(one_scale)],
    "blocks run along the rows of the matrix: flatten it as it is, without transposing": [
        quantised_with(by_columns)
    ],
    "a block is made of neighbours: view(-1, block), and the maximum over dimension 1": [
        quantised_with(interleaved)
    ],
    "a negative weight can be the largest in its block: take abs() first": [
        quantised_with(without_abs)
    ],
    "the weights were not divided by their block's absmax": [quantised_with(unscaled)],
    "this takes the next level above: take the nearest one": [
        quantised_with(choose=above),
        quantised_with(reciprocal, above),
    ],
    "this takes the next level below: take the nearest one": [
        quantised_with(choose=beneath),
        quantised_with(reciprocal, beneath),
    ],
    "this takes the farthest level: argmin, not argmax": [
        quantised_with(choose=lambda x, codebook: (x[:, None] - codebook).abs().argmax(1))
    ],
    "the high four bits are empty: multiply the first code by 16, or shift it by 4": [
        quantised_with(packed=lambda codes: codes[::2] + codes[1::2]),
        quantised_with(packed=lambda codes: codes[::2] | codes[1::2]),
    ],
}


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
    """A matrix of blocks of very different scale, and the block size."""
    block = numbers.choice((8, 16))
    rows = numbers.choice((5, 6, 7))
    scale = torch.rand(rows * 4, 1) * 3 + 0.2
    return (torch.randn(rows * 4, block) * scale).view(rows, 4 * block), block


def packed_reader(weight: Tensor, levels: Tensor, block: int) -> Callable[[Any], Pair]:
    """Read packed codes and scales."""
    numbers = weight.numel()
    what = f"packed codes ({numbers // 2},) in uint8, and absmax ({numbers // block},)"

    def read(value: Any) -> Pair:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise Mistake("return two things: the packed codes, then absmax", what, show(value))
        packed, absmax = value
        if not isinstance(packed, Tensor) or not isinstance(absmax, Tensor):
            raise Mistake("return two tensors: the packed codes, then absmax", what, show(value))
        if packed.numel() == numbers // block and absmax.numel() == numbers // 2:
            raise Mistake("the packed codes come first, then absmax", what, show(value))
        if packed.numel() == numbers:
            raise Mistake(
                "there are as many bytes as weights: two codes share a byte", what, show(value)
            )
        if absmax.numel() == 1:
            raise Mistake(OWN_SCALE, what, show(value))
        packed = tensor(packed.reshape(-1), (numbers // 2,), what)
        absmax = tensor(absmax.reshape(-1), (numbers // block,), what)
        if packed.dtype != torch.uint8:
            likely = f"the codes take a byte for each pair only as uint8, not as {packed.dtype}"
            raise Mistake(likely, what, show(value))
        return packed.double(), absmax

    return read


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
