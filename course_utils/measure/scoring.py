"""Label scores: how probable the model finds each label word as the next token.

From the texts of a data set to the scores of their labels, and to an ``Evaluation``: lesson 1
writes one score by hand (*Label words*), and uses this from *Several templates* on, as do all
lessons.
"""

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length, collate, encode
from course_utils.data.prompts import CONTENT_FREE, Prompt
from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.model.forward import MAX_TOKENS, answer_logits, evaluating, prefix_cache


@torch.inference_mode()
def label_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    texts: list[str],
) -> torch.Tensor:
    """Probability of each label word after each text's prompt, renormalised over the labels.

    The tokens that all prompts begin with (the demonstrations, mostly) go through the model
    once; their keys and values serve every text.

    Returns:
        (texts, labels) float32 on the CPU; each row sums to 1.

    Raises:
        CourseError: a prompt is empty, or a label word is not a token of its own.
    """
    sequences = encode(tokenizer, [prompt.render(text) for text in texts])
    if not all(sequences):
        raise CourseError(
            "The prompt is empty, so there is no token that the label word could follow",
            "write some words beside {text} into the template",
        )
    shared = _shared_length(sequences)
    groups = by_length([len(ids) - shared for ids in sequences], MAX_TOKENS[model.device.type])
    label_ids = prompt.label_ids(tokenizer)
    scores = torch.empty(len(texts), len(label_ids))
    with evaluating(model):
        prefix = prefix_cache(model, sequences[0][:shared]) if shared else None
        for rows in groups:
            batch = collate([sequences[i][shared:] for i in rows], tokenizer.pad_token_id)
            logits = answer_logits(model, batch.to(model.device), prefix)  # (rows, vocabulary)
            scores[rows] = logits[:, label_ids].softmax(1).cpu()
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
    """Score every item of a data set with the columns ``text`` and ``label``."""
    texts = dataset["text"][:]
    scores = label_scores(model, tokenizer, prompt, texts)
    return Evaluation(scores, torch.tensor(dataset["label"][:]), fingerprint(texts))


def content_free_scores(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt
) -> torch.Tensor:
    """Scores of texts without content: (3, labels) float32, for ``data.prompts.calibrate``."""
    return label_scores(model, tokenizer, prompt, list(CONTENT_FREE))
