"""Perplexity: how well the model still predicts text, and what training did to that.

Lesson 2 writes it by hand (*What was forgotten?*); lessons 3 to 5 measure with it.
"""

import dataclasses

import numpy
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import Batch, by_length, collate, encode
from course_utils.errors import CourseError
from course_utils.model.answers import refuse_not_finite
from course_utils.model.forward import embed, evaluating
from course_utils.model.passes import extend_mask, mixed_precision
from course_utils.model.positions import fitting

# Padded tokens in one forward pass: each has logits over the whole vocabulary.
MAX_TOKENS = {"cpu": 512, "cuda": 8192}
RESAMPLES = 2000


@dataclasses.dataclass(frozen=True)
class Perplexity:
    """What ``measure_perplexity`` found.

    Attributes:
        losses: (texts,) float64, each text's summed loss over its predicted tokens, in nats.
        counts: (texts,) int64, how many tokens of each text were predicted.

    Raises:
        CourseError: no token was predicted, or a loss is not finite.
    """

    losses: numpy.ndarray
    counts: numpy.ndarray

    def __post_init__(self) -> None:
        refuse_no_token(self.counts)
        refuse_not_finite(torch.as_tensor(self.losses))

    @property
    def value(self) -> float:
        """exp of the mean loss over all predicted tokens of all texts; infinite beyond 1e308."""
        return _exp(self.losses.sum() / self.counts.sum())


def refuse_no_token(counts: numpy.ndarray) -> None:
    """Say that there is nothing to measure, before a mean over nothing is taken.

    Raises:
        CourseError: no token of any text is predicted.
    """
    if not counts.sum():
        raise CourseError(
            "No text has a second token, so the model has no token to predict",
            "give longer texts: the first token of each is given",
        )


def _exp(number: float) -> float:
    with numpy.errstate(over="ignore"):
        return float(numpy.exp(number))


@torch.inference_mode()
def measure_perplexity(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str]
) -> Perplexity:
    """Loss of every token of ``texts`` given those before it.

    The first token of each text is given, not predicted, and so is a soft prompt before it.

    Raises:
        CourseError: there is no text, or one that is no string; none has a second token; one is
            longer than the model's positions; the losses are not finite.
    """
    sequences = encode(tokenizer, texts)
    counts = numpy.array([max(0, len(ids) - 1) for ids in sequences])
    refuse_no_token(counts)
    room = fitting(model, sequences)
    losses, long = numpy.zeros(len(sequences)), counts.nonzero()[0].tolist()
    groups = by_length([len(sequences[i]) for i in long], MAX_TOKENS[model.device.type])
    with evaluating(model):
        for group in groups:
            rows = [long[i] for i in group]
            batch = collate([sequences[i] for i in rows], tokenizer.pad_token_id, room)
            losses[rows] = _losses(model, batch.to(model.device)).sum(1).double().cpu().numpy()
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
    predicted = batch.attention_mask[:, 1:].bool()
    losses = torch.zeros(predicted.shape, device=predicted.device)
    losses[predicted] = cross_entropy(
        logits[:, :-1][predicted].float(), batch.input_ids[:, 1:][predicted], reduction="none"
    )
    return losses


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

    Interval: bootstrap over the texts of which a token was predicted (percentiles of 2,000
    resamples, seed 0). Each resample takes the same texts for both, as tokens of one text are not
    independent.

    Raises:
        ValueError: the two were measured on different texts.
    """
    if not numpy.array_equal(after.counts, before.counts):
        raise ValueError("compare_perplexity needs the same texts in the same order")
    measured = after.counts > 0
    counts, change = after.counts[measured], (after.losses - before.losses)[measured]
    drawn = numpy.random.default_rng(0).integers(0, len(counts), (RESAMPLES, len(counts)))
    log_ratios = change[drawn].sum(1) / counts[drawn].sum(1)
    low, high = numpy.percentile(log_ratios, [2.5, 97.5])
    return Change(_exp(change.sum() / counts.sum()), _exp(low), _exp(high))
