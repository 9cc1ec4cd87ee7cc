"""``label_token_ids`` (lesson 1, *Label words*)."""

import copy
import random
from collections.abc import Callable
from typing import Any

import numpy
import torch
from tokenizers import processors

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show, show_call
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.model.tiny import WORDS, tiny_tokenizer


def encode(tokenizer: Any, word: str) -> list[int]:
    """The tokens of a word alone, without special tokens."""
    return tokenizer.encode(word, add_special_tokens=False)


def first_of(change: Callable[[str], str], special: bool = False) -> Callable:
    """A wrong answer: the first token of each word after ``change``."""

    def wrong(tokenizer: Any, words: list[str]) -> list[int]:
        return [tokenizer.encode(change(w), add_special_tokens=special)[0] for w in words]

    return wrong


SPACE_LOST = "the leading space was lost: ' positive' and 'positive' are different tokens"
SPACE_ADDED = "a space was added: the label words bring their own, and two spaces are other tokens"
SPECIAL_ADDED = (
    "special tokens were added, so that the first token is not the word's: encode with "
    "add_special_tokens=False"
)
SORTED_IDS = "the ids are sorted: keep the order of the words, it is the order of the labels"
TOKEN_MISTAKES: Mistakes = {
    SPACE_LOST: [first_of(str.strip)],
    SPECIAL_ADDED: [first_of(str, special=True)],
    SPACE_ADDED: [first_of(lambda word: " " + word)],
    SORTED_IDS: [lambda t, words: sorted(encode(t, w)[0] for w in words)],
    "the order is reversed": [lambda t, words: [encode(t, w)[0] for w in reversed(words)]],
    "these are the positions of the words in the list, not their token ids": [
        lambda t, words: list(range(len(words)))
    ],
}


def read_ids(value: Any) -> list[int]:
    """Read a list of token ids."""
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        kind = type(value).__name__
        raise Mistake(f"return a list of ids, not a {kind}", "a list of int", show(value))
    if any(isinstance(item, (list, tuple)) for item in value):
        raise Mistake(
            "a list stands within the list: the tokeniser gives a list for each word, take its "
            "only element",
            "one int for each word",
            show(value),
        )
    if any(isinstance(item, str) for item in value):
        raise Mistake("these are strings: return the ids", "a list of int", show(value))
    if any(item is None for item in value):
        raise Mistake(
            "convert_tokens_to_ids knows a token by its own spelling ('\u0120positive'), not by "
            "the word: encode the word instead",
            "a list of int",
            show(value),
        )
    return list(value)


def with_special_tokens(tokenizer: Any) -> Any:
    """A copy of a tokeniser that puts a special token before every text, as Llama's does."""
    changed = copy.deepcopy(tokenizer)
    changed.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<end> $A", special_tokens=[("<end>", tokenizer.eos_token_id)]
    )
    return changed


def draw_words(tokenizer: Any, numbers: random.Random) -> list[str]:
    """Three to five single-token words whose ids neither rise nor fall all the way."""
    while True:
        words = numbers.sample(WORDS, numbers.randint(3, 5))
        ids = [encode(tokenizer, word)[0] for word in words]
        if ids not in (sorted(ids), sorted(ids, reverse=True)):
            return words


def refuses(answer: Any, tokenizer: Any, words: list[str], long: str) -> None:
    """Does the answer raise a ValueError that names the word of several tokens?"""
    asked = f"ValueError with {long!r} in its message: it is {len(encode(tokenizer, long))} tokens"
    text = show_call(answer, (tokenizer, words), {})
    try:
        value = call(answer, tokenizer, words)
    except AnswerRaised as raised:
        got = f"{type(raised.error).__name__}: {raised.error}"
        if not isinstance(raised.error, ValueError):
            raise Mistake("raise a ValueError, not another type", asked, got, text) from raised
        if long.strip() not in str(raised.error):
            likely = "the message does not name the word: whoever reads it must know which"
            raise Mistake(likely, asked, got, text) from raised
        return
    ids, place = read_ids(value), words.index(long)
    pieces = encode(tokenizer, long)
    likely = "nothing looks at the number of tokens: a word of several tokens must be refused"
    if len(ids) == len(words) and ids[place] == pieces[0]:
        likely = "the first piece is taken silently, and then stands for the whole word"
    elif len(ids) == len(words) and ids[place] == pieces[-1]:
        likely = "the last piece is taken silently, and then stands for the whole word"
    elif len(ids) == len(words) and encode(tokenizer, long.lower()) == [ids[place]]:
        likely = "the word was turned to lower case: that is another token"
    raise Mistake(likely, asked, show(ids), text)


HINTS = (
    "print tokenizer.encode(' positive', add_special_tokens=False), then the same without the "
    "space: how many ids, and which?",
    "encode each word as it is, check that the list has one id, and keep that id",
    "raise ValueError(f'{word!r} is {len(ids)} tokens') when len(ids) is not 1",
)


@exercise(hints=HINTS, mistakes=TOKEN_MISTAKES)
def label_token_ids(answer: Any, numbers: random.Random) -> None:
    """Ids of single-token words, in order, and an error for a word of several tokens."""
    plain = tiny_tokenizer()
    special = with_special_tokens(plain)
    for tokenizer, refused in ((plain, SPACE_LOST), (special, SPECIAL_ADDED)):
        words = draw_words(tokenizer, numbers)
        try:
            compare(
                answer, [(tokenizer, words)], lambda t, words: [encode(t, w)[0] for w in words],
                TOKEN_MISTAKES, read_ids,
            )  # fmt: skip
        except AnswerRaised as raised:
            if not isinstance(raised.error, ValueError):
                raise
            got = f"ValueError: {raised.error}"
            raise Mistake(refused, "ids: each word is one token", got, raised.call) from raised
    strange = " " + "".join(numbers.sample("abcdefgh", 5))
    refuses(answer, plain, [numbers.choice(WORDS), strange], strange)
    capital = " " + numbers.choice(WORDS).strip().capitalize()
    refuses(answer, plain, [capital, numbers.choice(WORDS)], capital)
