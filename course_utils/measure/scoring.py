"""Label scores: how probable the model finds each label word as the next token.

From the texts of a data set to the scores of their labels, and to an ``Evaluation``: lesson 1
writes one score by hand (*Label words*), and uses this from *The same question in many words* on,
as do all lessons.
"""

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import CONTENT_FREE, Prompt
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.model.answers import label_probabilities
from course_utils.model.forward import (
    MAX_TOKENS,
    evaluating,
    prefix_cache,
    shares_prefix,
    soft_length,
    text_logits,
)
from course_utils.model.positions import fitting

LEAST_SHARED = 8  # tokens of a prefix that is worth keeping: to copy it for each row costs, too


@torch.inference_mode()
def label_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    texts: list[str],
) -> torch.Tensor:
    """Probability of each label word after each text's prompt, renormalised over the labels.

    The tokens that all prompts begin with (the demonstrations, mostly) go through the model
    once; their keys and values serve every text, where the model can do so and they are many.

    Returns:
        (texts, labels) float32 on the CPU; each row sums to 1.

    Raises:
        CourseError: there is no text, or one that is no string; a prompt is empty or longer than
            the model's positions; a label word is not a token of its own; the model's answers are
            not finite.
    """
    label_ids = prompt.label_ids(tokenizer)
    sequences = prompt.encoded(tokenizer, texts)
    fitting(model, sequences)
    longest = max(len(ids) for ids in sequences)
    shared = _shared_length(sequences) if shares_prefix(model, longest) else 0
    if shared + soft_length(model) < LEAST_SHARED:
        shared = 0
    groups = by_length([len(ids) - shared for ids in sequences], MAX_TOKENS[model.device.type])
    scores = torch.empty(len(sequences), len(label_ids))
    with evaluating(model):
        prefix = prefix_cache(model, sequences[0][:shared]) if shared else None
        for rows in groups:
            own = [sequences[i][shared:] for i in rows]
            logits = text_logits(model, own, tokenizer.pad_token_id, prefix=prefix)
            scores[rows] = label_probabilities(logits, label_ids)
    return scores


def _shared_length(sequences: list[list[int]]) -> int:
    """How many tokens all sequences begin with; each keeps at least one of its own."""
    shortest = min(len(ids) for ids in sequences)
    for position in range(shortest - 1):
        if len({ids[position] for ids in sequences}) > 1:
            return position
    return shortest - 1


def evaluate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    dataset: datasets.Dataset,
) -> Evaluation:
    """Score every item of a data set with the columns ``text`` and ``label``.

    Raises:
        CourseError: a label has no label word, or see ``data.columns.texts_and_labels`` and
            ``label_scores``.
    """
    texts, labels = texts_and_labels(dataset, len(prompt.label_words))
    scores = label_scores(model, tokenizer, prompt, texts)
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))


def content_free_scores(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt
) -> torch.Tensor:
    """Scores of texts without content: (3, labels) float32, for ``data.prompts.calibrate``."""
    return label_scores(model, tokenizer, prompt, list(CONTENT_FREE))
