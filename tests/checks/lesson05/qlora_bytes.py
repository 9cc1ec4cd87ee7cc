"""Answers to ``qlora_bytes``."""

import torch

KEYS = ("codes", "constants", "rest", "adapters")


def by_formula(quantised, rest, adapters):
    return {
        "codes": quantised / 2,
        "constants": quantised / 64 + 4 * quantised / (64 * 256),
        "rest": 2 * rest,
        "adapters": 16 * adapters,
    }


def by_bits(quantised, rest, adapters):
    bits = {"codes": 4 * quantised, "constants": quantised * (8 / 64 + 32 / (64 * 256))}
    bits |= {"adapters": 4 * 32 * adapters, "rest": 16 * rest}
    return {name: value / 8 for name, value in bits.items()}


def by_blocks(quantised, rest, adapters):
    blocks = quantised // 64
    constants = torch.tensor(blocks + 4 * (blocks // 256), dtype=torch.float64)
    trained = sum(4 * adapters for _ in ("weight", "gradient", "mean", "variance"))
    return {
        "codes": quantised // 2,
        "constants": constants,
        "rest": torch.bfloat16.itemsize * rest,
        "adapters": trained,
    }


def changed(name, without=(), scale=1, **sizes):
    """A wrong answer: some parts replaced by functions of the number that they depend on."""

    def wrong(quantised, rest, adapters):
        table = by_formula(quantised, rest, adapters)
        inputs = dict(zip(KEYS, (quantised, quantised, rest, adapters)))
        table |= {key: size(inputs[key]) for key, size in sizes.items()}
        return {key: scale * value for key, value in table.items() if key not in without}

    wrong.__name__ = name
    return wrong


def numbers_alone(quantised, rest, adapters):
    blocks = quantised / 64
    return dict(zip(KEYS, (quantised, blocks + blocks / 256, rest, adapters)))


def total(quantised, rest, adapters):
    return sum(by_formula(quantised, rest, adapters).values())


def with_total(quantised, rest, adapters):
    return by_formula(quantised, rest, adapters) | {"total": 0}


def NEXT(answer):
    """The lesson prints each part in GiB, and their sum."""
    parts = answer(64 * 256 * 1000, 10**6, 10**5)
    lines = [f"{name:10} {size / 2**30:6.3f} GiB" for name, size in parts.items()]
    assert len(lines) == 4
    assert f"{sum(parts.values()) / 2**30:6.3f}" == " 0.011"


RIGHT = [by_formula, by_bits, by_blocks]
WRONG = [
    (changed("a_byte_a_code", codes=lambda n: n), "two share a byte"),
    (changed("four_bytes_a_code", codes=lambda n: 4 * n), "half a byte"),
    (changed("sixteen_bits_a_code", codes=lambda n: 2 * n), "no longer in 16 bits"),
    (changed("one_level", constants=lambda n: n / 16), "one level of constants"),
    (changed("no_second_level", constants=lambda n: n / 64), "second level is missing"),
    (changed("no_first_level", constants=lambda n: n / 4096), "first level is missing"),
    (changed("blocks_of_256", constants=lambda n: n / 64 + n / 64), "so for 64 * 256 numbers"),
    (changed("second_level_in_bytes", constants=lambda n: n / 64 + n / 16384),
     "second level are in float32"),
    (changed("first_level_in_float32", constants=lambda n: n / 16 + n / 4096),
     "first level are in 8 bits"),
    (changed("no_constants", constants=lambda n: 0), "the constants are missing"),
    (changed("constants_in_bits", constants=lambda n: n / 8 + n / 512), "taken for bytes"),
    (changed("rest_in_float32", rest=lambda n: 4 * n), "the rest is in 16 bits"),
    (changed("rest_quantised", rest=lambda n: n / 2), "not quantised"),
    (changed("no_rest", rest=lambda n: 0), "the rest is still there"),
    (changed("adapter_weights_alone", adapters=lambda n: 4 * n), "4 + 4 + 4 + 4"),
    (changed("adapters_in_bfloat16", adapters=lambda n: 2 * n), "4 + 4 + 4 + 4"),
    (changed("no_states", adapters=lambda n: 8 * n), "all four are in float32"),
    (changed("no_gradient", adapters=lambda n: 12 * n), "one of the four is missing"),
    (changed("master_copy", adapters=lambda n: 20 * n), "no copy beside these is needed"),
    (changed("bits", scale=8), "these are bits"),
    (changed("gibibytes", scale=1 / 2**30), "another unit"),
    (changed("key_missing", without=["rest"]), "'rest' is missing"),
    (numbers_alone, "numbers, not bytes"),
    (total, "return a dictionary"),
    (with_total, "'total' is one too many"),
    (changed("wider_blocks", constants=lambda n: n / 256 + n / 4096), "those of the second"),
    (changed("levels_exchanged", constants=lambda n: n / 16 + n / 16384), "are exchanged"),
    (changed("adam_in_8_bits", adapters=lambda n: 10 * n), "in 8 or 16 bits"),
]  # fmt: skip
