"""Attention of Llama's kind in few steps, on a CPU in 16 bits; ``model.load`` puts it in.

It computes what transformers' "eager" attention does. That one turns queries and keys in float32,
copies keys and values for every head of the group that shares them (Ainslie et al. 2023), and
keeps each of the steps from product to share. Here the heads of a group stand below each other in
one product, and the scores are scaled and masked where they are.
"""

import functools
from typing import Any

import torch
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "grouped"
LIKE_LLAMA = ("llama", "qwen2")  # model types of transformers that compute the same


def group_heads(model: PreTrainedModel) -> None:
    """Let ``model`` use ``grouped_attention``, in place, if it is of Llama's kind, in 16 bits.

    Its rotary tables are then rounded as in a model whose residual stream has 16 bits as well.
    """
    if model.config.model_type in LIKE_LLAMA and model.dtype != torch.float32:
        model.set_attn_implementation(NAME)
        for name, module in model.named_modules():
            if name.endswith("rotary_emb"):
                module.register_forward_hook(functools.partial(_rounded, model.dtype))


def _rounded(dtype: torch.dtype, module: Any, inputs: Any, tables: Any) -> tuple[torch.Tensor, ...]:
    """The hook: what a rotary module gave, in ``dtype``."""
    return tuple(table.to(dtype) for table in tables)


def grouped_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    **unused: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """What each query reads, and how much of it from where; called by transformers' layers.

    Args:
        query: (batch, heads, queries, width).
        key: (batch, groups, keys, width); each group serves ``heads / groups`` heads.
        value: as ``key``.
        attention_mask: (batch, 1, queries, keys) added to the scaled scores, if given.

    Returns:
        (batch, queries, heads, width), and the shares (batch, heads, queries, keys).
    """
    batch, heads, queries, width = query.shape
    groups, keys = key.shape[1:3]
    together = query.reshape(batch, groups, -1, width)  # a group's heads below each other
    scores = torch.matmul(together, key.transpose(2, 3)).view(batch, heads, queries, keys)
    scores = scores.mul_(scaling)
    if attention_mask is not None:
        scores = scores.add_(attention_mask)
    with torch.autocast(scores.device.type, enabled=False):  # else it would be kept in float32
        shares = torch.softmax(scores, -1)  # its sums are in float32 all the same
    shares = torch.nn.functional.dropout(shares, dropout, module.training)
    read = torch.matmul(shares.view(batch, groups, -1, keys), value)
    return read.view(batch, heads, queries, width).transpose(1, 2).contiguous(), shares


AttentionInterface.register(NAME, grouped_attention)
AttentionMaskInterface.register(NAME, eager_mask)
