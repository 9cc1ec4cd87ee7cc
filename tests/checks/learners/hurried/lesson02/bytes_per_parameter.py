"""Answers to exercise 5, bytes_per_parameter."""

from collections import Counter
from typing import NamedTuple

import torch

_PARTS = {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}


class _Parts(NamedTuple):
    weights: int
    gradients: int
    master: int
    mean: int
    variance: int


def right_two_dicts(dtype):
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master copy": 4, "mean": 4, "variance": 4}


def right_from_itemsize(dtype):
    parts = dict.fromkeys(["weights", "gradients"], dtype.itemsize)
    if dtype is not torch.float32:
        parts["master"] = torch.float32.itemsize
    return parts | dict.fromkeys(["running mean", "running variance"], 4)


def right_master_zero(dtype):
    size = torch.tensor([], dtype=dtype).element_size()
    master = 0 if dtype == torch.float32 else 4
    return {"weights": size, "gradients": size, "master": master, "mean": 4, "variance": 4}


def right_adam_together(dtype):
    size = torch.finfo(dtype).bits // 8
    master = {"master weights": 4} if size < 4 else {}
    return {"weights": size, "gradients": size, "adam (mean + variance)": 8, **master}


def right_lookup(dtype):
    table = {
        torch.float32: dict(weight=4, gradient=4, exp_avg=4, exp_avg_sq=4),
        torch.bfloat16: dict(weight=2, gradient=2, master=4, exp_avg=4, exp_avg_sq=4),
    }
    return table[dtype]


def right_counter(dtype):
    low = 2 if dtype == torch.bfloat16 else 4
    parts = Counter(weights=low, gradients=low, optimiser_mean=4, optimiser_variance=4)
    if low == 2:
        parts["fp32_master_copy"] += 4
    return parts


def right_named_tuple(dtype):
    if dtype == torch.float32:
        return _Parts(weights=4, gradients=4, master=0, mean=4, variance=4)
    return _Parts(weights=2, gradients=2, master=4, mean=4, variance=4)


def wrong_total_only(dtype):
    """Returns the sum of all parts instead of the parts."""
    return 4 + 4 + 4 + 4 if dtype == torch.float32 else 2 + 2 + 4 + 4 + 4


def wrong_bits(dtype):
    """Counts bits instead of bytes."""
    if dtype == torch.float32:
        return {"weights": 32, "gradients": 32, "mean": 32, "variance": 32}
    return {"weights": 16, "gradients": 16, "master": 32, "mean": 32, "variance": 32}


def wrong_no_master(dtype):
    """Forgets the float32 master copy in mixed precision."""
    size = dtype.itemsize
    return {"weights": size, "gradients": size, "mean": 4, "variance": 4}


def wrong_always_master(dtype):
    """Adds a master copy in float32 too, where the weights are float32 already."""
    size = dtype.itemsize
    return {"weights": size, "gradients": size, "master": 4, "mean": 4, "variance": 4}


def wrong_all_in_dtype(dtype):
    """Keeps everything in bfloat16, master copy and Adam's averages as well."""
    size = dtype.itemsize
    parts = {"weights": size, "gradients": size, "mean": size, "variance": size}
    return parts if dtype == torch.float32 else {**parts, "master": size}


def wrong_averages_in_bfloat16(dtype):
    """Keeps Adam's mean and variance in bfloat16; only the master copy is float32."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master": 4, "mean": 2, "variance": 2}


def wrong_gradients_in_float32(dtype):
    """Keeps the gradients in float32 in mixed precision, where they are bfloat16."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 4, "master": 4, "mean": 4, "variance": 4}


def wrong_no_variance(dtype):
    """Counts one running average for Adam, as for momentum, and forgets the variance."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "mean": 4}
    return {"weights": 2, "gradients": 2, "master": 4, "mean": 4}


def wrong_no_gradients(dtype):
    """Forgets the gradients."""
    if dtype == torch.float32:
        return {"weights": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "master": 4, "mean": 4, "variance": 4}


def wrong_no_optimiser(dtype):
    """Counts weights and gradients only and forgets all that Adam keeps."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4}
    return {"weights": 2, "gradients": 2, "master": 4}


