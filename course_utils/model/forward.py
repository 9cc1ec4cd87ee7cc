"""How a batch goes through the model: from token ids to the logits of the answer.

The tokens' embeddings go through the layers under a causal mask, and the output head is applied to
each text's last token (``model.passes``). What may stand before the tokens: a cached prefix
(lesson 1's demonstrations) and a soft prompt (lesson 4).
"""

import contextlib
from collections.abc import Iterator

import torch
from transformers import Cache, PreTrainedModel

from course_utils.data.batches import Batch, collate, pack
from course_utils.model.passes import (
    embed_tokens,
    extend_mask,
    fast_logits,
    packed_logits,
    plain_logits,
)
from course_utils.model.positions import room_for
from course_utils.model.selftest import cache_of, repeated, ways

MAX_TOKENS = {"cpu": 2048, "cuda": 32768}  # padded tokens in one forward pass without gradients


def answer_logits(
    model: PreTrainedModel, batch: Batch, prefix: Cache | None = None
) -> torch.Tensor:
    """Logits of the token that follows each row's last real token, or several (``Batch.last``).

    Args:
        prefix: keys and values of a prompt that stands before every row, soft prompt included
            (``prefix_cache``); it is not changed.

    Returns:
        (batch, vocabulary) float32; or (batch, count, vocabulary).

    Raises:
        CourseError: the model is of a family that the course cannot compute; see
            ``model.selftest``.
    """
    works, last = ways(model), batch.last
    if prefix is None:
        embeddings, cache = embed(model, batch.input_ids), None  # (batch, before + tokens, d_model)
        before = embeddings.shape[1] - batch.input_ids.shape[1]  # the soft prompt, if any
        last = last + before
    else:
        embeddings, cache = embed_tokens(model, batch.input_ids), repeated(prefix, len(last))
        before = prefix.get_seq_length()
    mask = extend_mask(batch.attention_mask, before)
    way = fast_logits if works.fast_for(mask.shape[1]) else plain_logits
    return way(model, embeddings, mask, last, cache)


def text_logits(
    model: PreTrainedModel,
    sequences: list[list[int]],
    pad_id: int,
    count: int | None = None,
    prefix: Cache | None = None,
) -> torch.Tensor:
    """Logits of the token that follows each of some texts, which share rows where they may.

    On a CPU, a batch of 16 reviews that is padded to its longest is nearly half padding, and has a
    soft prompt before every text instead of before every row.

    Args:
        sequences: token ids of each text.
        pad_id: what to fill rows up with.
        count: the logits after each of so many last tokens of a text, not after the last alone; a
            text that has fewer has something else before its own.
        prefix: as in ``answer_logits``.

    Returns:
        (texts, vocabulary) float32; with ``count``, (texts, count, vocabulary).

    Raises:
        CourseError: see ``answer_logits``, ``data.batches.collate`` and ``model.positions``.
    """
    works, before = ways(model), soft_length(model)
    cached = 0 if prefix is None else prefix.get_seq_length() - before  # tokens of the prefix
    room = room_for(model, [cached + len(ids) for ids in sequences])
    room = room and room - cached
    if model.device.type == "cpu" and works.packs:
        packed = pack(sequences, pad_id, room, cached + before)
        if works.packs_for(cached + before + packed.input_ids.shape[1]):
            packed = packed if count is None else packed.reading(count)
            if prefix is None:
                return packed_logits(model, embed(model, packed.input_ids), packed)
            embeddings, rows = embed_tokens(model, packed.input_ids), len(packed.input_ids)
            return packed_logits(model, embeddings, packed, repeated(prefix, rows))
    batch = collate(sequences, pad_id, room)
    batch = batch if count is None else batch.reading(count)
    return answer_logits(model, batch.to(model.device), prefix)


def embed(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """The tokens' embeddings behind the model's soft prompt, if it has one (lesson 4).

    Returns:
        (batch, soft tokens + tokens, d_model) float32.
    """
    embeddings = embed_tokens(model, input_ids)
    soft_prompt = getattr(model, "soft_prompt", None)  # see ``methods.soft_prompt``
    return embeddings if soft_prompt is None else soft_prompt(embeddings)


def prefix_cache(model: PreTrainedModel, ids: list[int]) -> Cache:
    """Keys and values of the soft prompt, if any, and a token sequence, for a batch of one.

    Where ``shares_prefix`` says no, it must not be used.
    """
    return cache_of(model, embed(model, torch.tensor([ids], device=model.device)))


def shares_prefix(model: PreTrainedModel, tokens: int) -> bool:
    """May a cached prefix serve rows of ``tokens`` tokens, prefix included, of this model?"""
    return ways(model).shares_for(soft_length(model) + tokens)


def soft_length(model: PreTrainedModel) -> int:
    """How many positions the model's soft prompt takes; 0 without one."""
    if getattr(model, "soft_prompt", None) is None:
        return 0
    with torch.no_grad():
        return embed(model, torch.zeros(1, 1, dtype=torch.int64, device=model.device)).shape[1] - 1


@contextlib.contextmanager
def evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode (no dropout) within the block, and the mode from before after it."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
