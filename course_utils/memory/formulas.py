"""What LoRA and QLoRA cost, by formula: parameters, and bytes in training.

Lesson 3 writes the first two by hand (*The layer*, *What training costs in memory*), lesson 5 the
other two (*The memory calculator*).
"""

from collections.abc import Iterable

import torch

from course_utils.quantisation.blockwise import BLOCK, SECOND_BLOCK
from course_utils.validate import refusal, whole


def count_lora(shapes: Iterable[tuple[int, int]], rank: int) -> int:
    """Trainable parameters of LoRA on layers of these ``(out, in)`` shapes.

    Raises:
        CourseError: the rank, or a size, is no whole number of at least 1.
    """
    rank = whole("rank", rank, 1)
    return sum(rank * (whole("out", out, 1) + whole("in", in_, 1)) for out, in_ in shapes)


def lora_training_bytes(parameters: int, trainable: int, dtype: torch.dtype) -> dict[str, int]:
    """Bytes that training with LoRA and Adam holds, by part; activations come on top.

    Args:
        parameters: number of the frozen model's parameters, kept in ``dtype``.
        trainable: number of the adapters' parameters, kept in float32.

    Raises:
        CourseError: a number is no whole one of at least 0, or the dtype is none of PyTorch's.
    """
    if not isinstance(dtype, torch.dtype):
        raise refusal("dtype", dtype, "one of PyTorch's, such as torch.bfloat16")
    parameters, trainable = whole("parameters", parameters, 0), whole("trainable", trainable, 0)
    return {
        "weights": parameters * dtype.itemsize,
        "adapters": trainable * 4,
        "gradients": trainable * 4,
        "Adam mean": trainable * 4,
        "Adam variance": trainable * 4,
    }


def qlora_bytes(quantised: int, rest: int, adapters: int) -> dict[str, float]:
    """Bytes that QLoRA holds from step to step, by part; activations come on top.

    Dettmers et al. 2023, section 3: blocks of 64, double quantisation in blocks of 256.

    Args:
        quantised: numbers in the layers that are kept in NF4 with double quantisation.
        rest: the model's other numbers, in 16 bits.
        adapters: trained numbers: weight, gradient and Adam's two states in float32.

    Raises:
        CourseError: a number is no whole one of at least 0.
    """
    quantised, rest = whole("quantised", quantised, 0), whole("rest", rest, 0)
    adapters = whole("adapters", adapters, 0)
    return {
        "codes": quantised / 2,
        "constants": quantised / BLOCK + 4 * quantised / (BLOCK * SECOND_BLOCK),
        "rest": 2 * rest,
        "adapters": 16 * adapters,
    }


def checkpointed_bytes(layers: int, tokens: int, hidden: int, layer_bytes: int) -> int:
    """Bytes of activations with checkpointing, at the moment when a layer is computed again.

    Args:
        tokens: in the batch.
        hidden: width of a layer's input, which is kept in 16 bits.
        layer_bytes: that one layer keeps per token for its backward pass.

    Raises:
        CourseError: a number is no whole one of at least 1.
    """
    layers, tokens = whole("layers", layers, 1), whole("tokens", tokens, 1)
    hidden, layer_bytes = whole("hidden", hidden, 1), whole("layer_bytes", layer_bytes, 1)
    return tokens * (2 * layers * hidden + layer_bytes)
