"""Learners' answers to exercise 5, lora_training_bytes."""

from collections import OrderedDict

import torch


def right_literal(parameters, trainable, dtype):
    return {
        "frozen model": parameters * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "averages": 8 * trainable,
    }


def right_keywords(parameters, trainable, dtype):
    size = torch.float32.itemsize
    adapters = trainable * size
    return dict(
        model=parameters * dtype.itemsize, adapters=adapters, grads=adapters, adam=2 * adapters
    )


def right_two_averages(parameters, trainable, dtype):
    parts = {"weights": torch.finfo(dtype).bits // 8 * parameters}
    for part in ("lora", "gradient", "first average", "second average"):
        parts[part] = trainable * 4
    return parts


def right_element_size(parameters, trainable, dtype):
    frozen = torch.empty(0, dtype=dtype).element_size()
    float32 = torch.empty(0).float().element_size()
    parts = OrderedDict()
    parts["base"] = frozen * parameters
    parts["adapter"] = float32 * trainable
    parts["grad"] = float32 * trainable
    parts["optimizer"] = float32 * trainable * 2
    return parts


def right_zip(parameters, trainable, dtype):
    names = ["frozen", "adapters", "gradients", "Adam"]
    numbers = [parameters, trainable, trainable, 2 * trainable]
    sizes = [dtype.itemsize, 4, 4, 4]
    return {name: number * size for name, number, size in zip(names, numbers, sizes)}


def right_meta(parameters, trainable, dtype):
    model = torch.empty(parameters, dtype=dtype, device="meta")
    adapter = torch.empty(trainable, dtype=torch.float32, device="meta")
    moments = torch.empty(2, trainable, dtype=torch.float32, device="meta")
    return {
        "model": model.nbytes,
        "adapters": adapter.nbytes,
        "gradients": adapter.nbytes,
        "moments": moments.nbytes,
    }


def right_bits(parameters, trainable, dtype):
    bits = {"parameters": parameters * dtype.itemsize * 8}
    bits.update({"adapters": 32 * trainable, "gradients": 32 * trainable})
    bits["exp_avg and exp_avg_sq"] = 64 * trainable
    return {part: number // 8 for part, number in bits.items()}


def wrong_always_bfloat16(parameters, trainable, dtype):
    """Takes two bytes a frozen parameter, whatever the dtype."""
    return {
        "frozen": 2 * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "averages": 8 * trainable,
    }


def wrong_always_float32(parameters, trainable, dtype):
    """Counts the frozen model in float32, whatever the dtype."""
    return {
        "frozen": 4 * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "averages": 8 * trainable,
    }


def wrong_adapters_in_dtype(parameters, trainable, dtype):
    """Counts everything in the model's dtype; what trains is in float32."""
    size = dtype.itemsize
    return {
        "frozen": size * parameters,
        "adapters": size * trainable,
        "gradients": size * trainable,
        "averages": 2 * size * trainable,
    }


def wrong_gradients_in_dtype(parameters, trainable, dtype):
    """Counts the gradients in the model's dtype; they have the adapters' float32."""
    frozen, gradients = dtype.itemsize * parameters, dtype.itemsize * trainable
    return {"frozen": frozen, "A and B": 4 * trainable, "grad": gradients, "adam": 8 * trainable}


def wrong_one_average(parameters, trainable, dtype):
    """Counts one average of Adam; it keeps two."""
    frozen, thin = dtype.itemsize * parameters, 4 * trainable
    return {"frozen": frozen, "adapters": thin, "gradients": thin, "averages": thin}


def wrong_no_gradients(parameters, trainable, dtype):
    """Forgets the gradients."""
    frozen = dtype.itemsize * parameters
    return {"frozen": frozen, "adapters": 4 * trainable, "averages": 8 * trainable}


def wrong_no_adapters(parameters, trainable, dtype):
    """Forgets the adapters' own weights, as if they were part of the frozen model."""
    frozen = dtype.itemsize * parameters
    return {"weights": frozen, "gradients": 4 * trainable, "averages": 8 * trainable}


def wrong_gradients_of_all(parameters, trainable, dtype):
    """Gives the frozen parameters gradients too."""
    return {
        "frozen": dtype.itemsize * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * (parameters + trainable),
        "averages": 8 * trainable,
    }


def wrong_full_fine_tuning(parameters, trainable, dtype):
    """Keeps gradients and averages for the whole model, as full fine-tuning does."""
    return {
        "weights": dtype.itemsize * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * parameters,
        "averages": 8 * parameters,
    }


def wrong_master_copy(parameters, trainable, dtype):
    """Adds lesson 2's float32 master copy of the weights; frozen weights need none."""
    return {
        "frozen": dtype.itemsize * parameters,
        "master": 4 * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "averages": 8 * trainable,
    }


def wrong_swapped(parameters, trainable, dtype):
    """Swaps the two counts."""
    return {
        "frozen": dtype.itemsize * trainable,
        "adapters": 4 * parameters,
        "gradients": 4 * parameters,
        "averages": 8 * parameters,
    }


def wrong_less_trainable(parameters, trainable, dtype):
    """Subtracts the adapters from the frozen model, which does not contain them."""
    return {
        "frozen": dtype.itemsize * (parameters - trainable),
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "averages": 8 * trainable,
    }


def wrong_sum(parameters, trainable, dtype):
    """Returns the sum and not the bytes by part."""
    return parameters * dtype.itemsize + 16 * trainable


def wrong_with_total(parameters, trainable, dtype):
    """Puts the total among the parts, so that the lesson's sum counts everything twice."""
    parts = {"frozen": dtype.itemsize * parameters, "adapters": 4 * trainable}
    parts.update({"gradients": 4 * trainable, "averages": 8 * trainable})
    parts["total"] = sum(parts.values())
    return parts


def wrong_same_key(parameters, trainable, dtype):
    """Writes both averages under one key, so that the second replaces the first."""
    parts = {"frozen": dtype.itemsize * parameters}
    for part in ("adapters", "gradients", "average", "average"):
        parts[part] = 4 * trainable
    return parts


def wrong_gigabytes(parameters, trainable, dtype):
    """Returns gigabytes; bytes were asked for."""
    parts = {"frozen": dtype.itemsize * parameters, "adapters": 4 * trainable}
    parts.update({"gradients": 4 * trainable, "averages": 8 * trainable})
    return {part: number / 1e9 for part, number in parts.items()}


def wrong_bits(parameters, trainable, dtype):
    """Counts the frozen model in bits, and the rest in bytes."""
    frozen, thin = torch.finfo(dtype).bits * parameters, 4 * trainable
    return {"frozen": frozen, "adapters": thin, "gradients": thin, "averages": 2 * thin}


def wrong_dtype_as_text(parameters, trainable, dtype):
    """Compares the dtype with a string, which is never equal, and so always takes 4 bytes."""
    frozen = (2 if dtype == "bfloat16" else 4) * parameters
    thin = 4 * trainable
    return {"frozen": frozen, "adapters": thin, "gradients": thin, "averages": 2 * thin}


def wrong_dtype_times(parameters, trainable, dtype):
    """Multiplies by the dtype itself, not by its size: a TypeError."""
    frozen, thin = dtype * parameters, torch.float32 * trainable
    return {"frozen": frozen, "adapters": thin, "gradients": thin, "averages": 2 * thin}


def wrong_list(parameters, trainable, dtype):
    """Returns a list, which has no values() for the next cell to add up."""
    return [dtype.itemsize * parameters, 4 * trainable, 4 * trainable, 8 * trainable]


SAYS = {
    "wrong_always_bfloat16": "the dtype makes no difference",
    "wrong_always_float32": "the dtype makes no difference",
    "wrong_adapters_in_dtype": "the adapters stay in float32",
    "wrong_gradients_in_dtype": "the gradients have the dtype of the adapters",
    "wrong_one_average": "Adam keeps two averages",
    "wrong_no_gradients": "the gradients are missing",
    "wrong_no_adapters": "the adapters themselves are missing",
    "wrong_gradients_of_all": "frozen parameters get no gradient",
    "wrong_full_fine_tuning": "this is full fine-tuning",
    "wrong_master_copy": "no copy in float32",
    "wrong_swapped": "the two counts are swapped",
    "wrong_less_trainable": "takes none away",
    "wrong_sum": "this is the sum",
    "wrong_with_total": "a total is no part",
    "wrong_same_key": "half of that is missing",
    "wrong_gigabytes": "in another unit",
    "wrong_bits": "2 in 16 bits, 4 in 32",
    "wrong_dtype_as_text": "the dtype makes no difference",
    "wrong_dtype_times": "dtype is a type, not a number",
    "wrong_list": "return a dictionary of the parts, not a list",
}
