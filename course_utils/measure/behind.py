"""Answers behind a soft prompt of given vectors (lesson 4, from its first section on)."""

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.prompts import Prompt
from course_utils.measure.evaluation import Evaluation
from course_utils.measure.scoring import evaluate
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt, remove_soft_prompt


def evaluate_behind(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    vectors: torch.Tensor,
    dataset: datasets.Dataset,
) -> Evaluation:
    """Score every item of a data set behind a soft prompt, which is then taken away again.

    Args:
        model: without a soft prompt; it stays frozen afterwards.
        prompt: the words after the soft prompt.
        vectors: (length, d_model) of the soft prompt; they are not changed.
        dataset: with the columns ``text`` and ``label``.

    Raises:
        CourseError: the model has a soft prompt, the vectors do not fit it or are not finite; or
            see ``measure.scoring.evaluate``.
    """
    add_soft_prompt(model, SoftPrompt(vectors))
    try:
        return evaluate(model, tokenizer, prompt, dataset)
    finally:
        remove_soft_prompt(model)
