"""Prompt ensembling: several soft prompts over one frozen model, in one batch.

An ensemble of fine-tuned models needs as many models; an ensemble of prompts needs one, and a
batch whose rows begin differently (Lester et al. 2021, section 6). Lesson 4, *Several prompts, one
model*.
"""

import contextlib
from collections.abc import Iterator

import torch
from torch.nn.functional import one_hot
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length, collate
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.model.answers import label_probabilities
from course_utils.model.forward import MAX_TOKENS, answer_logits, evaluating
from course_utils.model.positions import fitting


class PromptBatch(torch.nn.Module):
    """Several soft prompts: the first stands before the first rows of a batch, and so on.

    Args:
        prompts: (prompts, length, d_model).
    """

    prompts: torch.Tensor

    def __init__(self, prompts: torch.Tensor):
        super().__init__()
        self.register_buffer("prompts", prompts.detach().float())

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """(prompts x texts, tokens, d_model) -> (prompts x texts, length + tokens, d_model)."""
        texts = len(embeddings) // len(self.prompts)
        rows = self.prompts.repeat_interleave(texts, dim=0)
        return torch.cat([rows, embeddings], dim=1)


@torch.inference_mode()
def ensemble_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    texts: list[str],
    soft_prompts: torch.Tensor,
) -> torch.Tensor:
    """Label scores of every text behind every soft prompt; see ``measure.scoring``.

    Args:
        soft_prompts: (prompts, length, d_model).

    Returns:
        (prompts, texts, labels) float32 on the CPU; each row sums to 1.

    Raises:
        CourseError: the model has a soft prompt of its own, or these do not fit it; or see
            ``measure.scoring.label_scores``.
    """
    width = model.get_input_embeddings().embedding_dim
    if getattr(model, "soft_prompt", None) is not None:
        raise CourseError("The model has a soft prompt already", "call remove_soft_prompt first")
    if soft_prompts.ndim != 3 or 0 in soft_prompts.shape or soft_prompts.shape[2] != width:
        raise CourseError(
            f"Soft prompts of shape {tuple(soft_prompts.shape)} do not fit this model",
            f"give them the shape (prompts, length, {width}), with no 0 in it",
        )
    sequences = prompt.encoded(tokenizer, texts)
    room = fitting(model, sequences, before=soft_prompts.shape[1])
    label_ids = prompt.label_ids(tokenizer)
    scores = torch.empty(len(soft_prompts), len(sequences), len(label_ids))
    max_tokens = MAX_TOKENS[model.device.type] // len(soft_prompts)
    with _soft_prompts(model, soft_prompts), evaluating(model):
        for rows in by_length([len(ids) for ids in sequences], max_tokens):
            repeated = [sequences[i] for i in rows] * len(soft_prompts)
            batch = collate(repeated, tokenizer.pad_token_id, room).to(model.device)
            logits = answer_logits(model, batch)  # (prompts x rows, vocabulary)
            found = label_probabilities(logits, label_ids)  # (prompts x rows, labels)
            scores[:, rows] = found.view(-1, len(rows), len(label_ids))
    return scores


@contextlib.contextmanager
def _soft_prompts(model: PreTrainedModel, soft_prompts: torch.Tensor) -> Iterator[None]:
    """Let these stand before the rows of every batch within the block."""
    model.soft_prompt = PromptBatch(soft_prompts).to(model.device)
    try:
        yield
    finally:
        del model.soft_prompt


def majority_vote(predictions: torch.Tensor) -> torch.Tensor:
    """The label that most prompts predict; of equally many, the lowest.

    Args:
        predictions: (prompts, texts) int64.

    Returns:
        (texts,) int64.

    Raises:
        CourseError: there is nothing to count, or a prediction is no label.
    """
    counts = predictions.dtype in (torch.int64, torch.int32, torch.uint8)
    if not counts or predictions.ndim != 2 or 0 in predictions.shape or predictions.min() < 0:
        raise CourseError(
            f"Predictions of the shape {tuple(predictions.shape)} and {predictions.dtype} cannot "
            "be counted",
            "give (prompts, texts) of whole numbers from 0, at least one of each",
        )
    return one_hot(predictions.long()).sum(0).argmax(1)


def vote(scores: torch.Tensor) -> torch.Tensor:
    """The label that most prompts predict; of equally many, the one of the highest mean score.

    Args:
        scores: (prompts, texts, labels), such as ``ensemble_scores`` gives.

    Returns:
        (texts,) int64.

    Raises:
        CourseError: there is nothing to count, or a score is not finite.
    """
    if scores.ndim != 3 or 0 in scores.shape or not scores.isfinite().all():
        raise CourseError(
            f"Scores of the shape {tuple(scores.shape)} cannot be counted",
            "give (prompts, texts, labels) of finite numbers, at least one of each",
        )
    votes = one_hot(scores.argmax(2), scores.shape[2]).sum(0)  # (texts, labels)
    leading = votes == votes.max(1, keepdim=True).values
    return scores.mean(0).masked_fill(~leading, -torch.inf).argmax(1)
