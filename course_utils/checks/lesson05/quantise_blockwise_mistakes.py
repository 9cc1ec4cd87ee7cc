"""What learners get wrong in ``quantise_blockwise``: scales, levels, packing."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

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


def scaled_by(scale: Callable[[Tensor], Tensor]) -> Callable[[Tensor, int], Pair]:
    """Another scale; it takes the blocks as rows."""

    def normalise(weight: Tensor, block: int) -> Pair:
        rows = weight.view(-1, block)
        return rows / scale(rows)[:, None], scale(rows)

    return normalise


def changed(change: Callable[[Tensor], Tensor]) -> Callable:
    """The right codes; the scales are changed afterwards."""

    def quantise(weight: Tensor, codebook: Tensor, block: int) -> Pair:
        packed, absmax = quantised_with()(weight, codebook, block)
        return packed, change(absmax)

    return quantise


def over_blocks(weight: Tensor, block: int) -> Pair:
    """The maximum of the first weights of all blocks, of the second ones, and so on."""
    rows = weight.view(-1, block)
    return rows / rows.abs().amax(0), rows.abs().amax(0)


def by_the_first(weight: Tensor, block: int) -> Pair:
    """All divided by the first scale; the scales are right."""
    absmax = divided(weight, block)[1]
    return weight / absmax[0], absmax


def by_the_largest(weight: Tensor, block: int) -> Pair:
    """All divided by the largest scale; the scales are right."""
    absmax = divided(weight, block)[1]
    return weight / absmax.max(), absmax


def within_rows(weight: Tensor, codebook: Tensor, block: int) -> Pair:
    """Blocks that end with each row; the last of a row is shorter."""
    parts = [part for row in weight for part in row.split(block)]
    absmax = torch.stack([part.abs().max() for part in parts])
    flat = torch.cat([part / scale for part, scale in zip(parts, absmax)])
    return pack(blockwise.nearest(flat, codebook)).to(torch.uint8), absmax


def filled_rows(weight: Tensor, codebook: Tensor, block: int) -> Pair:
    """Each row filled up with zeros to whole blocks."""
    return within_rows(pad(weight, (0, -weight.shape[1] % block)), codebook, block)


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
        quantised_with(interleaved),
        quantised_with(over_blocks),
    ],
    "a negative weight can be the largest in its block: take abs() first": [
        quantised_with(without_abs),
        quantised_with(scaled_by(lambda rows: rows.amax(1))),
        quantised_with(scaled_by(lambda rows: rows.amax(1).abs())),
        quantised_with(scaled_by(lambda rows: rows.amin(1).abs())),
    ],
    "the scale of a block is its largest magnitude: rows.abs().amax(1)": [
        quantised_with(scaled_by(scale))
        for scale in (
            lambda rows: rows.abs().mean(1),
            lambda rows: rows.abs().amin(1),
            lambda rows: rows.std(1),
            lambda rows: rows.abs().sum(1),
            lambda rows: rows.norm(dim=1),
            lambda rows: rows.square().mean(1).sqrt(),
            lambda rows: rows.abs().median(1).values,
            lambda rows: rows.amax(1) - rows.amin(1),
        )
    ],
    "the codes are right, the scales are upside down: a weight is its level times absmax": [
        changed(torch.reciprocal)
    ],
    "each block is divided by its own absmax: here all are by the first one's": [
        quantised_with(by_the_first),
    ],
    "absmax is right, but the codes are of all weights divided by one scale": [
        quantised_with(by_the_largest),
    ],
    "pack the codes, the places of the levels, and not the levels": [
        quantised_with(
            choose=lambda x, codebook: codebook[(x[:, None] - codebook).abs().argmin(1)].to(
                torch.uint8
            )
        ),
    ],
    "the weights were not divided by their block's absmax": [quantised_with(unscaled)],
    "a scale belongs to a block, not to a row of the matrix: view(-1, block), then amax(1)": [
        quantised_with(by_rows)
    ],
    "a block may go on in the next row of the matrix: view(-1, block), whatever its width": [
        within_rows,
        filled_rows,
        lambda weight, codebook, block: weight.view(len(weight), -1, block),
        lambda weight, codebook, block: weight.reshape(
            len(weight), weight.shape[1] // block, block
        ),
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
