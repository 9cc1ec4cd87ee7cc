"""``label_token_ids`` (lesson 1, *Label words*)."""

import copy
import random
from typing import Any

from tokenizers import processors

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import compare
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson01.label_token_ids_long import refuses_long_words
from course_utils.checks.lesson01.label_token_ids_mistakes import (
    SPACE_ADDED,
    SPACE_LOST,
    SPECIAL_ADDED,
    TOKEN_MISTAKES,
    encode,
    ids_of,
    read_ids,
)
from course_utils.model.tiny import WORDS, tiny_tokenizer


def with_special_tokens(tokenizer: Any) -> Any:
    """A copy of a tokeniser that puts a special token at both ends of every text."""
    changed = copy.deepcopy(tokenizer)
    changed.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<end> $A <end>", special_tokens=[("<end>", tokenizer.eos_token_id)]
    )
    return changed


def draw_words(tokenizer: Any, numbers: random.Random) -> tuple[str, ...]:
    """Three to five single-token words whose ids neither rise nor fall all the way."""
    while True:
        words = tuple(numbers.sample(WORDS, numbers.randint(3, 5)))
        ids = ids_of(tokenizer, words)
        if ids not in (sorted(ids), sorted(ids, reverse=True)):
            return words


def why_refused(answer: Any, tokenizer: Any, special: bool) -> str:
    """Why an answer refuses words that are single tokens: found by trying others."""
    word, letter = WORDS[2].strip(), "x"  # two tokens after another space; one token

    def gives(text: str) -> list[int]:
        try:
            return read_ids(call(answer, tokenizer, [text]))
        except (AnswerRaised, Mistake):
            return []

    if special:
        return SPECIAL_ADDED
    if gives(" " + letter) == encode(tokenizer, letter):
        return SPACE_LOST
    if gives(word) == encode(tokenizer, " " + word):
        return SPACE_ADDED
    if gives(word):
        return "the condition is the wrong way round: single tokens are refused, long words not"
    if gives(letter):
        return (
            "perhaps something else than the tokens is looked at: the characters, the spaces, or "
            "the vocabulary's own spelling ('\u0120positive')"
        )
    return "every word is refused: print what the condition compares, for one word"


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
    for tokenizer, special in ((plain, False), (with_special_tokens(plain), True)):
        first, *others = sorted(numbers.sample("xqjwvk", 3))  # without a space, single tokens
        letters = [*others, first]  # neither sorted nor the other way round
        cases = [(tokenizer, letters), (tokenizer, draw_words(tokenizer, numbers))]
        try:
            compare(answer, cases, ids_of, TOKEN_MISTAKES, read_ids)
        except AnswerRaised as raised:
            if not isinstance(raised.error, ValueError):
                raise
            got = f"ValueError: {raised.error}"
            likely = why_refused(answer, tokenizer, special)
            raise Mistake(likely, "ids: each word is one token", got, raised.call) from raised
    refuses_long_words(answer, plain, numbers)
