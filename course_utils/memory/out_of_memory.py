"""What to do when a GPU's memory runs out: the calculator's numbers, and a batch that fits.

The training loop raises it; lesson 5, *When memory runs out*, shows it.
"""

import dataclasses
from typing import Any

import torch
from transformers import PretrainedConfig, PreTrainedModel

from course_utils.errors import CourseError
from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, Training, estimate
from course_utils.memory.shapes import Shape
from course_utils.methods.names import Method

SPARE = 0.9  # share of the memory that is planned for: the rest is the CUDA context and holes


def training_of(model: PreTrainedModel, batch: int, length: int, **more: Any) -> Training:
    """How ``model`` is being trained, as the calculator wants to know it.

    Args:
        batch: rows that go through the model at once.
        length: tokens in a row.
        more: other fields of ``Training``.
    """
    adapters = [p for name, p in model.named_parameters() if "lora_A" in name]  # ours and PEFT's
    packed = any(type(m).__name__ in ("QuantisedLinear", "Linear4bit") for m in model.modules())
    if adapters:
        rank = len(adapters[0])  # (rank, in)
        method = Method.QLORA if packed else Method.LORA
        return Training(method, batch, length, dtype=model.dtype, rank=rank, **more)
    soft_prompt = getattr(model, "soft_prompt", None)
    if soft_prompt is not None:
        soft_tokens = len(soft_prompt.embedding)
        more |= {"soft_tokens": soft_tokens}
        return Training(Method.PROMPT_TUNING, batch, length, dtype=model.dtype, **more)
    return Training(Method.FULL, batch, length, dtype=model.dtype, **more)


def explain(config: PretrainedConfig, training: Training, memory: int) -> CourseError:
    """What to raise when the GPU's memory ran out in a step of ``training``.

    Before it is raised, clear the frames of the error that is being handled: they keep the tensors
    of the failed step alive.

    Args:
        memory: bytes that the GPU has, see ``capacity``.

    Returns:
        An error that says what the step needs, by the calculator, and proposes a batch that
        should fit.
    """
    what = "The GPU ran out of memory"
    try:
        shape = Shape.of(config)
        need = estimate(shape, training)
    except CourseError:  # a model or a rank that the calculator does not know
        return CourseError(what, f"make the batch smaller than {training.batch}, say half")
    what += (
        f": it has {memory / GIB:.2f} GiB, and a step of {training.method} with {training.batch} x "
        f"{training.length} tokens needs about {need.peak / GIB:.2f} ({_largest(need)})"
    )
    batch = fitting_batch(shape, training, memory)
    if batch is None:
        return CourseError(what, "take shorter texts, checkpointing, LoRA or QLoRA")
    smaller = estimate(shape, _with_batch(training, batch))
    return CourseError(
        what,
        f"make the batch {batch}, which needs about {smaller.peak / GIB:.2f} GiB, and free what "
        "other cells hold",
    )


def _largest(need: Estimate) -> str:
    """The three largest parts, in GiB."""
    parts = sorted(need.parts.items(), key=lambda part: -part[1])[:3]
    return ", ".join(f"{name} {size / GIB:.2f}" for name, size in parts)


def capacity(device: torch.device) -> int:
    """Bytes of memory that a GPU has."""
    return torch.cuda.mem_get_info(device)[1]


def fitting_batch(shape: Shape, training: Training, memory: int) -> int | None:
    """The largest batch, a half, a quarter and so on of the present one, that should fit.

    Returns:
        At most half the present batch, as that one failed; None if not even one row fits.
    """
    batch = training.batch // 2
    while batch >= 1:
        if estimate(shape, _with_batch(training, batch)).peak < SPARE * memory:
            return batch
        batch //= 2
    return None


def _with_batch(training: Training, batch: int) -> Training:
    """The same training with fewer rows, and with as many fewer logits."""
    positions = training.logit_positions
    if positions is not None:
        positions = max(1, positions * batch // training.batch)
    return dataclasses.replace(training, batch=batch, logit_positions=positions)
