"""What becomes of an answer when single soft tokens are dropped, set back or replaced by words?

Lesson 4, *The workbench*, where ``show.token_workbench`` does it live.
"""

import contextlib
import dataclasses
import enum
from collections.abc import Iterator, Mapping

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.scoring import label_scores
from course_utils.methods.soft_prompt import SoftPrompt


class Action(enum.Enum):
    """What is done with a soft token; the value is how the workbench names it."""

    KEEP = "as trained"
    DROP = "drop it"
    RESET = "back to its start"
    WORD = "a word instead"


@dataclasses.dataclass(frozen=True)
class Edit:
    """What is done with one soft token.

    Attributes:
        action: what.
        word: of ``Action.WORD``, as ``word_id`` takes it.
    """

    action: Action = Action.KEEP
    word: str = ""


@dataclasses.dataclass(frozen=True)
class Effect:
    """How probable the last label word is, among the label words.

    Attributes:
        label: that word.
        without: with no soft prompt.
        before: behind the soft prompt.
        after: behind the edited one.
    """

    label: str
    without: float
    before: float
    after: float

    @property
    def points(self) -> float:
        """What the edit changed, in percentage points."""
        return 100 * (self.after - self.before)

    def __str__(self) -> str:
        return (
            f"P({self.label!r}): {self.without:.3f} without a soft prompt, {self.before:.3f} "
            f"behind it, {self.after:.3f} edited ({self.points:+.1f} points)"
        )


def word_id(tokenizer: PreTrainedTokenizerBase, word: str) -> int:
    """The token of a word as it stands in running text, after a blank; else without the blank.

    Raises:
        CourseError: there is no word, or it is several tokens.
    """
    bare = word.strip()
    if not bare:
        raise CourseError("There is no word to put in its place", "type one, such as: good")
    pieces = [tokenizer.encode(text, add_special_tokens=False) for text in (f" {bare}", bare)]
    for ids in pieces:
        if len(ids) == 1 and ids[0] != tokenizer.unk_token_id:
            return ids[0]
    raise CourseError(
        f"'{bare}' is {len(pieces[0])} tokens in this model's vocabulary, and there is room for "
        "one",
        "take a commoner word, such as: good",
    )


def edited_prompt(
    vectors: torch.Tensor,
    start: torch.Tensor,
    edits: Mapping[int, Edit],
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
) -> torch.Tensor:
    """The soft prompt with edits at some of its tokens.

    Args:
        vectors, start: (length, d_model), the trained prompt and where it began.
        edits: by the number of the token; all others stay.
        table: (vocabulary, d_model), whose rows stand for words.

    Returns:
        (kept, d_model): without the tokens that were dropped.

    Raises:
        CourseError: ``start`` has another shape than ``vectors``; or see ``word_id``.
    """
    if vectors.shape != start.shape:
        raise CourseError(
            f"The start has the shape {tuple(start.shape)}, the prompt {tuple(vectors.shape)}",
            "give the vectors from which this very prompt began",
        )
    rows = []
    for token, vector in enumerate(vectors):
        edit = edits.get(token, Edit())
        if edit.action is Action.RESET:
            vector = start[token]
        elif edit.action is Action.WORD:
            vector = table[word_id(tokenizer, edit.word)]
        if edit.action is not Action.DROP:
            rows.append(vector)
    return torch.stack(rows) if rows else vectors[:0]


def edit_effect(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    vectors: torch.Tensor,
    edited: torch.Tensor,
    text: str,
) -> Effect:
    """The answer to one text without a soft prompt, behind it, and behind the edited one.

    Args:
        model: it keeps the soft prompt that it has, or has none, and what requires gradients.
        vectors, edited: (tokens, d_model); there may be 0 of them.

    Raises:
        CourseError: there is no text; or see ``measure.scoring.label_scores``.
    """
    if not text.strip():
        raise CourseError("There is no review to answer", "type one, such as: a fine film")
    shares = []
    for prefix in (vectors[:0], vectors, edited):
        with _behind(model, prefix):
            shares.append(label_scores(model, tokenizer, prompt, [text])[0, -1].item())
    return Effect(prompt.label_words[-1], *shares)


@contextlib.contextmanager
def _behind(model: PreTrainedModel, vectors: torch.Tensor) -> Iterator[None]:
    """Within the block, these vectors are the model's soft prompt; nothing is frozen for it."""
    own = getattr(model, "soft_prompt", None)
    model.soft_prompt = SoftPrompt(vectors).to(model.device) if len(vectors) else None
    try:
        yield
    finally:
        del model.soft_prompt
        if own is not None:
            model.soft_prompt = own
