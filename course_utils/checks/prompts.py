"""Checks of lesson 1: the template and the few-shot prefix."""

import random
import re
import string
from typing import Any

from course_utils.checks.diagnose import UNKNOWN, Suspect, compare
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

LABELS = ("positive", "negative")
ASKED = "a text such as 'Review: {text}\\nSentiment:'"


def my_template(answer: Any, numbers: random.Random) -> None:
    """A template with one place for the text, a question after it, and no answer."""
    if not isinstance(answer, str):
        raise Mistake(
            f"the template is a text in quotes, not a {type(answer).__name__}", ASKED, show(answer)
        )
    likely = placeholder_mistake(answer) or ending_mistake(answer)
    if likely:
        raise Mistake(likely, ASKED, show(answer))


def placeholder_mistake(template: str) -> str:
    """What is wrong with the braces; "" if nothing."""
    places = template.count("{text}")
    rest = template.replace("{text}", "")
    if "{{text}}" in template:
        return "double braces mean plain braces: write {text} with one pair"
    if places > 1:
        return f"{{text}} stands there {places} times: the review would be read {places} times"
    if not places and "{" not in template:
        return "no {text} in it: was it filled already by an f before the quotes?"
    if not places:
        return f"the place for the review must be called {{text}}, not {first_field(template)}"
    if "{" in rest or "}" in rest:
        return f"only {{text}} will be filled: leave out {first_field(rest)}"
    return ""


def first_field(text: str) -> str:
    """The first thing in braces, or ``a single brace``."""
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        return "a single brace"
    return f"{{{fields[0]}}}" if fields else "the braces"


def ending_mistake(template: str) -> str:
    """What is wrong with the part after the text; "" if nothing."""
    after = template.split("{text}")[1]
    words = re.findall(r"\w+", after.lower())
    named = [label for label in LABELS if label in words]
    if not after.strip(" \n\t.,;!\"'`)]"):
        return "nothing after {text} asks for the answer: the model would go on with the review"
    if len(named) == 1 or named and re.search(r"[:=]\s*\w+\W*$", after):
        return f"the answer leaks: '{named[0]}' stands after the text, in every prompt"
    if template != template.rstrip():
        return (
            "white space at the end: the label word brings its own space, and after another one "
            "it is a different token"
        )
    return ""


def right_prefix(shots: list, template: str, words: list[str], **change: Any) -> str:
    """The definition; ``change`` makes the usual mistakes.

    Args:
        change: ``word`` (label to text), ``gap`` between prompt and word, ``end`` after the word.
    """
    word = change.get("word", lambda label: words[label])
    gap, end = change.get("gap", ""), change.get("end", "\n\n")
    return "".join(template.replace("{text}", t) + gap + word(label) + end for t, label in shots)


PREFIX_SUSPECTS: list[Suspect] = [
    ("the number of the label is written, not its word: take label_words[label]",
     lambda s, t, w: right_prefix(s, t, w, word=str)),
    ("the number of the label is written, not its word: take label_words[label]",
     lambda s, t, w: right_prefix(s, t, w, word=str, gap=" ")),
    ("the label word is missing after each example: the model cannot learn what to answer",
     lambda s, t, w: right_prefix(s, t, w, word=lambda label: "")),
    ("the separator after each example is missing: two line breaks",
     lambda s, t, w: right_prefix(s, t, w, end="")),
    ("one line break after each example, where two are asked for",
     lambda s, t, w: right_prefix(s, t, w, end="\n")),
    ("a space was added before the label word: it brings its own",
     lambda s, t, w: right_prefix(s, t, w, gap=" ")),
    ("a line break was added before the label word: it follows the template at once",
     lambda s, t, w: right_prefix(s, t, w, gap="\n")),
    ("the label word lost its leading space", lambda s, t, w: right_prefix(
        s, t, w, word=lambda label: w[label].strip())),
    ("no separator after the last example: the review would stick to its answer",
     lambda s, t, w: right_prefix(s, t, w).removesuffix("\n\n")),
    ("no separator after the last example: the review would stick to its answer",
     lambda s, t, w: right_prefix(s, t, w).rstrip()),
    ("the order of the examples is reversed", lambda s, t, w: right_prefix(s[::-1], t, w)),
    ("the examples are sorted by label: keep the order that was given",
     lambda s, t, w: right_prefix(sorted(s, key=lambda shot: shot[1]), t, w)),
    ("the label words are the wrong way round", lambda s, t, w: right_prefix(s, t, w[::-1])),
    ("only the texts are there: fill the template with each text",
     lambda s, t, w: right_prefix(s, "{text}", w)),
    ("only the texts are there: fill the template with each text",
     lambda s, t, w: right_prefix(s, "{text}", w, word=lambda label: "")),
    ("the template was not filled: {text} is still there",
     lambda s, t, w: "".join(t + w[label] + "\n\n" for _, label in s)),
    ("only the first example is there: does `return` stand inside the loop?",
     lambda s, t, w: right_prefix(s[:1], t, w)),
    ("only the last example is there: add to the text instead of replacing it",
     lambda s, t, w: right_prefix(s[-1:], t, w)),
    ("the template for the next text was added at the end: the prefix is the examples alone",
     lambda s, t, w: right_prefix(s, t, w) + t),
    ("a separator stands before the first example: put it after each one",
     lambda s, t, w: "\n\n" + right_prefix(s, t, w).removesuffix("\n\n")),
]  # fmt: skip
NO_SHOTS = "without examples the prefix is the empty text ''"


def read_text(value: Any) -> str:
    """Read a text."""
    if isinstance(value, str):
        return value
    likely = f"return one text, not a {type(value).__name__}"
    if isinstance(value, (list, tuple)):
        likely = "the examples are still a list: join them to one text"
    raise Mistake(likely, "a str", show(value))


def few_shot_prefix(answer: Any, numbers: random.Random) -> None:
    """Filled template, label word and two line breaks for each example; '' for none."""
    words = [" " + word for word in numbers.sample(("good", "bad", "fine", "poor", "dull"), 3)]
    marks = numbers.sample(("Text", "Film", "Q", "Opinion", "Note"), 2)
    template = f"{marks[0]}: {{text}}\n{marks[1]} {numbers.randint(2, 9)}:"
    labels = numbers.sample((2, 0, 1), 3)
    labels = [1, *labels, labels[0]] if labels == [0, 1, 2] else [*labels, 0]
    shots = [(f"{numbers.choice('abcxyz')} {{odd}} {i} film", n) for i, n in enumerate(labels)]
    cases = [(shots, template, words), (shots[1:], template, words)]
    try:
        compare(answer, cases, right_prefix, PREFIX_SUSPECTS, read_text)
    except Mistake as mistake:
        other = template.replace(marks[0], "Lesson").replace(marks[1], "Mood")
        if mistake.likely == UNKNOWN and answer(shots, template, words) == answer(
            shots, other, words
        ):
            likely = "the template in the second argument is not used"
            raise Mistake(likely, show(right_prefix(shots[:1], template, words))) from mistake
        raise
    compare(answer, [([], template, words)], right_prefix, [(NO_SHOTS, lambda *_: "\n\n"),
            (NO_SHOTS, lambda s, t, w: t), (NO_SHOTS, lambda *_: " ")], read_text)  # fmt: skip
