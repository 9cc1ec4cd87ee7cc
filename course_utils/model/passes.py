"""The ways through the model, from embeddings to the logits of each text's last token.

The fast way calls the layers with a mask of ours and applies the output head to one position a
row: it can be recorded as a CUDA graph. The plain way calls the whole model as its authors meant
it, with the mask that says which tokens are real. The packed way is the fast one for rows that
several texts share. ``model.selftest`` finds out which ways give what the model itself says;
``model.forward`` takes the right one.
"""

import inspect

import torch
from torch.nn.functional import pad
from transformers import Cache, PreTrainedModel

from course_utils.data.batches import Packed
from course_utils.model import attention

SHARED = -2  # the number of a position that no text has for itself


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


def fast_logits(
    model: PreTrainedModel,
    embeddings: torch.Tensor,
    mask: torch.Tensor,
    last: torch.Tensor,
    cache: Cache | None = None,
) -> torch.Tensor:
    """Logits of the token that follows each row's last, the output head applied there only.

    Over a vocabulary of 49,152 the head would otherwise be a fifth of the work.

    Args:
        embeddings: (batch, queries, d_model) float32.
        mask: (batch, keys), 1 for real tokens; the queries are the last of the keys.
        last: (batch,) index of each row's last real token among the queries; or (batch, count).
        cache: keys and values of what stands before the queries; it grows.

    Returns:
        (batch, vocabulary) float32; or (batch, count, vocabulary).
    """
    with mixed_precision(model):
        hidden = model.base_model(
            inputs_embeds=embeddings,
            attention_mask=causal_mask(mask, embeddings, _mask_dtype(model, embeddings)),
            past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state
        logits = model.get_output_embeddings()(_at(hidden, last))
    return logits.float()


def _at(values: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """(batch, tokens, n) at the places (batch,) or (batch, count) of each row."""
    rows = torch.arange(len(values), device=values.device)
    return values[rows.view(-1, *[1] * (places.ndim - 1)), places]


def plain_logits(
    model: PreTrainedModel,
    embeddings: torch.Tensor,
    mask: torch.Tensor,
    last: torch.Tensor,
    cache: Cache | None = None,
) -> torch.Tensor:
    """The same through the model's own ``forward``: arguments and result as in ``fast_logits``."""
    more = {}
    if cache is not None:
        more["past_key_values"] = cache
    if "logits_to_keep" in inspect.signature(model.forward).parameters:
        positions, last = last.unique(return_inverse=True)
        more["logits_to_keep"] = positions
    with mixed_precision(model):
        logits = model(
            inputs_embeds=embeddings, attention_mask=mask, use_cache=cache is not None, **more
        ).logits  # (batch, positions, vocabulary)
    return _at(logits, last).float()


def packed_logits(
    model: PreTrainedModel, embeddings: torch.Tensor, packed: Packed, cache: Cache | None = None
) -> torch.Tensor:
    """Logits of the token that follows each text of ``packed``, the head applied there only.

    Each text is computed as if it stood alone: it sees no other, and its positions count from 0
    (Krell et al. 2021, *Efficient Sequence Packing without Cross-contamination*). All texts of a
    row see what stands before it: a cached prefix, a soft prompt.

    Args:
        embeddings: (rows, before + width, d_model) float32, of a soft prompt and ``packed``.
        cache: keys and values of what stands before these, for all rows; it grows.

    Returns:
        (texts, vocabulary) float32, in the order of the texts; or (texts, count, vocabulary).
    """
    before = embeddings.shape[1] - packed.texts.shape[1]
    cached = 0 if cache is None else cache.get_seq_length()
    texts = pad(packed.texts, (cached + before, 0), value=SHARED)
    own = torch.arange(before).expand(len(texts), -1)
    positions = torch.cat([own, before + packed.position_ids], dim=1)
    with mixed_precision(model):
        hidden = model.base_model(
            inputs_embeds=embeddings,
            attention_mask=packed_mask(texts, _mask_dtype(model, embeddings))[:, :, cached:],
            position_ids=cached + positions,
            past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state
        logits = model.get_output_embeddings()(hidden[packed.row, before + packed.column])
    return logits.float()


def _mask_dtype(model: PreTrainedModel, embeddings: torch.Tensor) -> torch.dtype:
    """That of the scores to which the model's attention adds a mask: no layer has to convert it."""
    grouped = model.config._attn_implementation == attention.NAME
    return model.dtype if grouped else embeddings.dtype


def causal_mask(
    mask: torch.Tensor, embeddings: torch.Tensor, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """What to add to the attention scores: 0 where a query may look, else the lowest number.

    The model would make the same from ``mask``, but in a way that CUDA graphs cannot record.

    Args:
        mask: (batch, keys), 1 for what may be seen.
        embeddings: (batch, queries, d_model); the queries are the last of the keys.

    Returns:
        (batch, 1, queries, keys) of ``dtype``.
    """
    keys, queries = mask.shape[1], embeddings.shape[1]
    position = torch.arange(keys, device=mask.device)
    seen = (position <= position[keys - queries :, None]) & mask[:, None, None].bool()
    return _to_add(seen, dtype)


def packed_mask(texts: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """The same for rows that texts share: 0 where a position may look, at its own text's past.

    Padding sees the padding before it, so that no row of the mask is empty.

    Args:
        texts: (rows, width), see ``data.batches.Packed``; ``SHARED`` where a soft prompt stands,
            which all may see.

    Returns:
        (rows, 1, width, width) of ``dtype``.
    """
    keys = texts[:, None, None, :]
    seen = (texts[:, None, :, None] == keys) | (keys == SHARED)
    return _to_add(seen.tril(), dtype)


def _to_add(seen: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    lowest = torch.finfo(dtype).min
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill(~seen, lowest)


def extend_mask(attention_mask: torch.Tensor, before: int) -> torch.Tensor:
    """The mask with ones for ``before`` positions that stand before every row (lesson 4)."""
    ones = attention_mask.new_ones(len(attention_mask), before)
    return torch.cat([ones, attention_mask], dim=1)  # (batch, before + tokens)
