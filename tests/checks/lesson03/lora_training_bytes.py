"""Answers to ``lora_training_bytes``."""

import torch

KEYS = ("weights", "adapters", "gradients", "Adam mean", "Adam variance")


def by_formula(parameters, trainable, dtype):
    return {
        "weights": parameters * dtype.itemsize,
        "adapters": trainable * 4,
        "gradients": trainable * 4,
        "Adam mean": trainable * 4,
        "Adam variance": trainable * 4,
    }


def by_bits(parameters, trainable, dtype):
    trained = dict.fromkeys(KEYS[:0:-1], torch.float32.itemsize * trainable)
    return trained | {"weights": torch.finfo(dtype).bits / 8 * parameters}


def by_tensor(parameters, trainable, dtype):
    numbers = torch.tensor([parameters] + 4 * [trainable])
    return dict(zip(KEYS, numbers * torch.tensor([dtype.itemsize, 4, 4, 4, 4])))


def changed(name, without=(), scale=1, **sizes):
    """A wrong answer: some parts replaced, by key ("_" for a space)."""

    def wrong(parameters, trainable, dtype):
        table = by_formula(parameters, trainable, dtype)
        for key, size in sizes.items():
            table[key.replace("_", " ")] = size(parameters, trainable, dtype.itemsize)
        return {key: scale * value for key, value in table.items() if key not in without}

    wrong.__name__ = name
    return wrong


def of_all(n, k, size):
    return 4 * n


def of_all_in_dtype(n, k, size):
    return size * n


def in_dtype(n, k, size):
    return size * k


def nothing(n, k, size):
    return 0


STATES = {"Adam_mean": of_all, "Adam_variance": of_all}


def numbers_alone(parameters, trainable, dtype):
    return dict(zip(KEYS, [parameters] + 4 * [trainable]))


def total(parameters, trainable, dtype):
    return sum(by_formula(parameters, trainable, dtype).values())


def with_total(parameters, trainable, dtype):
    return by_formula(parameters, trainable, dtype) | {"total": 0}


RIGHT = [by_formula, by_bits, by_tensor]
WRONG = [
    (changed("gradients_of_all", gradients=of_all_in_dtype), "frozen parameters get no gradient"),
    (changed("gradients_of_all_in_float32", gradients=of_all), "get no gradient"),
    (changed("states_of_all", **STATES), "for trained parameters alone"),
    (changed("full_fine_tuning", gradients=of_all_in_dtype, **STATES), "full fine-tuning"),
    (changed("adapters_in_dtype", adapters=in_dtype), "the adapters stay in float32"),
    (changed("gradients_in_dtype", gradients=in_dtype), "the dtype of the adapters"),
    (changed("trained_in_dtype", adapters=in_dtype, gradients=in_dtype), "stay in float32"),
    (changed("all_in_dtype", adapters=in_dtype, gradients=in_dtype, Adam_mean=in_dtype,
             Adam_variance=in_dtype), "stay in float32"),
    (changed("weights_in_float32", weights=of_all), "the dtype is not used"),
    (changed("weights_in_bfloat16", weights=lambda n, k, size: 2 * n), "the dtype is not used"),
    (changed("adapters_among_weights", weights=lambda n, k, size: size * (n + k)),
     "a line of their own"),
    (changed("adapters_taken_off", weights=lambda n, k, size: size * (n - k)), "takes none away"),
    (changed("no_frozen_weights", weights=nothing), "still in memory"),
    (changed("no_gradients", gradients=nothing), "the adapters are trained"),
    (changed("one_state", Adam_variance=nothing), "the adapters are trained"),
    (changed("no_adapters", adapters=nothing), "the adapters are trained"),
    (changed("bits", scale=8), "these are bits"),
    (changed("key_missing", without=["adapters"]), "'adapters' is missing"),
    (numbers_alone, "numbers, not bytes"),
    (total, "return a dictionary"),
    (with_total, "'total' is one too many"),
]  # fmt: skip
