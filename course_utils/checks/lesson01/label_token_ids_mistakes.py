"""What learners get wrong in ``label_token_ids``, and how their ids are read."""

from collections.abc import Callable
from typing import Any

import numpy
import torch

from course_utils.checks.core.compare import Mistakes
from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import WrongForm

LESSON_WORDS = (" negative", " positive")  # of the task in the notebook
Words = list[str] | tuple[str, ...]


def encode(tokenizer: Any, word: str) -> list[int]:
    """The tokens of a word alone, without special tokens."""
    return tokenizer.encode(word, add_special_tokens=False)


def ids_of(tokenizer: Any, words: Words) -> list[int]:
    """The definition, for words of one token each; of a longer one, the first."""
    return [encode(tokenizer, word)[0] for word in words]


def piece_of(change: Callable[[str], str], special: bool = False, place: int = 0) -> Callable:
    """A wrong answer: one token of each word after ``change``."""

    def wrong(tokenizer: Any, words: Words) -> list[int]:
        return [tokenizer.encode(change(w), add_special_tokens=special)[place] for w in words]

    return wrong


SPACE_LOST = "the leading space was lost: ' positive' and 'positive' are different tokens"
SPACE_ADDED = "a space was added: the label words bring their own, look each one up as it is given"
SPECIAL_ADDED = (
    "special tokens were added, and counted or taken for the word's: encode with "
    "add_special_tokens=False"
)
NESTED = (
    "a list stands within the list: the tokeniser gives a list for each word, take its only element"
)
OWN_SPELLING = (
    "the vocabulary spells a token in its own way ('\u0120positive'), not as the word: encode the "
    "word instead of looking it up"
)
NOT_LOOKED_UP = "these are strings: return the ids"
TOKEN_MISTAKES: Mistakes = {
    SPACE_LOST: [piece_of(str.strip), piece_of(str.strip, place=-1)],
    SPECIAL_ADDED: [piece_of(str, special=True), piece_of(str, special=True, place=-1)],
    SPACE_ADDED: [
        piece_of(lambda word: " " + word),
        piece_of(lambda word: " " + word.strip()),
    ],
    "only the first word has an id: does `return` stand inside the loop?": [
        lambda t, words: ids_of(t, words[:1]),
        lambda t, words: ids_of(t, words)[0],
    ],
    "only the last word has an id: put each id into the list within the loop": [
        lambda t, words: ids_of(t, words[-1:]),
        lambda t, words: ids_of(t, words)[-1],
    ],
    "the ids are sorted: keep the order of the words, it is the order of the labels": [
        lambda t, words: sorted(ids_of(t, words)),
        lambda t, words: sorted(ids_of(t, words), reverse=True),
    ],
    "the words were sorted: keep their order, it is the order of the labels": [
        lambda t, words: ids_of(t, sorted(words)),
        lambda t, words: ids_of(t, sorted(words, reverse=True)),
    ],
    "the order is reversed": [lambda t, words: ids_of(t, words)[::-1]],
    "a set keeps no order: return the ids in the order of the words, in a list": [
        lambda t, words: list(set(ids_of(t, words))),
        lambda t, words: set(ids_of(t, words)),
    ],
    "the two words of the notebook's task are written in: take those of the second argument": [
        lambda t, words: ids_of(t, LESSON_WORDS),
        lambda t, words: ids_of(t, LESSON_WORDS[::-1]),
    ],
    "these are the positions of the words in the list, not their token ids": [
        lambda t, words: list(range(len(words)))
    ],
    "these are the numbers of tokens, not the ids": [
        lambda t, words: [len(encode(t, word)) for word in words]
    ],
    OWN_SPELLING: [
        lambda t, words: [t.get_vocab()[word] for word in words],
        lambda t, words: [t.get_vocab()[word.strip()] for word in words],
        lambda t, words: t.convert_tokens_to_ids(list(words)),
        lambda t, words: t.convert_tokens_to_ids([word.strip() for word in words]),
    ],
    NESTED: [
        lambda t, words: [encode(t, word) for word in words],
        lambda t, words: t(list(words), add_special_tokens=False)["input_ids"],
    ],
    NOT_LOOKED_UP: [
        lambda t, words: list(words),
        lambda t, words: [t.tokenize(word)[0] for word in words],
    ],
}


def read_ids(value: Any) -> list[int]:
    """Read token ids: a list, tuple, tensor or array of whole numbers.

    Raises:
        WrongForm: they are something else.
    """
    items = value.tolist() if isinstance(value, (torch.Tensor, numpy.ndarray)) else value
    if not isinstance(items, (list, tuple)):
        kind = type(value).__name__
        raise WrongForm(f"return a list of ids, not a {kind}", "a list of int", show(value))
    for item in items:
        if likely := item_mistake(item):
            raise WrongForm(likely, "one int for each word", show(value))
    return [int(item) for item in items]


def item_mistake(item: Any) -> str:
    """Why an item of the list is no id; "" if it is one."""
    if isinstance(item, (list, tuple)) or getattr(item, "ndim", 0) > 0:
        return NESTED
    if isinstance(item, (str, bytes)):
        return NOT_LOOKED_UP
    if item is None:
        return OWN_SPELLING
    kind = item.dtype if isinstance(item, torch.Tensor) else type(item)
    whole = isinstance(item, (int, numpy.integer)) and not isinstance(item, bool)
    if whole or kind in (torch.int64, torch.int32):
        return ""
    return f"ids are whole numbers (int), not of type {getattr(kind, '__name__', kind)}"
