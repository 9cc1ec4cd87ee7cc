"""What learners get wrong in ``quantise_blockwise``: scales, levels, packing."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes
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


def by_rows(weight: Tensor, block: int) -> Pair:
    """A scale for each row of the matrix."""
    absmax = weight.abs().amax(1)
    return weight / absmax[:, None], absmax


def fixed_block(size: int) -> Callable[[Tensor, int], Pair]:
    """Blocks of a size that is written in."""
    return lambda weight, block: divided(weight, size)


def packed_by(factor: int) -> Callable[[Tensor], Tensor]:
    """Bytes whose first code is moved by another factor than 16."""
    return lambda codes: (codes[::2] * factor + codes[1::2]) % 256


def step_of_7(weight: Tensor, block: int) -> Pair:
    """Scaled as in exercise 1, to -7 to 7."""
    rows, absmax = weight.view(-1, block), weight.view(-1, block).abs().amax(1) / 7
    return rows / absmax[:, None], absmax


OWN_SCALE = "every block has a scale of its own: view(-1, block), then amax(1)"
LOW_FIRST = "the first of each pair belongs in the high four bits: first * 16 + second"
EVEN: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    lambda x, codebook: ((x + 1) * 7.5).round().long(),
    lambda x, codebook: ((x + 1) / 2 * 16).long().clamp(max=15),
    lambda x, codebook: (x * 7).round().long() + 7,
    lambda x, codebook: (x * 7).round().long() + 8,
)
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
    "a block may go on in the next row of the matrix: view(-1, block), whatever its width": [
        lambda weight, codebook, block: weight.view(len(weight), -1, block),
        lambda weight, codebook, block: weight.reshape(
            len(weight), weight.shape[1] // block, block
        ),
    ],
    "a scale belongs to a block, not to a row of the matrix: view(-1, block), then amax(1)": [
        quantised_with(by_rows)
    ],
    "the argument `block` says how many weights share a scale": [
        quantised_with(fixed_block(size)) for size in (64, 8, 16, 32, 128)
    ],
    "absmax has one number a block: give it a second dimension, absmax[:, None], to divide by": [
        lambda weight, codebook, block: (
            weight.view(-1, block) / weight.view(-1, block).abs().amax(1)
        )
    ],
    "the scale is absmax itself: dividing by 7 belongs to exercise 1": [
        lambda weight, codebook, block: (
            quantised_with()(weight, codebook, block)[0],
            divided(weight, block)[1] / 7,
        ),
        quantised_with(step_of_7),
    ],
    "each code is the index of the nearest level of `codebook`, whatever its levels are": [
        quantised_with(choose=choose) for choose in EVEN
    ],
    "the distance has no sign: take abs() before argmin": [
        quantised_with(choose=lambda x, codebook: (x[:, None] - codebook).argmin(1)),
        quantised_with(choose=lambda x, codebook: (codebook - x[:, None]).argmin(1)),
    ],
    "the first code is moved by four bits: times 16, which is << 4": [
        quantised_with(packed=packed_by(by)) for by in (15, 8, 10, 4, 32)
    ],
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
    "a bracket is missing: + binds more strongly than <<, so (first << 4) + second": [
        quantised_with(packed=lambda codes: (codes[::2] << (4 + codes[1::2])) % 256)
    ],
    "the high four bits are empty: multiply the first code by 16, or shift it by 4": [
        quantised_with(packed=lambda codes: codes[::2] + codes[1::2]),
        quantised_with(packed=lambda codes: codes[::2] | codes[1::2]),
    ],
}
