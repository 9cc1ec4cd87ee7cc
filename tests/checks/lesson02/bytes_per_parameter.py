"""Answers to ``bytes_per_parameter``."""

import numpy
import torch

KEYS = ("weights", "gradients", "master weights", "Adam mean", "Adam variance")


def by_branches(dtype):
    if dtype == torch.float32:
        numbers = [4, 4, 0, 4, 4]
    else:
        numbers = [2, 2, 4, 4, 4]
    return dict(zip(KEYS, numbers))


def by_item_size(dtype):
    size = dtype.itemsize
    return {
        "Adam variance": 4,
        "Adam mean": 4,
        "master weights": 4 if size < 4 else 0,
        "gradients": size,
        "weights": size,
    }


def by_bits(dtype):
    size = numpy.int64(torch.finfo(dtype).bits / 8)
    return dict(zip(KEYS, (size, size, 4.0 * (size == 2), 4, 4)))


def changed(name, full=(), mixed=(), scale=1, without=()):
    """A wrong answer: some numbers replaced, by key."""

    def wrong(dtype):
        numbers = by_branches(dtype) | dict(full if dtype == torch.float32 else mixed)
        return {key: scale * value for key, value in numbers.items() if key not in without}

    wrong.__name__ = name
    return wrong


def total(dtype):
    return sum(by_branches(dtype).values())


def dtype_swapped(dtype):
    return by_branches(torch.bfloat16 if dtype == torch.float32 else torch.float32)


def always_float32(dtype):
    return by_branches(torch.float32)


def with_total(dtype):
    return by_branches(dtype) | {"total": 16}


def both(**numbers):
    return {"full": numbers, "mixed": numbers}


RIGHT = [by_branches, by_item_size, by_bits]
WRONG = [
    (changed("no_gradients", **both(gradients=0)), "the gradients take memory too"),
    (changed("no_master", mixed={"master weights": 0}), "keeps a master copy"),
    (changed("master_in_float32", full={"master weights": 4}), "their own master copy"),
    (changed("one_state", {"Adam variance": 0}, {"Adam variance": 0}), "Adam keeps two numbers"),
    (changed("no_states", {"Adam mean": 0, "Adam variance": 0},
             {"Adam mean": 0, "Adam variance": 0}), "the optimiser's states are missing"),
    (changed("states_in_bfloat16", mixed={"Adam mean": 2, "Adam variance": 2}), "stay in float32"),
    (changed("pure_bfloat16", mixed={"Adam mean": 2, "Adam variance": 2, "master weights": 0}),
     "pure bfloat16"),
    (changed("bits", scale=8), "these are bits"),
    (changed("gradients_in_float32", mixed={"gradients": 4}), "gradients have the dtype"),
    (changed("master_in_bfloat16", mixed={"master weights": 2}), "master copy is in float32"),
    (changed("key_missing", without=["Adam variance"]), "'Adam variance' is missing"),
    (with_total, "'total' is one too many"),
    (total, "return a dictionary"),
    (dtype_swapped, "the two dtypes are the wrong way round"),
    (always_float32, "the dtype is not used"),
]  # fmt: skip
