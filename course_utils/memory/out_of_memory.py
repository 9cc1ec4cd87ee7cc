"""What to do when a GPU's memory runs out: the calculator's numbers, and a batch that fits.

The training loop raises it; lesson 5, *When memory runs out*, shows it.
"""

import dataclasses
from typing import Any

import torch
from transformers import PretrainedConfig, PreTrainedModel

from course_utils.errors import CourseError
from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, estimate
from course_utils.memory.cards import fits
from course_utils.memory.options import Attention, Precision
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR


def training_of(model: PreTrainedModel, batch: int, length: int, **more: Any) -> Training:
    """How ``model`` is being trained by the course's loop, as the calculator wants to know it.

    Args:
        batch: rows that go through the model at once.
        length: tokens in a row.
        more: other fields of ``Training``.
    """
    more |= {"dtype": model.dtype, "attention": Attention.EAGER}
    if model.dtype != torch.float32:
        more |= {"precision": Precision.COURSE}
    adapters = {name: p for name, p in model.named_parameters() if "lora_A" in name}  # PEFT's, too
    packed = any(type(m).__name__ in ("QuantisedLinear", "Linear4bit") for m in model.modules())
    if adapters:
        first = next(iter(adapters.values()))  # (rank, in)
        method = Method.QLORA if packed else Method.LORA
        more |= {"rank": len(first), "adapter_dtype": first.dtype}
        targets = tuple(name for name in ALL_LINEAR if any(f".{name}." in key for key in adapters))
        return Training(method, batch, length, targets=targets or ALL_LINEAR, **more)
    soft_prompt = getattr(model, "soft_prompt", None)
    if soft_prompt is not None:
        more |= {"soft_tokens": len(soft_prompt.embedding)}
        return Training(Method.PROMPT_TUNING, batch, length, **more)
    return Training(Method.FULL, batch, length, **more)


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
        f"other cells hold; or keep the batch, set COURSE_MICRO_BATCH={batch * training.length}, "
        "and call again: training goes on from its checkpoint",
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
        if fits(shape, _with_batch(training, batch), memory):
            return batch
        batch //= 2
    return None


def _with_batch(training: Training, batch: int) -> Training:
    """The same training with fewer rows, and with as many fewer logits."""
    positions = training.logit_positions
    if positions is not None:
        positions = max(1, positions * batch // training.batch)
    return dataclasses.replace(training, batch=batch, logit_positions=positions)
