"""Perplexity: how well the model still predicts text, and what training did to that.

Lesson 2 writes it by hand (*What was forgotten?*); lessons 3 to 5 measure with it.
"""

import dataclasses

import numpy
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import Batch, by_length, collate, encode
from course_utils.model.forward import embed, evaluating, extend_mask, mixed_precision

# Padded tokens in one forward pass: each has logits over the whole vocabulary.
MAX_TOKENS = {"cpu": 512, "cuda": 8192}
RESAMPLES = 2000


@dataclasses.dataclass(frozen=True)
class Perplexity:
    """What ``measure_perplexity`` found.

    Attributes:
        losses: (texts,) float64, each text's summed loss over its predicted tokens, in nats.
        counts: (texts,) int64, how many tokens of each text were predicted.
    """

    losses: numpy.ndarray
    counts: numpy.ndarray

    @property
    def value(self) -> float:
        """exp of the mean loss over all predicted tokens of all texts."""
        return float(numpy.exp(self.losses.sum() / self.counts.sum()))


@torch.inference_mode()
def measure_perplexity(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str]
) -> Perplexity:
    """Loss of every token of ``texts`` given those before it.

    The first token of each text is given, not predicted, and so is a soft prompt before it.
    """
    sequences = encode(tokenizer, texts)
    counts = numpy.array([max(0, len(ids) - 1) for ids in sequences])
    losses, long = numpy.zeros(len(texts)), counts.nonzero()[0].tolist()
    groups = by_length([len(sequences[i]) for i in long], MAX_TOKENS[model.device.type])
    with evaluating(model):
        for group in groups:
            rows = [long[i] for i in group]
            batch = collate([sequences[i] for i in rows], tokenizer.pad_token_id).to(model.device)
            losses[rows] = _losses(model, batch).sum(1).double().cpu().numpy()
    return Perplexity(losses, counts)


def _losses(model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """Loss of each predicted token, 0 at padding: (batch, tokens - 1) float32."""
    embeddings, tokens = embed(model, batch.input_ids), batch.input_ids.shape[1]
    with mixed_precision(model):
        logits = model(
            inputs_embeds=embeddings,
            attention_mask=extend_mask(batch.attention_mask, embeddings.shape[1] - tokens),
            use_cache=False,
        ).logits[:, -tokens:]  # (batch, tokens, vocabulary), without the soft tokens
    targets = batch.input_ids[:, 1:].masked_fill(batch.attention_mask[:, 1:] == 0, -100)
    return cross_entropy(logits[:, :-1].float().transpose(1, 2), targets, reduction="none")


@dataclasses.dataclass(frozen=True)
class Change:
    """The factor between two perplexities on the same texts, with its 95 % interval."""

    ratio: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"x {self.ratio:.3f} [{self.low:.3f}, {self.high:.3f}]"


def compare_perplexity(after: Perplexity, before: Perplexity) -> Change:
    """How many times ``before`` is ``after``?

    Interval: bootstrap over the texts (percentiles of 2,000 resamples, seed 0). Each resample
    takes the same texts for both, as tokens of one text are not independent.

    Raises:
        ValueError: the two were measured on different texts.
    """
    if not numpy.array_equal(after.counts, before.counts):
        raise ValueError("compare_perplexity needs the same texts in the same order")
    generator = numpy.random.default_rng(0)
    texts = len(after.counts)
    drawn = generator.integers(0, texts, (RESAMPLES, texts))
    change = after.losses - before.losses
    ratios = numpy.exp(change[drawn].sum(1) / after.counts[drawn].sum(1))
    low, high = numpy.percentile(ratios, [2.5, 97.5])
    return Change(after.value / before.value, float(low), float(high))
