"""Evaluations that compute no answer twice (lesson 1, from *The same question in many words* on).

A search scores the same prompt on more and more items, and prompts that differ in their label words
alone ask the model the same: it is asked once for each prompt and text.
"""

import dataclasses

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.measure.scoring import label_scores


class KeptScores:
    """Evaluates prompts as ``scoring.evaluate`` does, and keeps the scores of each text.

    Args:
        model: must not change meanwhile, as the scores that are kept would be another model's.
        tokenizer: the model's.
        together: label words that are read in the same pass, whichever of them a prompt has.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        together: tuple[str, ...] = (),
    ):
        self.model, self.tokenizer, self.together = model, tokenizer, together
        self._kept: dict[Prompt, dict[str, torch.Tensor]] = {}  # text to (read words,)

    def evaluate(self, prompt: Prompt, dataset: datasets.Dataset) -> Evaluation:
        """As ``scoring.evaluate``, where only what is new goes through the model.

        Raises:
            CourseError: see ``scoring.evaluate``.
        """
        texts, labels = texts_and_labels(dataset, len(prompt.label_words))
        read = prompt.label_words
        if set(read) <= set(self.together):
            read = self.together
        wide = dataclasses.replace(prompt, label_words=read)
        kept = self._kept.setdefault(wide, {})
        new = [text for text in dict.fromkeys(texts) if text not in kept]
        if new:
            kept.update(zip(new, label_scores(self.model, self.tokenizer, wide, new)))
        columns = [read.index(word) for word in prompt.label_words]
        scores = torch.stack([kept[text] for text in texts])[:, columns]
        scores = scores / scores.sum(1, keepdim=True)
        return Evaluation(scores, torch.tensor(labels), fingerprint(texts))
