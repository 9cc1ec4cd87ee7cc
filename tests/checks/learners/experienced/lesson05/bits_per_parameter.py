from fractions import Fraction

import numpy as np


def right_plain(block, second_block):
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / (block * second_block)


def right_bits_of_a_scale(block, second_block=None):
    scale = 32 if second_block is None else 8 + 32 / second_block
    return 4 + scale / block


def right_fraction(block, second_block):
    bits = Fraction(4) + Fraction(32 if second_block is None else 8, block)
    if second_block is not None:
        bits += Fraction(32, block * second_block)
    return float(bits)


def right_count_a_group(block, second_block):
    scales = 1 if second_block is None else second_block
    weights = block * scales
    total = 4 * weights + (32 if second_block is None else 8 * scales + 32)
    return np.float64(total) / weights


def wrong_ignores_second_block(block, second_block):
    """Always counts a float32 scale a block, with double quantisation as well."""
    return 4 + 32 / block


def wrong_no_codes(block, second_block):
    """Counts the scales alone and forgets the 4 bits of the code."""
    if second_block is None:
        return 32 / block
    return 8 / block + 32 / (block * second_block)


def wrong_second_scale_a_weight(block, second_block):
    """Spreads the second float32 over second_block weights, not over second_block blocks."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / second_block


def wrong_no_second_scale(block, second_block):
    """Forgets the float32 that second_block scales share."""
    return 4 + (32 if second_block is None else 8) / block


def wrong_adds_to_float32(block, second_block):
    """Adds the 8-bit scales to the float32 ones, which they replace."""
    bits = 4 + 32 / block
    if second_block is not None:
        bits += 8 / block + 32 / (block * second_block)
    return bits


def wrong_hard_coded(block, second_block):
    """Returns the numbers of blocks of 64 and 256, whatever the arguments."""
    return 4.5 if second_block is None else 4 + 8 / 64 + 32 / (64 * 256)


def wrong_none(block, second_block):
    """Raises for None, which it multiplies by: the case of float32 scales is missing."""
    return 4 + 8 / block + 32 / (block * second_block)


def wrong_bytes(block, second_block):
    """Counts the scales in bytes (4 and 1) but the codes in bits."""
    if second_block is None:
        return 4 + 4 / block
    return 4 + 1 / block + 4 / (block * second_block)


def wrong_floor_division(block, second_block):
    """Divides whole numbers with //, so the share of the scales is lost."""
    if second_block is None:
        return 4 + 32 // block
    return 4 + 8 // block + 32 // (block * second_block)


def wrong_bracket(block, second_block):
    """Forgets the bracket: 32 / block * second_block multiplies by the second block."""
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / block * second_block


def wrong_half_scales(block, second_block):
    """Counts scales of 16 bits, where the lesson's are float32."""
    if second_block is None:
        return 4 + 16 / block
    return 4 + 8 / block + 16 / (block * second_block)


SAYS = {
    "wrong_ignores_second_block": "the argument second_block is not used",
    "wrong_no_codes": "the 4 bits of the code itself",
    "wrong_second_scale_a_weight": "the second scales are shared by block",
    "wrong_no_second_scale": "the second scales take 32 bits each",
    "wrong_adds_to_float32": "double quantisation replaces the 32 bits of",
    "wrong_hard_coded": "64 and 256 are the lesson's sizes",
    "wrong_none": "second_block may be None, which is no",
    "wrong_bytes": "float32 scales were counted as 4 bits",
    "wrong_floor_division": "// drops the fraction, and the share",
    "wrong_bracket": "a bracket is missing: 32 / (block",
    "wrong_half_scales": "a scale is a float32, 32 bits",
}
