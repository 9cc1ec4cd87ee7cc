"""Answers to exercise 8: the bytes of a QLoRA model."""

from fractions import Fraction

import numpy as np


def right_literal(quantised, rest, adapters):
    return {
        "codes": quantised / 2,
        "constants": quantised / 64 + 4 * quantised / (64 * 256),
        "rest": 2 * rest,
        "adapters": 16 * adapters,
    }


def right_steps(quantised, rest, adapters):
    blocks = quantised / 64
    parts = {}
    parts["codes"] = quantised * 4 / 8
    parts["constants"] = blocks * 1 + blocks / 256 * 4
    parts["rest"] = rest * 16 / 8
    parts["adapters"] = adapters * (4 + 4 + 4 + 4)
    return parts


def right_bits(quantised, rest, adapters):
    bits = dict(codes=4, constants=8 / 64 + 32 / 64 / 256, rest=16, adapters=4 * 32)
    counts = dict(codes=quantised, constants=quantised, rest=rest, adapters=adapters)
    return {part: counts[part] * bits[part] / 8 for part in bits}


def right_numpy(quantised, rest, adapters):
    each = np.array([0.5, (1 + 4 / 256) / 64, 2.0, 16.0])
    sizes = each * np.array([quantised, quantised, rest, adapters], dtype=np.float64)
    names = ("codes", "constants", "rest", "adapters")
    return dict(zip(names, sizes.tolist(), strict=True))


def right_fractions(quantised, rest, adapters):
    block = Fraction(quantised, 64)
    constants = float(block + 4 * block / 256)
    codes = float(Fraction(quantised, 2))
    return {
        "adapters": adapters * 2**4,
        "rest": rest + rest,
        "constants": constants,
        "codes": codes,
    }


def right_one_fraction(quantised, rest, adapters):
    return dict(
        rest=rest * 2.0,
        adapters=sum(4.0 * adapters for _ in ("weight", "gradient", "mean", "variance")),
        constants=quantised * 65 / 4096,
        codes=0.5 * quantised,
    )


def wrong_four_bytes(quantised, rest, adapters):
    """Counts 4 bytes for each code instead of 4 bits."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=4 * quantised, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_bits(quantised, rest, adapters):
    """Returns bits for all parts instead of bytes."""
    blocks = quantised / 64
    constants = 8 * blocks + 32 * blocks / 256
    return dict(codes=4 * quantised, constants=constants, rest=16 * rest, adapters=128 * adapters)


def wrong_float_scales(quantised, rest, adapters):
    """Counts a float32 for each block of 64, as without double quantisation."""
    constants = 4 * quantised / 64
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_no_second_level(quantised, rest, adapters):
    """Forgets the float32 that 256 of the scales share."""
    constants = quantised / 64
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_second_per_weight(quantised, rest, adapters):
    """Counts a float32 for each 256 weights and not for each 256 scales."""
    constants = quantised / 64 + 4 * quantised / 256
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_one_byte_second(quantised, rest, adapters):
    """Counts one byte instead of a float32's four for each 256 scales."""
    blocks = quantised / 64
    constants = blocks + blocks / 256
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_rest_float32(quantised, rest, adapters):
    """Counts the rest in float32, 4 bytes, where it is kept in 16 bits."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=4 * rest, adapters=16 * adapters)


def wrong_rest_quantised(quantised, rest, adapters):
    """Counts the rest in 4 bits too, though embeddings, head and norms are not quantised."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=rest / 2, adapters=16 * adapters)


def wrong_adapter_weights_only(quantised, rest, adapters):
    """Counts the adapters' weights alone, without gradient, mean and variance."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=4 * adapters)


def wrong_no_gradient(quantised, rest, adapters):
    """Forgets the gradient: weight and Adam's two states make 12 bytes only."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=12 * adapters)


def wrong_one_state(quantised, rest, adapters):
    """Takes Adam's mean and variance for one 16-bit pair: 4 bytes together instead of 8."""
    constants = quantised / 64 * (1 + 4 / 256)
    parts = dict(codes=quantised / 2, constants=constants, rest=2 * rest)
    parts["adapters"] = adapters * (4 + 4 + 2 + 2)
    return parts


def wrong_extra_copy(quantised, rest, adapters):
    """Adds a 16-bit copy of the adapters to the float32 ones: 18 bytes each."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=18 * adapters)


def wrong_adapters_half(quantised, rest, adapters):
    """Counts all four numbers of the adapters in 16 bits: 8 bytes instead of 16."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=8 * adapters)


def wrong_rest_less_quantised(quantised, rest, adapters):
    """Takes rest for the number of all parameters and subtracts the quantised ones."""
    constants = quantised / 64 * (1 + 4 / 256)
    others = 2 * (rest - quantised)
    return dict(codes=quantised / 2, constants=constants, rest=others, adapters=16 * adapters)


def wrong_gib(quantised, rest, adapters):
    """Returns GiB where bytes are asked for: the next cell divides once more."""
    constants = quantised / 64 * (1 + 4 / 256)
    parts = dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)
    return {part: size / 2**30 for part, size in parts.items()}


def wrong_total(quantised, rest, adapters):
    """Returns the sum alone and not the bytes of each part."""
    return quantised / 2 + quantised / 64 * (1 + 4 / 256) + 2 * rest + 16 * adapters


def wrong_missing_part(quantised, rest, adapters):
    """Forgets the rest, which is not quantised but held all the same."""
    constants = quantised / 64 * (1 + 4 / 256)
    return {"codes": quantised / 2, "constants": constants, "adapters": 16 * adapters}


def wrong_tuple(quantised, rest, adapters):
    """Returns the four numbers without their names."""
    constants = quantised / 64 * (1 + 4 / 256)
    return quantised / 2, constants, 2 * rest, 16 * adapters


def wrong_texts(quantised, rest, adapters):
    """Returns formatted texts, which cannot be added up, instead of numbers."""
    constants = quantised / 64 * (1 + 4 / 256)
    parts = dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)
    return {part: f"{size:.0f}" for part, size in parts.items()}


SAYS = {
    "wrong_four_bytes": "4 bits are half a byte, not",
    "wrong_bits": "these are bits: eight to a byte",
    "wrong_float_scales": "this is one level of constants, 4",
    "wrong_no_second_level": "the second level is missing: each 256",
    "wrong_second_per_weight": "the second level has one constant of",
    "wrong_one_byte_second": "the constants of the second level are",
    "wrong_rest_float32": "the rest is in 16 bits: 2",
    "wrong_rest_quantised": "the rest is not quantised: 2 bytes",
    "wrong_adapter_weights_only": "an adapter costs what a trained float32",
    "wrong_no_gradient": "an adapter costs what a trained float32",
    "wrong_one_state": "an adapter costs what a trained float32",
    "wrong_extra_copy": "an adapter costs what a trained float32",
    "wrong_adapters_half": "an adapter costs what a trained float32",
    "wrong_rest_less_quantised": "`rest` is a part beside the quantised",
    "wrong_gib": "this is in another unit: return bytes",
    "wrong_total": "return a dictionary, not a float",
    "wrong_missing_part": "the key 'rest' is missing",
    "wrong_tuple": "return a dictionary, not a tuple",
    "wrong_texts": "return one number, not a value of",
}
