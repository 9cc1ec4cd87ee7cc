"""Does an answer to ``label_token_ids`` refuse words of several tokens, and name them?"""

import random
from typing import Any

import numpy
import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.describe import show, show_call
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson01.label_token_ids_mistakes import SPACE_ADDED, encode
from course_utils.model.tiny import WORDS

FIRST_PIECE = "the first piece is taken silently, and then stands for the whole word"


def refuses_long_words(answer: Any, tokenizer: Any, numbers: random.Random) -> None:
    """Put words of several tokens at each place of the list.

    Raises:
        Mistake: one is not refused by a ``ValueError`` that names it.
    """
    strange = " " + "".join(numbers.sample("abcdefgh", 5))
    one, two, *others = numbers.sample(WORDS, 4)
    texts = [with_long(others, strange, place) for place in (1, 0, 2)]
    silent = [words for words in texts if accepts(answer, tokenizer, words)]
    if silent:
        likely = which_is_tested(silent, strange) or which_is_counted(answer, tokenizer, one + two)
        raise_not_refused(answer, tokenizer, silent[0], strange, likely)
    capital = " " + one.strip().capitalize()
    for long in (strange, one + two, one.strip(), capital):
        refuses(answer, tokenizer, with_long(others, long, numbers.randrange(3)), long)


def with_long(others: list[str], long: str, place: int) -> list[str]:
    """The words with the long one among them."""
    return [*others[:place], long, *others[place:]]


def accepts(answer: Any, tokenizer: Any, words: list[str]) -> bool:
    """Does the answer end without an exception?"""
    try:
        call(answer, tokenizer, words)
    except AnswerRaised:
        return False
    except Mistake:
        pass  # None, or a changed input
    return True


def which_is_tested(silent: list[list[str]], long: str) -> str:
    """Where only some places are tested, which; "" if none is."""
    places = {words.index(long) for words in silent}
    if places == {0, 1}:
        return "only the last word is tested: put the test inside the loop"
    return "only the first word is tested: test each one" if places == {1, 2} else ""


def which_is_counted(answer: Any, tokenizer: Any, two_words: str) -> str:
    """Something else than tokens, if two words are refused and one strange word is not."""
    if accepts(answer, tokenizer, [two_words]):
        return ""
    return (
        "a strange word of several tokens passes, two words in one do not: perhaps words or spaces "
        "are counted, not tokens"
    )


def refuses(answer: Any, tokenizer: Any, words: list[str], long: str) -> None:
    """Ask for a ``ValueError`` that names the long word.

    Raises:
        Mistake: there is none, or another exception, or it names no word or all of them.
    """
    try:
        call(answer, tokenizer, words)
    except AnswerRaised as raised:
        likely = exception_mistake(raised.error, words, long)
        if likely:
            got = f"{type(raised.error).__name__}: {raised.error}"
            raise Mistake(likely, asked(tokenizer, long), got, raised.call) from raised
        return
    except Mistake:
        pass  # None, or a changed input: what it is about follows
    raise_not_refused(answer, tokenizer, words, long, "")


def exception_mistake(error: BaseException, words: list[str], long: str) -> str:
    """What is wrong with an exception; "" if nothing."""
    text = str(error)
    if isinstance(error, AssertionError):
        return "`assert` raises an AssertionError: write `raise ValueError(...)`"
    if not isinstance(error, ValueError):
        return "raise a ValueError, not another type"
    if long.strip() not in text:
        return "the message does not name the word: whoever reads it must know which"
    others = [word.strip() for word in words if word != long]
    if any(text.count(other) >= text.count(long.strip()) for other in others):
        return "the message names all the words: nobody knows which one is meant"
    return ""


def asked(tokenizer: Any, long: str) -> str:
    """What is asked for, in words."""
    return f"ValueError with {long!r} in its message: it is {len(encode(tokenizer, long))} tokens"


def raise_not_refused(
    answer: Any, tokenizer: Any, words: list[str], long: str, likely: str
) -> None:
    """Say what the answer did with a long word, ``likely`` if that is known."""
    text = show_call(answer, (tokenizer, words), {})
    try:
        value = call(answer, tokenizer, words)
    except AnswerRaised:
        value = "an exception at the second call alone"
    except Mistake as mistake:
        if mistake.got != "None":
            raise
        likely = likely or "the function returns None for a long word: raise the ValueError"
        raise Mistake(likely, asked(tokenizer, long), "None", text) from mistake
    likely = likely or silent_mistake(tokenizer, value, words, long)
    raise Mistake(likely, asked(tokenizer, long), show(value), text)


def silent_mistake(tokenizer: Any, value: Any, words: list[str], long: str) -> str:
    """What a value does with the long word that it should have refused."""
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        value = value.tolist()
    if isinstance(value, BaseException):
        return f"the {type(value).__name__} is returned: `raise` it"
    if isinstance(value, str):
        return "a message is returned: `raise` a ValueError with it"
    if not isinstance(value, (list, tuple)):
        return "nothing looks at the number of tokens: a word of several tokens must be refused"
    place, pieces = words.index(long), encode(tokenizer, long)
    if len(value) == len(words):
        return stand_in(tokenizer, value[place], long)
    if len(value) == place:
        return "the list ends where the long word stands: raise a ValueError there"
    if len(value) == len(words) - 1:
        return "the long word is left out silently: raise a ValueError that names it"
    if len(value) == len(words) - 1 + len(pieces):
        return "all pieces of the long word are in the list: count them, and refuse it"
    return "this is neither an id for each word nor an error: raise a ValueError for the long word"


def stand_in(tokenizer: Any, item: Any, long: str) -> str:
    """What stands in the place of the long word."""
    pieces = encode(tokenizer, long)
    if isinstance(item, (list, tuple)):
        return "all pieces of a long word stand there in a list: refuse it with a ValueError"
    if not isinstance(item, int):
        return f"{show(item)} stands in for the long word: raise a ValueError that names it"
    if item == pieces[0]:
        return FIRST_PIECE
    if item == pieces[-1]:
        return "the last piece is taken silently, and then stands for the whole word"
    if encode(tokenizer, long.lower()) == [item]:
        return "the word was turned to lower case: that is another token"
    if encode(tokenizer, " " + long.strip()) == [item]:
        return SPACE_ADDED
    return f"{item} stands in for the long word: raise a ValueError that names it"
