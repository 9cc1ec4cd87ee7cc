"""Answers to ``bytes_per_parameter``."""

import collections
import types

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


def renamed(name, *names):
    """A right answer with other names of its parts; without a name the part is left out if 0."""

    def right(dtype):
        pairs = zip(names, by_branches(dtype).values())
        return {key: value for key, value in pairs if key or value}

    right.__name__ = name
    return right


def averages_as_one(dtype):
    weights, gradients, master, mean, variance = by_branches(dtype).values()
    states = {"moments of Adam": mean + variance}
    return types.SimpleNamespace(model=weights, gradient=gradients, fp32=master, **states)


def nested(dtype):
    size = dtype.itemsize
    parts = collections.OrderedDict(params=size, grads=size, Adam={"m": 4, "v": 4})
    return parts if size == 4 else {**parts, "float32 copy of the weights": 4}


def states_by_number(dtype):
    size = dtype.itemsize
    states = {"optimizer state 1": 4, "optimizer state 2": 4}
    return {"bf16 weights" if size == 2 else "fp32 weights": size, "gradients": size} | (
        states if size == 4 else states | {"fp32 weights": 4}
    )


def as_tuple(dtype):
    return tuple(number for number in by_branches(dtype).values() if number)


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


def shared_dictionary():
    """The parts of bfloat16 are written over those of float32."""
    parts = {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}

    def changes_a_shared_dictionary(dtype):
        if dtype == torch.bfloat16:
            parts.update(weights=2, gradients=2, master=4)
        return parts

    return changes_a_shared_dictionary


def names_only(dtype):
    return dict.fromkeys(KEYS, dtype)


def swapped_under_other_names(dtype):
    size = dtype.itemsize
    return {"w": size, "g": 6 - size if size == 2 else 4, "copy": size % 4, "m": 4, "v": 4}


def odd_name_too_many(dtype):
    return by_branches(dtype) | {"activations": 4}


def two_parts_wrong(dtype):
    return by_branches(dtype) | {"gradients": 1, "Adam variance": 3}


RIGHT = [
    by_branches,
    by_item_size,
    by_bits,
    averages_as_one,
    nested,
    states_by_number,
    as_tuple,
    renamed("as_in_torch", "param", "grad", "", "exp_avg", "exp_avg_sq"),
    renamed("moments", "W", "dW", "master copy", "first moment", "second moment"),
    renamed("of_gradients", "p", "g", "", "running mean of g", "running mean of squared g"),
    renamed("in_french", "poids", "gradients", "", "moyenne", "variance"),
]
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
    (changed("key_missing", without=["Adam variance"]), "a mean and a variance"),
    (shared_dictionary(), "shared dictionary"),
    (names_only, "return its number of bytes"),
    (swapped_under_other_names, "gradients (bfloat16), master weights (bfloat16)"),
    (odd_name_too_many, "'activations' is one too many"),
    (two_parts_wrong, "gradients (float32), Adam variance (float32), gradients (bfloat16)"),
    (changed("one_average_in_bfloat16", mixed={"Adam mean": 2}), "one of them is in bfloat16"),
    (changed("all_but_weights_float32", mixed={"weights": 4, "gradients": 4}), "beside the master"),
    (changed("master_for_weights", mixed={"weights": 4, "master weights": 0}), "held beside"),
    (changed("no_weights", **both(weights=0)), "weights themselves are missing"),
    (changed("pairs", **both(**{"Adam mean": 8, "Adam variance": 8})), "so 8 together"),
    (changed("all_16", mixed=dict.fromkeys(KEYS, 2)), "master copy and states stay in float32"),
    (changed("whole_model", scale=134_515_008), "of the whole model"),
    (changed("thousands", scale=1000), "every number is 1000 times"),
    (with_total, "'total' is one too many"),
    (total, "return a dictionary"),
    (dtype_swapped, "the two dtypes are the wrong way round"),
    (always_float32, "those of float32 whatever"),
]  # fmt: skip
