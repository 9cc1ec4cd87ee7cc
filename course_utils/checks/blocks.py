"""Checks of lesson 5: blockwise quantisation, two codes a byte, and the bits of a parameter."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils import blockwise
from course_utils.checks.calling import call
from course_utils.checks.diagnose import Suspect, compare, number, tensor
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show
from course_utils.double_quantisation import bits_per_parameter as right_bits

Tensor = torch.Tensor
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


def by(
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


LOW_FIRST = "the first of each pair belongs in the high four bits: first * 16 + second"
QUANTISE_SUSPECTS: list[Suspect] = [
    (LOW_FIRST, by(packed=lambda codes: codes[1::2] * 16 + codes[::2])),
    ("neighbours share a byte: codes[::2] and codes[1::2], not the two halves",
     by(packed=lambda codes: codes[: len(codes) // 2] * 16 + codes[len(codes) // 2 :])),
    ("every block has a scale of its own: view(-1, block), then amax(1)", by(one_scale)),
    ("blocks run along the rows of the matrix: flatten it as it is, without transposing",
     by(by_columns)),
    ("a block is made of neighbours: view(-1, block), and the maximum over dimension 1",
     by(interleaved)),
    ("a negative weight can be the largest in its block: take abs() first", by(without_abs)),
    ("the weights were not divided by their block's absmax", by(unscaled)),
    ("this takes the next level above: take the nearest one", by(choose=above)),
    ("this takes the next level below: take the nearest one", by(choose=beneath)),
    ("this takes the next level above: take the nearest one", by(reciprocal, above)),
    ("this takes the next level below: take the nearest one", by(reciprocal, beneath)),
    ("this takes the farthest level: argmin, not argmax",
     by(choose=lambda x, codebook: (x[:, None] - codebook).abs().argmax(1))),
    ("the high four bits are empty: multiply the first code by 16, or shift it by 4",
     by(packed=lambda codes: codes[::2] + codes[1::2])),
    ("the high four bits are empty: multiply the first code by 16, or shift it by 4",
     by(packed=lambda codes: codes[::2] | codes[1::2])),
]  # fmt: skip


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


def quantise_blockwise(answer: Any, numbers: random.Random) -> None:
    """Packed codes and scales of several matrices."""
    cases = []
    for _ in range(3):
        weight, block = weights(numbers)
        cases.append((weight, codebook(numbers), block))
    for case in cases:
        compare(answer, [case], right_quantise, QUANTISE_SUSPECTS, packed_reader(*case), 1e-5)


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
            raise Mistake("there are as many bytes as weights: two codes share a byte", what,
                          show(value))  # fmt: skip
        if absmax.numel() == 1:
            likely = "every block has a scale of its own: view(-1, block), then amax(1)"
            raise Mistake(likely, what, show(value))
        packed = tensor(packed.reshape(-1), (numbers // 2,), what)
        absmax = tensor(absmax.reshape(-1), (numbers // block,), what)
        if packed.dtype != torch.uint8:
            likely = f"the codes take a byte for each pair only as uint8, not as {packed.dtype}"
            raise Mistake(likely, what, show(value))
        return packed.double(), absmax

    return read


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


DEQUANTISE_SUSPECTS: list[Suspect] = [
    ("the high four bits hold the first of each pair", back(swapped)),
    ("the two codes of a byte are neighbours: stack them in dimension 1, then flatten",
     back(halves)),
    ("the levels are not multiplied by their block's absmax",
     back(scales=lambda absmax, block: torch.ones(len(absmax) * block))),
    ("absmax belongs to blocks of neighbours: repeat_interleave(block), not repeat(block)",
     back(scales=lambda absmax, block: absmax.repeat(block))),
    ("multiply by absmax: quantising divided by it", back(combine=lambda v, scale: v / scale)),
    ("the codes themselves were multiplied: look up their levels in the codebook",
     back(look_up=lambda levels, codes: codes.float())),
    ("the codebook is read backwards: code 0 is its first level",
     back(look_up=lambda levels, codes: levels[15 - codes])),
    ("one scale was used for all blocks: each has its own",
     back(scales=lambda absmax, block: absmax[0].repeat(len(absmax) * block))),
    ("one scale was used for all blocks: each has its own",
     back(scales=lambda absmax, block: absmax.max().repeat(len(absmax) * block))),
    ("the high codes were used twice: the low four bits are packed & 15",
     back(lambda packed: (packed // 16).repeat_interleave(2).long())),
    ("the low codes were used twice: the high four bits are packed >> 4",
     back(lambda packed: (packed % 16).repeat_interleave(2).long())),
    ("the codes were taken as the levels of the uniform codebook: use the argument codebook",
     back(look_up=lambda levels, codes: torch.linspace(-1, 1, 16)[codes])),
]  # fmt: skip


def right_dequantise(packed: Tensor, absmax: Tensor, levels: Tensor, shape: tuple) -> Tensor:
    """The definition."""
    block = torch.Size(shape).numel() // len(absmax)
    return blockwise.dequantise(packed, absmax, levels, shape, block=block)


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
        compare(
            answer, [case], right_dequantise, DEQUANTISE_SUSPECTS,
            lambda value, what=what, shape=case[-1]: tensor(value, shape, what), 1e-5,
        )  # fmt: skip


def bits(first: Callable, second: Callable) -> Callable:
    """Bits without and with double quantisation."""
    return lambda block, second_block: float(
        first(block) if second_block is None else second(block, second_block)
    )


CODES = "the 4 bits of the code itself are missing"
BITS_SUSPECTS: list[Suspect] = [
    (CODES, bits(lambda b: 32 / b, lambda b, s: 8 / b + 32 / (b * s))),
    ("the second scales are shared by block * second_block weights",
     bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 8 / b + 32 / s)),
    ("the second scales take 32 bits each, for block * second_block weights",
     bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 8 / b)),
    ("double quantisation replaces the 32 bits of a scale by 8: they are not added",
     bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b + 8 / b + 32 / (b * s))),
    ("double quantisation replaces the 32 bits of a scale by 8: they are not added",
     bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b + 32 / (b * s))),
    ("the argument second_block is not used", bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 32 / b)),
    ("without double quantisation a scale is a float32: 32 bits",
     bits(lambda b: 4 + 8 / b, lambda b, s: 4 + 8 / b + 32 / (b * s))),
    ("a scale is a float32, 32 bits, not 16",
     bits(lambda b: 4 + 16 / b, lambda b, s: 4 + 8 / b + 16 / (b * s))),
    ("quantised scales take 8 bits each, not 4",
     bits(lambda b: 4 + 32 / b, lambda b, s: 4 + 4 / b + 32 / (b * s))),
    ("these are bytes: bits are asked for",
     bits(lambda b: 0.5 + 4 / b, lambda b, s: 0.5 + 1 / b + 4 / (b * s))),
    ("the scale of a block is shared by its weights: divide by block",
     bits(lambda b: 4 + 32, lambda b, s: 4 + 8 + 32 / s)),
    ("float32 scales were counted as 4 bits: they are 4 bytes",
     bits(lambda b: 4 + 4 / b, lambda b, s: 4 + 1 / b + 4 / (b * s))),
]  # fmt: skip


def bits_per_parameter(answer: Any, numbers: random.Random) -> None:
    """With and without double quantisation, for random sizes and the paper's."""
    sizes = [8, 16, 32, 64, 128]
    cases = [(numbers.choice(sizes), None), (numbers.choice(sizes), numbers.choice((64, 128, 512)))]
    cases += [(64, None), (64, 256)]
    compare(answer, cases, right_bits, BITS_SUSPECTS, number, 1e-7)
