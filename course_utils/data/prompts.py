"""Prompts: a template, label words, demonstrations; and calibration (lesson 1).

A text becomes a prompt in ``Prompt.render``.
"""

import dataclasses
import random
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data.batches import encode
from course_utils.data.columns import checked_labels, checked_texts, readable, texts_and_labels
from course_utils.errors import CourseError
from course_utils.validate import names, whole

if TYPE_CHECKING:
    import datasets

CONTENT_FREE = ("N/A", "[MASK]", "")  # Zhao et al. 2021, section 5


@dataclasses.dataclass(frozen=True)
class Prompt:
    """How a text becomes a question that one word answers.

    Attributes:
        template: text with ``{text}`` where the item goes. No space at its end: the label word
            brings its own. A line break may stand there: it is a token of its own.
        label_words: one word a label, each with its leading space, each a single token.
        prefix: demonstrations that stand before every item.

    Raises:
        CourseError: the template has no place for the text, or several, or ends with a space;
            the label words are not at least two different ones.
    """

    template: str
    label_words: tuple[str, ...]
    prefix: str = ""

    def __post_init__(self) -> None:
        readable(self.template, "The template")
        readable(self.prefix, "The prefix")
        places = self.template.count("{text}")
        if places != 1:
            raise CourseError(
                f"The template {self.template!r} has {places} places for the text",
                "write {text} in it exactly once",
            )
        if self.template[-1].isspace() and not self.template.endswith("\n"):
            raise CourseError(
                f"The template {self.template!r} ends with a space",
                "take the space away, as the label word brings its own",
            )
        object.__setattr__(self, "label_words", _label_words(self.label_words))

    def render(self, text: str) -> str:
        """The prompt for one text."""
        return self.prefix + self.template.replace("{text}", text)

    def encoded(self, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> list[list[int]]:
        """Token ids of the prompt for each text.

        Raises:
            CourseError: a prompt has no token, or see ``data.columns.checked_texts``.
        """
        sequences = encode(tokenizer, [self.render(text) for text in checked_texts(texts)])
        if not all(sequences):
            raise CourseError(
                f"The prompt of row {sequences.index([])} (counted from 0) is empty, so there is "
                "no token that the label word could follow",
                "write some words beside {text} into the template",
            )
        return sequences

    def with_shots(self, shots: list[tuple[str, int]]) -> "Prompt":
        """The same prompt with demonstrations: ``(text, label)`` pairs, in this order.

        Raises:
            CourseError: there is something else than pairs, a text is no string, or a label has
                no word.
        """
        if shots:
            if not all(isinstance(shot, (tuple, list)) and len(shot) == 2 for shot in shots):
                raise CourseError(
                    "Demonstrations are pairs of a text and its label",
                    "give a list such as draw_shots returns: [('a fine film', 1)]",
                )
            checked_texts(text for text, _ in shots)
            checked_labels((label for _, label in shots), len(self.label_words))
        prefix = "".join(
            f"{self.template.replace('{text}', text)}{self.label_words[label]}\n\n"
            for text, label in shots
        )
        return dataclasses.replace(self, prefix=prefix)

    def label_ids(self, tokenizer: PreTrainedTokenizerBase) -> list[int]:
        """The token id of each label word.

        Raises:
            CourseError: a label word is several tokens or unknown, or two share one.
        """
        for word, ids in zip(self.label_words, self._pieces(tokenizer)):
            if len(ids) != 1 or ids[0] == tokenizer.unk_token_id:
                found = f"{len(ids)} tokens" if len(ids) != 1 else "unknown"
                raise CourseError(
                    f"The label word {word!r} is {found} in this model's vocabulary",
                    "choose a word that is a single token with its leading space",
                )
        return [ids[0] for ids in self.answer_ids(tokenizer)]

    def answer_ids(self, tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
        """The token ids of each label word, which may be several: an answer, such as ``two, good``.

        Raises:
            CourseError: two label words have the same tokens.
        """
        pieces = self._pieces(tokenizer)
        if len(set(map(tuple, pieces))) < len(pieces):
            raise _same_token(self.label_words)
        return pieces

    def _pieces(self, tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
        return [tokenizer.encode(word, add_special_tokens=False) for word in self.label_words]


def _label_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The label words as a tuple, refused where they cannot tell labels apart."""
    found = names("label_words", words, "(' negative', ' positive')")
    for word in found:
        readable(word, "A label word")
    if len(found) < 2:
        raise CourseError(
            f"{found[0]!r} is the only label word, so there is nothing to choose from",
            "give one for each label",
        )
    if len(set(found)) < len(found):
        raise _same_token(found)
    return found


def _same_token(words: tuple[str, ...]) -> CourseError:
    return CourseError(
        f"Two of the label words {words} are the same token",
        "choose a different word for each label",
    )


def draw_shots(
    train: "datasets.Dataset", k: int, seed: int, max_words: int = 30
) -> list[tuple[str, int]]:
    """Draw ``k`` demonstrations at random, from training texts of at most ``max_words`` words.

    Returns:
        ``(text, label)`` pairs.

    Raises:
        CourseError: there are fewer such texts than ``k``, a setting is no whole number, or see
            ``data.columns.texts_and_labels``.
    """
    k, seed = whole("k", k, 0), whole("seed", seed, 0)
    max_words = whole("max_words", max_words, 1)
    rows = zip(*texts_and_labels(train))
    short = [(text, label) for text, label in rows if len(text.split()) <= max_words]
    if k > len(short):
        raise CourseError(
            f"There are {len(short)} texts of at most max_words = {max_words} words, too few for "
            f"{k} demonstrations",
            "draw fewer, or raise max_words",
        )
    return random.Random(seed).sample(short, k)


def calibrate(scores: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Divide out the label that a prompt prefers whatever the text says.

    With texts without content as the reference this is contextual calibration (Zhao et al. 2021),
    with real texts, whose labels it does not need, batch calibration (Zhou et al. 2023). The second
    assumes that the labels are about equally common among them.

    Args:
        scores: (items, labels), label probabilities.
        reference: (texts, labels), those of the texts that show the preference.

    Returns:
        (items, labels), each row sums to 1.

    Raises:
        CourseError: the shapes do not fit, a score is not finite, or the reference gives a label
            no chance at all.
    """
    if scores.ndim != 2 or reference.ndim != 2 or scores.shape[1] != reference.shape[1]:
        raise CourseError(
            f"Scores of the shape {tuple(scores.shape)} do not fit a reference of the shape "
            f"{tuple(reference.shape)}",
            "give both as (texts, labels), with the same labels",
        )
    if not scores.isfinite().all():
        raise CourseError(
            "Some scores are NaN or infinite, so they cannot be calibrated",
            "look at where they come from: torch.isfinite(scores).all(1)",
        )
    if not len(reference) or not (reference.mean(0) > 0).all():
        raise CourseError(
            f"Over the {len(reference)} reference texts the labels get "
            f"{reference.mean(0).tolist()}: a score that is always 0 cannot be divided out",
            "take another template or other label words",
        )
    ratio = scores / reference.mean(0)
    return ratio / ratio.sum(1, keepdim=True)
