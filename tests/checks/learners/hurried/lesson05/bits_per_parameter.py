"""Answers to exercise 5: bits per parameter."""

from fractions import Fraction

import numpy as np


def right_branches(block, second_block):
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / (block * second_block)


def right_bits_of_a_scale(block, second_block):
    scale = 32 if second_block is None else 8 + 32 / second_block
    return 4 + scale / block


def right_whole_group(block, second_block):
    scales = second_block or 1
    weights = block * scales
    bits = 4 * weights + 32 + (8 * scales if second_block else 0)
    return bits / weights


def right_fraction(block, second_block):
    scale = Fraction(32) if second_block is None else 8 + Fraction(32, second_block)
    return float(4 + scale / block)


def right_numpy(block, second_block):
    counts = np.array([1, 1 / block, 1 / block / (second_block or 1)])
    bits = np.array([4, 0 if second_block is None else 8, 32])
    return float(counts @ bits)


def right_bytes_times_eight(block, second_block):
    first = 4 if second_block is None else 1
    second = 0 if second_block is None else 4 / second_block
    return 8 * (0.5 + (first + second) / block)


def right_recursive(block, second_block):
    if second_block is not None:
        return right_recursive(block * second_block, None) + 8 / block
    return (4 * block + 32) / block


def wrong_no_codes(block, second_block):
    """Counts the scales alone and forgets the 4 bits of the code."""
    if second_block is None:
        return 32 / block
    return 8 / block + 32 / (block * second_block)


def wrong_whole_division(block, second_block):
    """Divides without a remainder, so that the share of the scales becomes 0."""
    if second_block is None:
        return 4 + 32 // block
    return 4 + 8 // block + 32 // (block * second_block)


def wrong_second_per_weight(block, second_block):
    """Shares the second float32 among second_block weights, not second_block scales."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / second_block


def wrong_no_second_float(block, second_block):
    """Forgets the float32 that the 8-bit scales share."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block


def wrong_both_scales(block, second_block):
    """Keeps the float32 of every block in addition to its 8-bit code."""
    bits = 4 + 32 / block
    if second_block is not None:
        bits += 8 / block + 32 / (block * second_block)
    return bits


def wrong_missing_bracket(block, second_block):
    """Leaves the brackets out: divides by block and then multiplies by second_block."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / block * second_block


def wrong_sixteen_bits(block, second_block):
    """Counts 16 bits for each scale where a float32 is 32."""
    if second_block is None:
        return 4 + 16 / block
    return 4 + 8 / block + 16 / (block * second_block)


def wrong_bytes(block, second_block):
    """Counts bytes instead of bits for the scales: 4 for a float32, 1 for 8 bits."""
    if second_block is None:
        return 4 + 4 / block
    return 4 + 1 / block + 4 / (block * second_block)


def wrong_all_in_bytes(block, second_block):
    """Returns bytes for each weight instead of bits."""
    if second_block is None:
        return (4 + 32 / block) / 8
    return (4 + 8 / block + 32 / (block * second_block)) / 8


def wrong_cases_swapped(block, second_block):
    """Has the two cases the wrong way round: eight bits for a scale without a second block."""
    if second_block is None:
        return 4 + 8 / block
    return 4 + 32 / block + 32 / (block * second_block)


def wrong_levels_swapped(block, second_block):
    """Gives the block's scale 32 bits and the shared one 8."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 32 / block + 8 / (block * second_block)


def wrong_from_the_lesson(block, second_block):
    """Returns the lesson's figures for 64 and 256 whatever the blocks are."""
    return 4.5 if second_block is None else 4 + 8 / 64 + 32 / (64 * 256)


def wrong_fixed_second(block, second_block):
    """Always counts with 256 scales in a second block."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / (block * 256)


def wrong_bits_of_a_block(block, second_block):
    """Returns the bits of a whole block and does not divide by its weights."""
    if second_block is None:
        return 4 * block + 32
    return 4 * block + 8 + 32 / second_block


def wrong_only_one_share(block, second_block):
    """Adds the scale whole to every weight instead of a share of it."""
    if second_block is None:
        return 4 + 32
    return 4 + 8 + 32 / second_block


def wrong_mean_counted(block, second_block):
    """Counts two float32 for each second block, as if each had a mean as well as a scale."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 2 * 32 / (block * second_block)


def wrong_no_none(block, second_block):
    """Forgets that second_block may be None: TypeError."""
    return 4 + 8 / block + 32 / (block * second_block)


SAYS = {
    "wrong_no_codes": "the 4 bits of the code itself",
    "wrong_whole_division": "// drops the fraction, and the share",
    "wrong_second_per_weight": "the second scales are shared by block",
    "wrong_no_second_float": "the second scales take 32 bits each",
    "wrong_both_scales": "double quantisation replaces the 32 bits of",
    "wrong_missing_bracket": "a bracket is missing: 32 / (block",
    "wrong_sixteen_bits": "a scale is a float32, 32 bits",
    "wrong_bytes": "float32 scales were counted as 4 bits",
    "wrong_all_in_bytes": "these are bytes: bits are asked for",
    "wrong_cases_swapped": "the two cases are the wrong way",
    "wrong_levels_swapped": "the scale of a block takes the",
    "wrong_from_the_lesson": "64 and 256 are the lesson's sizes",
    "wrong_fixed_second": "64 and 256 are the lesson's sizes",
    "wrong_bits_of_a_block": "these are the bits of a whole",
    "wrong_only_one_share": "the scale of a block is shared",
    "wrong_mean_counted": "second_block scales share one float32: their mean",
    "wrong_no_none": "second_block may be None, which is no",
}
