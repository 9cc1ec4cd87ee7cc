"""Answers to ``bits_per_parameter``."""

from fractions import Fraction

import torch


def usual(block, second_block):
    if second_block is None:
        return 4 + 32 / block
    return 4 + 8 / block + 32 / (block * second_block)


def by_counting(block, second_block):
    weights = block * (second_block or 1)
    bits = 4 * weights + (32 if second_block is None else 8 * second_block + 32)
    return torch.tensor(bits / weights, dtype=torch.float64)


def by_scale(block, second_block):
    scale = Fraction(32) if second_block is None else 8 + Fraction(32, second_block)
    return float(4 + scale / block)


def made(name, single, double):
    """A wrong answer, by two formulas."""

    def wrong(block, second_block):
        return single(block) if second_block is None else double(block, second_block)

    wrong.__name__ = name
    return wrong


def plain(block):
    return 4 + 32 / block


def as_text(block, second_block):
    return f"{usual(block, second_block):.3f} bits"


def NEXT(answer):
    """The lesson prints both."""
    assert f"{answer(64, None):.3f} {answer(64, 256):.3f}" == "4.500 4.127"


RIGHT = [usual, by_counting, by_scale]
WRONG = [
    (made("scales_alone", lambda b: 32 / b, lambda b, s: 8 / b + 32 / (b * s)), "4 bits of the"),
    (made("second_not_shared", plain, lambda b, s: 4 + 8 / b + 32 / s), "block * second_block"),
    (made("second_left_out", plain, lambda b, s: 4 + 8 / b), "take 32 bits each"),
    (made("added", plain, lambda b, s: 4 + 32 / b + 8 / b + 32 / (b * s)), "not added"),
    (made("second_not_used", plain, lambda b, s: 4 + 32 / b), "second_block is not used"),
    (made("always_8", lambda b: 4 + 8 / b, lambda b, s: 4 + 8 / b + 32 / (b * s)), "is a float32"),
    (made("half", lambda b: 4 + 16 / b, lambda b, s: 4 + 8 / b + 16 / (b * s)), "not 16"),
    (made("in_bytes", lambda b: 0.5 + 4 / b, lambda b, s: 0.5 + 1 / b + 4 / (b * s)), "bytes"),
    (made("not_shared", lambda b: 4 + 32, lambda b, s: 4 + 8 + 32 / s), "divide by block"),
    (made("bytes_as_bits", lambda b: 4 + 4 / b, lambda b, s: 4 + 1 / b + 4 / (b * s)), "4 bytes"),
    (as_text, "return one number"),
    (made("second_in_half", plain, lambda b, s: 4 + 8 / b + 16 / (b * s)), "that others share"),
    (made("both_shared", plain, lambda b, s: 4 + 40 / (b * s)), "8 bits are shared by block"),
    (made("whole_parts", lambda b: 4 + 32 // b, lambda b, s: 4 + 8 // b), "drops the fraction"),
    (made("sizes_in", lambda b: 4.5, lambda b, s: 4 + 8 / 64 + 32 / 16384), "the lesson's sizes"),
    (
        made("two_digits", lambda b: round(plain(b), 2), lambda b, s: round(usual(b, s), 2)),
        "this is rounded",
    ),
    (made("of_a_block", lambda b: 4 * b + 32, lambda b, s: 4 * b + 8 + 32 / s), "a whole block"),
    (made("a_byte", lambda b: 8 + 32 / b, lambda b, s: 8 + 8 / b + 32 / (b * s)), "not 8 or 16"),
    (made("no_bracket", plain, lambda b, s: 4 + 8 / b + 32 / b * s), "a bracket is missing"),
]
