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
    table = by_formula(parameters, trainable, dtype)
    return table | {"total": sum(table.values())}


def renamed(name, *keys):
    """A right answer with other keys, the averages as one part if there are four."""

    def right(parameters, trainable, dtype):
        parts = list(by_formula(parameters, trainable, dtype).values())
        if len(keys) == 4:
            parts[3:] = [sum(parts[3:])]
        return dict(zip(keys, parts))

    right.__name__ = name
    return right


def with_nothing_for_the_frozen(parameters, trainable, dtype):
    return by_formula(parameters, trainable, dtype) | {"frozen gradients": 0}


def with_activations(parameters, trainable, dtype):
    return by_formula(parameters, trainable, dtype) | {"activations": 8 * trainable}


def with_a_master_copy(parameters, trainable, dtype):
    return by_formula(parameters, trainable, dtype) | {"master copy": 4 * parameters}


def with_buffers(parameters, trainable, dtype):
    return by_formula(parameters, trainable, dtype) | {"buffers": trainable}


def as_text(parameters, trainable, dtype):
    return {key: f"{n} B" for key, n in by_formula(parameters, trainable, dtype).items()}


def swapped_under_other_names(parameters, trainable, dtype):
    keys = ("adapters", "frozen", "gradients", "averages")
    return dict(zip(keys, renamed("", *keys)(parameters, trainable, dtype).values()))


def average_under_one_key(parameters, trainable, dtype):
    parts = renamed("", "model", "LoRA", "grads", "Adam")(parameters, trainable, dtype)
    return parts | {"Adam": 4 * trainable}


def swapped(parameters, trainable, dtype):
    return by_formula(trainable, parameters, dtype)


def NEXT(answer):
    assert abs(sum(answer(1000, 10, torch.bfloat16).values()) - 2160) < 1e-6


RIGHT = [
    by_formula, by_bits, by_tensor, with_nothing_for_the_frozen,
    renamed("other_names", "frozen model", "A and B", "grads", "exp_avg", "exp_avg_sq"),
    renamed("one_average", "base", "lora weights", "lora gradients", "optimizerState"),
    renamed("no_names", 1, 2, 3, 4),
    renamed("letters", *"abcde"),
    renamed("half_named", "bulk", "small", "grad", "first", "second"),
    renamed("untrained", "non-trainable parameters", "trainable", "their gradients", "m", "v"),
]  # fmt: skip
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
    (changed("weights_in_float32", weights=of_all), "the dtype makes no difference"),
    (changed("weights_in_bfloat16", weights=lambda n, k, size: 2 * n), "makes no difference"),
    (changed("adapters_among_weights", weights=lambda n, k, size: size * (n + k)),
     "a line of their own"),
    (changed("adapters_taken_off", weights=lambda n, k, size: size * (n - k)), "takes none away"),
    (changed("no_frozen_weights", weights=nothing), "still in memory"),
    (changed("no_gradients", gradients=nothing), "the gradients are missing"),
    (changed("one_state", Adam_variance=nothing), "half of that is missing"),
    (changed("no_adapters", adapters=nothing), "the adapters themselves"),
    (changed("bits", scale=8), "these are bits"),
    (changed("key_missing", without=["adapters"]), "the adapters themselves are missing"),
    (numbers_alone, "numbers, not bytes"),
    (total, "this is the sum"),
    (changed("states_in_dtype", Adam_mean=in_dtype, Adam_variance=in_dtype), "two averages are in"),
    (changed("no_states", without=["Adam mean", "Adam variance"]), "averages are missing"),
    (changed("adapters_alone", without=["Adam mean", "Adam variance", "gradients"]),
     "only the weights were counted"),
    (changed("weights_in_bits", weights=lambda n, k, size: 8 * size * n), "2 in 16 bits"),
    (changed("adapters_of_all", adapters=of_all), "the adapters have no more"),
    (changed("both_twice", Adam_mean=lambda n, k, size: 8 * k,
             Adam_variance=lambda n, k, size: 8 * k), "both together 8"),
    (changed("megabytes", scale=1e-6), "in another unit"),
    (swapped, "the two counts are swapped"),
    (swapped_under_other_names, ""),
    (average_under_one_key, "half of that is missing"),
    (with_activations, "activations are no part"),
    (with_a_master_copy, "no copy in float32"),
    (with_buffers, "one too many"),
    (as_text, "return its number of bytes"),
    (with_total, "a total is no part"),
]  # fmt: skip
