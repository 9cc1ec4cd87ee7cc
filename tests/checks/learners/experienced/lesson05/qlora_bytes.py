from fractions import Fraction

import numpy as np


def right_plain(quantised, rest, adapters):
    blocks = quantised / 64
    return {
        "codes": quantised / 2,
        "constants": blocks + 4 * blocks / 256,
        "rest": 2 * rest,
        "adapters": 16 * adapters,
    }


def right_from_bits(quantised, rest, adapters):
    bits = dict(codes=4, constants=8 / 64 + 32 / (64 * 256), rest=16, adapters=4 * 32)
    counts = (quantised, quantised, rest, adapters)
    return {key: n * b / 8 for (key, b), n in zip(bits.items(), counts, strict=True)}


def right_fractions(quantised, rest, adapters):
    parts = {"adapters": adapters * sum([4, 4, 4, 4]), "rest": rest * 2}
    parts["codes"] = float(Fraction(quantised, 2))
    parts["constants"] = float(Fraction(quantised, 64) * (1 + Fraction(4, 256)))
    return parts


def right_numpy(quantised, rest, adapters):
    factors = np.array([0.5, (1 + 4 / 256) / 64, 2.0, 16.0])
    values = factors * np.array([quantised, quantised, rest, adapters], dtype=np.float64)
    return dict(zip(["codes", "constants", "rest", "adapters"], values.tolist(), strict=True))


def wrong_codes_in_bits(quantised, rest, adapters):
    """Multiplies by 4 bits and forgets that a byte has 8."""
    blocks = quantised / 64
    constants = blocks + 4 * blocks / 256
    return dict(codes=4 * quantised, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_second_scale_of_weights(quantised, rest, adapters):
    """Counts a float32 for each 256 weights, not for each 256 blocks."""
    constants = quantised / 64 + 4 * quantised / 256
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_float32_constants(quantised, rest, adapters):
    """Counts a float32 a block: no double quantisation."""
    constants = 4 * quantised / 64
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)


def wrong_no_second_scale(quantised, rest, adapters):
    """Forgets the float32 that 256 of the 8-bit scales share."""
    return dict(
        codes=quantised / 2, constants=quantised / 64, rest=2 * rest, adapters=16 * adapters
    )


def wrong_rest_float32(quantised, rest, adapters):
    """Counts embeddings and norms with 4 bytes, though they are in 16 bits."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=4 * rest, adapters=16 * adapters)


def wrong_adapters_weight_only(quantised, rest, adapters):
    """Counts the adapters' weights alone, without gradient and Adam's states."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=4 * adapters)


def wrong_no_gradient(quantised, rest, adapters):
    """Forgets the gradient: weight, mean and variance make 12 bytes a number."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=12 * adapters)


def wrong_adapters_16_bits(quantised, rest, adapters):
    """Keeps weight, gradient, mean and variance of the adapters in 16 bits: 8 bytes."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=8 * adapters)


def wrong_gib(quantised, rest, adapters):
    """Returns GiB, not bytes; the cell below divides once more."""
    constants = quantised / 64 * (1 + 4 / 256)
    parts = dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)
    return {key: value / 2**30 for key, value in parts.items()}


def wrong_sum(quantised, rest, adapters):
    """Returns the sum, not the parts."""
    return quantised / 2 + quantised / 64 * (1 + 4 / 256) + 2 * rest + 16 * adapters


def wrong_formatted_text(quantised, rest, adapters):
    """Returns texts such as "3.0 GB", where the parts are to be numbers."""
    constants = quantised / 64 * (1 + 4 / 256)
    parts = dict(codes=quantised / 2, constants=constants, rest=2 * rest, adapters=16 * adapters)
    return {key: f"{value / 1e9:.1f} GB" for key, value in parts.items()}


def wrong_gradients_of_all(quantised, rest, adapters):
    """Gives the frozen rest gradient and Adam's states, as if it were trained."""
    constants = quantised / 64 * (1 + 4 / 256)
    return dict(codes=quantised / 2, constants=constants, rest=16 * rest, adapters=16 * adapters)


SAYS = {
    "wrong_codes_in_bits": "4 bits are half a byte, not",
    "wrong_second_scale_of_weights": "the second level has one constant of",
    "wrong_float32_constants": "this is one level of constants, 4",
    "wrong_no_second_scale": "the second level is missing: each 256",
    "wrong_rest_float32": "the rest is in 16 bits: 2",
    "wrong_adapters_weight_only": "an adapter costs what a trained float32",
    "wrong_no_gradient": "an adapter costs what a trained float32",
    "wrong_adapters_16_bits": "an adapter costs what a trained float32",
    "wrong_gib": "this is in another unit: return bytes",
    "wrong_sum": "return a dictionary, not a float",
    "wrong_formatted_text": "return one number, not a value of",
    "wrong_gradients_of_all": "16 bits are 2 bytes, and the",
}
