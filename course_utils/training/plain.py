"""The pieces of a training loop that lesson 2 writes by hand (*Batch and mask* to *Train*).

``training.loop`` does the same with resume, micro-batches and less memory; the lesson continues
with these functions where the learner's own do not pass yet.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from course_utils.data import batches
from course_utils.training import plan


def collate(
    sequences: list[list[int]], pad_id: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """``input_ids``, ``attention_mask`` and ``last`` of sequences padded on the right; int64."""
    batch = batches.collate(sequences, pad_id)
    return batch.input_ids, batch.attention_mask, batch.last


def answer_loss(logits: torch.Tensor, last: torch.Tensor, answer_ids: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of the answers, in float32.

    Args:
        logits: (batch, tokens, vocabulary).
        last: (batch,) index of each row's last real token.
        answer_ids: (batch,) the token that should follow it.
    """
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids)


def training_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_function: Callable[[torch.nn.Module, Any], torch.Tensor],
    batch: Any,
    max_norm: float = 1.0,
) -> tuple[float, float]:
    """One step of training: (loss, norm of the gradients before clipping)."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def learning_rate(step: int, steps: int, peak: float, warmup: float = 0.06) -> float:
    """Linear warm-up to ``peak``, then linear descent towards 0, as ``plan.learning_rate``."""
    return plan.learning_rate(step, plan.TrainingConfig(peak, steps, warmup=warmup))


def bytes_per_parameter(dtype: torch.dtype) -> dict[str, int]:
    """Bytes for each parameter in training with Adam, by part, in float32 or mixed precision."""
    return {
        "weights": dtype.itemsize,
        "gradients": dtype.itemsize,
        "master weights": 0 if dtype == torch.float32 else 4,
        "Adam mean": 4,
        "Adam variance": 4,
    }


def master_step(
    parameters: list[torch.nn.Parameter],
    masters: list[torch.Tensor],
    optimizer: torch.optim.Optimizer,
    max_norm: float = 1.0,
) -> float:
    """One step on float32 masters, rounded into the parameters; the norm before clipping.

    ``mixed_precision.MixedPrecisionAdamW`` does the same with the float32 gradients of a few
    parameters at a time.

    Args:
        parameters: of the model, each with its gradient, which is taken away.
        masters: float32 copies of them, in the same order.
        optimizer: of the masters.
    """
    for parameter, master in zip(parameters, masters):
        if parameter.grad is not None:
            master.grad, parameter.grad = parameter.grad.float(), None
    norm = torch.nn.utils.clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    with torch.no_grad():
        for parameter, master in zip(parameters, masters):
            parameter.copy_(master)
    return norm.item()


def disk_bytes(model: torch.nn.Module) -> int:
    """Bytes of the model's distinct parameters, as they are stored."""
    return sum(parameter.nbytes for parameter in model.parameters())
