"""Prompts: a template, label words, demonstrations; and contextual calibration (lesson 1).

A text becomes a prompt in ``Prompt.render``.
"""

import dataclasses
import random
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.errors import CourseError

if TYPE_CHECKING:
    import datasets

CONTENT_FREE = ("N/A", "[MASK]", "")  # Zhao et al. 2021, section 5


@dataclasses.dataclass(frozen=True)
class Prompt:
    """How a text becomes a question that one word answers.

    Attributes:
        template: text with ``{text}`` where the item goes. No space at its end: the label word
            brings its own.
        label_words: one word a label, each with its leading space, each a single token.
        prefix: demonstrations that stand before every item.
    """

    template: str
    label_words: tuple[str, ...]
    prefix: str = ""

    def __post_init__(self) -> None:
        if self.template.count("{text}") != 1:
            raise CourseError(
                f"The template {self.template!r} has {self.template.count('{text}')} places "
                "for the text",
                "write {text} in it exactly once",
            )

    def render(self, text: str) -> str:
        """The prompt for one text."""
        return self.prefix + self.template.replace("{text}", text)

    def with_shots(self, shots: list[tuple[str, int]]) -> "Prompt":
        """The same prompt with demonstrations: ``(text, label)`` pairs, in this order."""
        prefix = "".join(
            f"{self.template.replace('{text}', text)}{self.label_words[label]}\n\n"
            for text, label in shots
        )
        return dataclasses.replace(self, prefix=prefix)

    def label_ids(self, tokenizer: PreTrainedTokenizerBase) -> list[int]:
        """The token id of each label word.

        Raises:
            CourseError: a label word is several tokens, or two share one.
        """
        pieces = [tokenizer.encode(w, add_special_tokens=False) for w in self.label_words]
        for word, ids in zip(self.label_words, pieces):
            if len(ids) != 1:
                raise CourseError(
                    f"The label word {word!r} is {len(ids)} tokens in this model's vocabulary",
                    "choose a word that is a single token with its leading space",
                )
        ids = [piece[0] for piece in pieces]
        if len(set(ids)) < len(ids):
            raise CourseError(
                f"Two of the label words {self.label_words} are the same token",
                "choose a different word for each label",
            )
        return ids


def draw_shots(
    train: "datasets.Dataset", k: int, seed: int, max_words: int = 30
) -> list[tuple[str, int]]:
    """Draw ``k`` demonstrations at random, from training texts of at most ``max_words`` words."""
    rows = zip(train["text"][:], train["label"][:])
    short = [(text, label) for text, label in rows if len(text.split()) <= max_words]
    return random.Random(seed).sample(short, k)


def calibrate(scores: torch.Tensor, content_free: torch.Tensor) -> torch.Tensor:
    """Contextual calibration (Zhao et al. 2021): divide out what the prompt alone answers.

    Args:
        scores: (items, labels), label probabilities.
        content_free: (probes, labels), the same for texts without content.

    Returns:
        (items, labels), each row sums to 1.
    """
    ratio = scores / content_free.mean(0)
    return ratio / ratio.sum(1, keepdim=True)
