"""Answers to lora_training_bytes: the bytes of each part in training."""

from collections import defaultdict

import torch


def right_dict(parameters, trainable, dtype):
    return {
        "frozen model": parameters * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "Adam": 8 * trainable,
    }


def right_two_averages(parameters, trainable, dtype):
    size = torch.empty((), dtype=dtype).element_size()
    parts = {"weights": size * parameters}
    for part in ("lora", "grad", "exp_avg", "exp_avg_sq"):
        parts[part] = trainable * torch.float32.itemsize
    return parts


def right_keywords(parameters, trainable, dtype):
    fp32 = torch.zeros(1).element_size() * trainable
    base = torch.zeros(1, dtype=dtype).element_size() * parameters
    return dict(model=base, adapters=fp32, gradients=fp32, optimizer=2 * fp32)


def right_defaultdict(parameters, trainable, dtype):
    parts = defaultdict(int)
    parts["base"] = dtype.itemsize * parameters
    copies = {"adapter": 1, "gradient": 1, "optimiser": 2}
    for name, n in copies.items():
        parts[name] += n * trainable * 4
    return parts


def right_meta(parameters, trainable, dtype):
    base = torch.empty(parameters, dtype=dtype, device="meta")
    adapter = torch.empty(trainable, dtype=torch.float32, device="meta")
    parts = {"parameters": base, "trainable": adapter, "gradients": adapter}
    parts |= {"first average": adapter, "second average": adapter}
    return {name: t.numel() * t.element_size() for name, t in parts.items()}


def wrong_all_gradients(parameters, trainable, dtype):
    """Counts gradients for the frozen parameters too; only the adapters have any."""
    return {
        "model": parameters * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * (parameters + trainable),
        "adam": 8 * trainable,
    }


def wrong_one_average(parameters, trainable, dtype):
    """Counts one of Adam's two averages, as if it were SGD with momentum."""
    return {
        "model": parameters * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "optimizer": 4 * trainable,
    }


def wrong_total_inside(parameters, trainable, dtype):
    """Adds the total as a further part, so the sum of the parts is twice too large."""
    parts = {
        "model": parameters * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "adam": 8 * trainable,
    }
    parts["total"] = sum(parts.values())
    return parts


def wrong_minus_trainable(parameters, trainable, dtype):
    """Takes parameters for all of them, as PEFT prints it, and subtracts the adapters."""
    return {
        "frozen": (parameters - trainable) * dtype.itemsize,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "adam": 8 * trainable,
    }


def wrong_always_bfloat16(parameters, trainable, dtype):
    """Takes 2 bytes for each frozen number, whatever dtype says."""
    return {
        "model": 2 * parameters,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "adam": 8 * trainable,
    }


def wrong_adapters_in_dtype(parameters, trainable, dtype):
    """Keeps adapters and gradients in the model's dtype; they are float32."""
    size = dtype.itemsize
    return {
        "model": size * parameters,
        "adapters": size * trainable,
        "gradients": size * trainable,
        "adam": 8 * trainable,
    }


def wrong_bits(parameters, trainable, dtype):
    """Takes torch.finfo(dtype).bits for bytes: the frozen model is eight times too large."""
    return {
        "model": parameters * torch.finfo(dtype).bits,
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "adam": 8 * trainable,
    }


def wrong_sum(parameters, trainable, dtype):
    """Returns one number, the sum, where the bytes of each part were asked for."""
    return parameters * dtype.itemsize + 16 * trainable


def wrong_called_itemsize(parameters, trainable, dtype):
    """Calls dtype.itemsize as a method, but it is a number: TypeError."""
    return {
        "model": parameters * dtype.itemsize(),
        "adapters": 4 * trainable,
        "gradients": 4 * trainable,
        "adam": 8 * trainable,
    }


SAYS = {
    "wrong_all_gradients": "frozen parameters get no gradient: this is",
    "wrong_one_average": "Adam keeps two averages of every trained",
    "wrong_total_inside": "a total is no part: the lesson",
    "wrong_minus_trainable": "the frozen weights are all there: LoRA",
    "wrong_always_bfloat16": "the dtype makes no difference here: the",
    "wrong_adapters_in_dtype": "the adapters stay in float32, 4 bytes",
    "wrong_bits": "the frozen weights take dtype.itemsize bytes each",
    "wrong_sum": "this is the sum: return the bytes",
    "wrong_called_itemsize": "parentheses stand after a value of type",
}
