"""A soft prompt is a fixed prefix of keys and values: computed once, it serves every text.

Lesson 4, *Where the answer looks*. No soft token can see what comes after it, so its states in all
layers are the same before every text. Prefix-tuning (Li and Liang 2021) trains these keys and
values themselves.
"""

import dataclasses

import torch
from transformers import PreTrainedModel

from course_utils.data.batches import Batch
from course_utils.errors import CourseError
from course_utils.model.forward import answer_logits, embed, evaluating
from course_utils.model.passes import extend_mask
from course_utils.model.selftest import cache_of


@dataclasses.dataclass(frozen=True)
class FixedPrefix:
    """A soft prompt that was computed once, against one that is computed with every text.

    Attributes:
        numbers: in the keys and values of the soft tokens, all layers.
        trained: in the soft prompt.
        logit_difference: the largest between the two ways, of any text and word.
        logit_size: the largest logit, to compare it with.
        state_difference: the largest between two texts, of the soft tokens' hidden states.
        state_size: the largest number in these states.
    """

    numbers: int
    trained: int
    logit_difference: float
    logit_size: float
    state_difference: float
    state_size: float


@torch.no_grad()
def fixed_prefix(model: PreTrainedModel, batch: Batch) -> FixedPrefix:
    """Compare both ways on a batch.

    Args:
        model: with a soft prompt; in float32, so that what differs is more than rounding.
        batch: at least two texts, see ``data.batches.collate``.

    Raises:
        CourseError: the model has no soft prompt, or there are fewer than two texts.
    """
    if getattr(model, "soft_prompt", None) is None or len(batch.last) < 2:
        raise CourseError(
            "Without a soft prompt and two texts there is nothing to compare",
            "call add_soft_prompt(model, ...), and give a batch of at least two texts",
        )
    with evaluating(model):
        none = batch.input_ids[:1, :0]  # no word: the soft prompt alone
        prefix = cache_of(model, embed(model, none))
        once = answer_logits(model, batch, prefix)
        every = answer_logits(model, batch)
        states = _soft_states(model, batch, prefix.get_seq_length())
    numbers = sum(layer.keys.numel() + layer.values.numel() for layer in prefix.layers)
    return FixedPrefix(
        numbers, sum(p.numel() for p in model.soft_prompt.parameters()),
        (once - every).abs().max().item(), every.abs().max().item(),
        (states - states[:, :1]).abs().max().item(), states.abs().max().item(),
    )  # fmt: skip


def _soft_states(model: PreTrainedModel, batch: Batch, length: int) -> torch.Tensor:
    """Hidden states of the soft tokens: (layers + 1, batch, length, d_model)."""
    embeddings = embed(model, batch.input_ids)
    states = model.base_model(
        inputs_embeds=embeddings, attention_mask=extend_mask(batch.attention_mask, length),
        use_cache=False, output_hidden_states=True,
    ).hidden_states  # fmt: skip
    return torch.stack([layer[:, :length] for layer in states])
