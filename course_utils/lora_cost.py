"""What LoRA costs, by formula: parameters, and bytes in training."""

from collections.abc import Iterable

import torch


def count_lora(shapes: Iterable[tuple[int, int]], rank: int) -> int:
    """Trainable parameters of LoRA on layers of these ``(out, in)`` shapes."""
    return sum(rank * (out + in_) for out, in_ in shapes)


def lora_training_bytes(parameters: int, trainable: int, dtype: torch.dtype) -> dict[str, int]:
    """Bytes that training with LoRA and Adam holds, by part; activations come on top.

    Args:
        parameters: number of the frozen model's parameters, kept in ``dtype``.
        trainable: number of the adapters' parameters, kept in float32.
    """
    return {
        "weights": parameters * dtype.itemsize,
        "adapters": trainable * 4,
        "gradients": trainable * 4,
        "Adam mean": trainable * 4,
        "Adam variance": trainable * 4,
    }
