"""How a batch goes through the model: from token ids to the logits of the answer.

The plain way (lessons 1 and 2) is ``answer_logits`` and ``hidden_states`` without a prefix: the
tokens' embeddings go through the layers under a causal mask, and the output head is applied to
each row's last real token. What may stand before the tokens comes below: a cached prefix (lesson
1's demonstrations) and a soft prompt (lesson 4).
"""

import contextlib
import copy
from collections.abc import Iterator

import torch
from transformers import Cache, PreTrainedModel

from course_utils.data.batches import Batch

MAX_TOKENS = {"cpu": 2048, "cuda": 32768}  # padded tokens in one forward pass without gradients


def answer_logits(
    model: PreTrainedModel, batch: Batch, prefix: Cache | None = None
) -> torch.Tensor:
    """Logits of the token that follows each row's last real token.

    The output head is applied there only: over a vocabulary of 49,152 it would otherwise be a
    fifth of the work.

    Args:
        prefix: keys and values of a prompt that stands before every row, soft prompt included
            (``prefix_cache``); it is not changed.

    Returns:
        (batch, vocabulary) float32.
    """
    hidden = hidden_states(model, batch, prefix)  # (batch, tokens, d_model)
    rows = torch.arange(len(hidden), device=hidden.device)
    with mixed_precision(model):
        logits = model.get_output_embeddings()(hidden[rows, batch.last])  # (batch, vocabulary)
    return logits.float()


def hidden_states(
    model: PreTrainedModel, batch: Batch, prefix: Cache | None = None
) -> torch.Tensor:
    """The last layer's output at the batch's own tokens: (batch, tokens, d_model)."""
    tokens = batch.input_ids.shape[1]
    if prefix is None:
        embeddings, cache = embed(model, batch.input_ids), None  # (batch, before + tokens, d_model)
        before = embeddings.shape[1] - tokens  # the length of the soft prompt, if there is one
    else:
        embeddings, cache = embed_tokens(model, batch.input_ids), repeated(prefix, len(batch.last))
        before = prefix.get_seq_length()
    mask = causal_mask(extend_mask(batch.attention_mask, before), embeddings)
    with mixed_precision(model):
        output = model.base_model(
            inputs_embeds=embeddings,
            attention_mask=mask,
            past_key_values=cache,
            use_cache=cache is not None,
        )
    return output.last_hidden_state[:, -tokens:]


def embed_tokens(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """(batch, tokens, d_model) float32: the embeddings of the tokens."""
    return model.get_input_embeddings()(input_ids).float()


def mixed_precision(model: PreTrainedModel) -> torch.autocast:
    """Matrix products in the model's dtype, sums and norms in float32; plain float32 for float32.

    Together with float32 embeddings the residual stream stays in float32, as it does when
    float32 weights are trained under autocast, but no weight has to be cast on the way.
    """
    short = model.dtype if model.dtype != torch.float32 else torch.bfloat16
    return torch.autocast(model.device.type, short, enabled=model.dtype != torch.float32)


def causal_mask(mask: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
    """What to add to the attention scores: 0 where a query may look, else the lowest number.

    The model would make the same from ``mask``, but in a way that CUDA graphs cannot record.

    Args:
        mask: (batch, keys), 1 for what may be seen.
        embeddings: (batch, queries, d_model); the queries are the last of the keys.

    Returns:
        (batch, 1, queries, keys) in the dtype of ``embeddings``.
    """
    keys, queries = mask.shape[1], embeddings.shape[1]
    position = torch.arange(keys, device=mask.device)
    seen = (position <= position[keys - queries :, None]) & mask[:, None, None].bool()
    lowest = torch.finfo(embeddings.dtype).min
    return torch.zeros(seen.shape, dtype=embeddings.dtype, device=mask.device).masked_fill(
        ~seen, lowest
    )


def embed(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """The tokens' embeddings behind the model's soft prompt, if it has one (lesson 4).

    Returns:
        (batch, soft tokens + tokens, d_model) float32.
    """
    embeddings = embed_tokens(model, input_ids)
    soft_prompt = getattr(model, "soft_prompt", None)  # see ``methods.soft_prompt``
    return embeddings if soft_prompt is None else soft_prompt(embeddings)


def extend_mask(attention_mask: torch.Tensor, before: int) -> torch.Tensor:
    """The mask with ones for ``before`` positions that stand before every row (lesson 4)."""
    ones = attention_mask.new_ones(len(attention_mask), before)
    return torch.cat([ones, attention_mask], dim=1)  # (batch, before + tokens)


def prefix_cache(model: PreTrainedModel, ids: list[int]) -> Cache:
    """Keys and values of the soft prompt, if any, and a token sequence, for a batch of one."""
    input_ids = torch.tensor([ids], device=model.device)  # (1, tokens)
    with mixed_precision(model):
        output = model.base_model(inputs_embeds=embed(model, input_ids), use_cache=True)
    return output.past_key_values


def repeated(prefix: Cache, rows: int) -> Cache:
    """A copy of a cache for a batch of one, for a batch of ``rows``."""
    cache = copy.deepcopy(prefix)
    cache.batch_repeat_interleave(rows)
    return cache


@contextlib.contextmanager
def evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode (no dropout) within the block, and the mode from before after it."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
