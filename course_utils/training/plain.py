"""The plain training step that lesson 2 writes by hand (*Batch and mask* to *The training step*).

``training.loop`` does the same, with micro-batches and mixed precision; the lesson continues with
these functions where the learner's own do not pass yet.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from course_utils.data import batches


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
