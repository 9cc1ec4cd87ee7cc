"""Answers to exercise 5, bytes_per_parameter."""

from collections import OrderedDict

import numpy as np
import torch


def right_two_dicts(dtype):
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "master": 0, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master": 4, "mean": 4, "variance": 4}


def right_no_key_for_no_master(dtype):
    parts = {"weight": dtype.itemsize, "gradient": dtype.itemsize}
    if dtype == torch.bfloat16:
        parts["master copy"] = torch.float32.itemsize
    return parts | {"running mean": 4, "running variance": 4}


def right_from_the_tensors(dtype):
    def size(kind):
        return torch.empty(0, dtype=kind).element_size()

    parts = dict.fromkeys(["weights", "gradients"], size(dtype))
    parts.update(dict.fromkeys(["running_mean", "running_variance"], size(torch.float32)))
    parts["master_copy"] = size(torch.float32) if dtype is not torch.float32 else 0
    return parts


def right_finfo_bits(dtype):
    low, full = torch.finfo(dtype).bits // 8, torch.finfo(torch.float32).bits // 8
    names = ["weights", "gradients", "master_weights", "exp_avg", "exp_avg_sq"]
    sizes = [low, low, full * (low < full), full, full]
    return OrderedDict(zip(names, sizes, strict=True))


def right_adam_as_one_part(dtype):
    mixed = dtype == torch.bfloat16
    return dict(weights=4 - 2 * mixed, gradients=4 - 2 * mixed, master=4 * mixed, adam=8)


def wrong_total(dtype):
    """Returns only the total, not the parts."""
    return 16


def wrong_no_master(dtype):
    """Forgets the master copy of mixed precision: 12 bytes instead of 16."""
    size = dtype.itemsize
    return {"weights": size, "gradients": size, "mean": 4, "variance": 4}


def wrong_all_in_bfloat16(dtype):
    """Keeps Adam's mean and variance in bfloat16 too, though they stay float32."""
    size = dtype.itemsize
    master = 4 if dtype == torch.bfloat16 else 0
    return {
        "weights": size,
        "gradients": size,
        "master": master,
        "mean": size,
        "variance": size,
    }


def wrong_master_for_float32(dtype):
    """Counts a master copy for float32 as well, where none is needed: 20 bytes."""
    size = dtype.itemsize
    return {"weights": size, "gradients": size, "master": 4, "mean": 4, "variance": 4}


def wrong_float32_gradients(dtype):
    """Counts gradients of mixed precision as float32, as other frameworks keep them."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "master": 0, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 4, "master": 4, "mean": 4, "variance": 4}


def wrong_master_in_bfloat16(dtype):
    """Stores the master copy in bfloat16, where it would round the small steps away."""
    if dtype == torch.float32:
        return {"weights": 4, "gradients": 4, "master": 0, "mean": 4, "variance": 4}
    return {"weights": 2, "gradients": 2, "master": 2, "mean": 4, "variance": 4}


def wrong_no_variance(dtype):
    """Counts one number of Adam's state, the mean, as for momentum, and not the variance."""
    size = dtype.itemsize
    master = 0 if dtype == torch.float32 else 4
    return {"weights": size, "gradients": size, "master": master, "mean": 4}


def wrong_no_gradients(dtype):
    """Lists what is saved (weights and optimiser) and forgets the gradients."""
    master = 0 if dtype == torch.float32 else 4
    return {"weights": dtype.itemsize, "master": master, "mean": 4, "variance": 4}


def wrong_bits(dtype):
    """Gives bits, not bytes."""
    size = torch.finfo(dtype).bits
    master = 0 if dtype == torch.float32 else 32
    return {
        "weights": size,
        "gradients": size,
        "master": master,
        "mean": 32,
        "variance": 32,
    }


def wrong_compares_with_a_string(dtype):
    """Compares the dtype with a string, as one may in JAX: never equal, so always float32."""
    if dtype == "bfloat16":
        return {"weights": 2, "gradients": 2, "master": 4, "mean": 4, "variance": 4}
    return {"weights": 4, "gradients": 4, "master": 0, "mean": 4, "variance": 4}


def wrong_numpy_dtype(dtype):
    """Asks numpy for the size of a torch dtype, which raises a TypeError."""
    size = np.dtype(dtype).itemsize
    master = 0 if size == 4 else 4
    return {"weights": size, "gradients": size, "master": master, "mean": 4, "variance": 4}


SAYS = {
    "wrong_total": "return a dictionary of the parts, not",
    "wrong_no_master": "mixed precision keeps a master copy of",
    "wrong_all_in_bfloat16": "Adam's two states stay in float32 in",
    "wrong_master_for_float32": "in float32 the weights are their own",
    "wrong_float32_gradients": "gradients have the dtype of the weights",
    "wrong_master_in_bfloat16": "the master copy is in float32: 4",
    "wrong_no_variance": "Adam keeps two numbers for each parameter",
    "wrong_no_gradients": "the gradients take memory too: as much",
    "wrong_bits": "these are bits: eight to a byte",
    "wrong_compares_with_a_string": "the numbers are those of float32 whatever",
    "wrong_numpy_dtype": "NumPy does not know PyTorch's dtypes: torch.float32",
}
