"""Floating-point operations of a training step: one formula, for the ladder of lesson 6.

A product of an (m, k) and a (k, n) matrix is 2 m k n operations. A linear layer with N weights so
takes 2 N for each token forward. Backward it takes 2 N for the gradient of its input, and 2 N more
for that of its weights, which only full fine-tuning needs (Kaplan et al. 2020, section 2.1: 6 N in
all; a frozen layer: 4 N). Attention multiplies no weights: for each token 2 x 2 x keys x width a
layer forward, and twice that backward. What is not a product (norms, softmax, Adam) is left out,
and so are padding, validations, and anything that is computed twice to save memory: what a step
needs, not what a machine made of it.
"""

import dataclasses

from transformers import PreTrainedModel

from course_utils.methods.names import Method
from course_utils.model.layers import linear_layers


@dataclasses.dataclass(frozen=True)
class Sizes:
    """What the formula needs of a model.

    Attributes:
        linear: weights of all linear layers but the output head.
        head: weights of the output head, which is applied to one position of each text.
        layers: number of layers.
        width: queries of all heads together, in numbers a token.
    """

    linear: int
    head: int
    layers: int
    width: int


def sizes_of(model: PreTrainedModel) -> Sizes:
    """Taken before anything is added to the model."""
    text = model.config.get_text_config()
    head_width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return Sizes(
        linear=sum(layer.weight.numel() for layer in linear_layers(model).values()),
        head=model.get_output_embeddings().weight.numel(),
        layers=text.num_hidden_layers,
        width=text.num_attention_heads * head_width,
    )


def step_flops(
    sizes: Sizes, method: Method, lengths: list[int], soft_tokens: int = 0, lora: int = 0
) -> float:
    """Operations of one training step, forward and backward.

    Args:
        method: ``FULL``, ``LORA`` or ``PROMPT_TUNING``.
        lengths: tokens of each text of the batch.
        soft_tokens: before each text.
        lora: numbers in all A and B.
    """
    per_weight = 6 if method == Method.FULL else 4
    total = 0.0
    for length in lengths:
        tokens = length + soft_tokens
        total += tokens * (per_weight * sizes.linear + 6 * lora)
        total += per_weight * sizes.head  # tied, or not: it is frozen unless all is trained
        keys = (tokens + 1) / 2  # a token sees itself and what is before it, on average half
        total += tokens * 12 * keys * sizes.width * sizes.layers
    return total