def wrong_master_instead_of_weights(dtype):
    """Puts the master copy in the place of the bfloat16 weights, though both are held."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 4, "gradients": 2, "mean": 4, "variance": 4}


def wrong_ignores_dtype(dtype):
    """Gives the float32 parts whatever dtype is; only the total is the same."""
    return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}


def wrong_compares_with_text(dtype):
    """Compares dtype with the text "float32", which is never equal, so always gives bfloat16."""
    if dtype == "float32":
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master": 4, "mean": 4, "variance": 4}


def wrong_branches_swapped(dtype):
    """Swaps the two cases: float32 gets a master copy, and bfloat16 is all float32."""
    if dtype == torch.bfloat16:
        return {"weights": 4, "gradients": 4, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master": 4, "mean": 4, "variance": 4}


def wrong_whole_model(dtype):
    """Multiplies by the number of parameters, so gives the whole model, not one parameter."""
    n, size = 134_515_008, dtype.itemsize
    parts = {"weights": size * n, "gradients": size * n, "mean": 4 * n, "variance": 4 * n}
    return parts if dtype == torch.float32 else {**parts, "master": 4 * n}


def wrong_global_changed(dtype):
    """Changes a shared dict on the bfloat16 call, so later float32 calls are wrong."""
    parts = _PARTS
    if dtype == torch.bfloat16:
        parts.update(weights=2, gradients=2, master=4)
    return parts


def wrong_prints(dtype):
    """Prints the parts and returns nothing."""
    if dtype == torch.float32:
        print({"weights": 4, "gradients": 4, "mean": 4, "variance": 4})
    else:
        print({"weights": 2, "gradients": 2, "master": 4, "mean": 4, "variance": 4})


def wrong_names_only(dtype):
    """Returns the types of the parts, not their bytes."""
    parts = {"weights": dtype, "gradients": dtype, "mean": torch.float32}
    parts["variance"] = torch.float32
    return parts if dtype == torch.float32 else {**parts, "master": torch.float32}


def wrong_calls_itemsize(dtype):
    """Calls itemsize, which is a number and not a method: a TypeError."""
    size = dtype.itemsize()
    parts = {"weights": size, "gradients": size, "mean": 4, "variance": 4}
    return parts if dtype == torch.float32 else {**parts, "master": 4}


def wrong_text_keys(dtype):
    """Looks the type up by its short name, but str(dtype) is "torch.float32": a KeyError."""
    size = {"float32": 4, "bfloat16": 2}[str(dtype)]
    parts = {"weights": size, "gradients": size, "mean": 4, "variance": 4}
    return parts if dtype == torch.float32 else {**parts, "master": 4}


SAYS = {
    "wrong_total_only": "not a number, such as their sum",
    "wrong_bits": "these are bits",
    "wrong_no_master": "keeps a master copy",
    "wrong_always_master": "their own master copy",
    "wrong_all_in_dtype": "copy and states stay in float32",
    "wrong_averages_in_bfloat16": "two states stay in float32",
    "wrong_gradients_in_float32": "gradients have the dtype",
    "wrong_no_variance": "a mean and a variance",
    "wrong_no_gradients": "the gradients take memory",
    "wrong_no_optimiser": "optimiser's states are missing",
    "wrong_master_instead_of_weights": "held beside the master copy",
    "wrong_ignores_dtype": "whatever the dtype is",
    "wrong_compares_with_text": "compared with a text",
    "wrong_branches_swapped": "the wrong way round",
    "wrong_whole_model": "of the whole model",
    "wrong_global_changed": "shared dictionary",
    "wrong_prints": "end in `return`",
    "wrong_names_only": "return its number of bytes",
    "wrong_calls_itemsize": "a number, not a method",
    "wrong_text_keys": "the text of a dtype",
}
