"""``my_template`` (lesson 1, *A template*)."""

import random
import re
import string
from typing import Any

from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

LABELS = ("positive", "negative")
ASKED = "a text such as 'Review: {text}\\nSentiment:'"


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


HINTS = (
    "the model goes on where the prompt ends: what must stand there so that the next word is "
    "the label?",
    "write a plain text, without f before the quotes; {text} marks the review's place",
    "end with a word and a colon, such as 'Sentiment:', and no space after it",
)


@exercise(hints=HINTS)
def my_template(answer: Any, numbers: random.Random) -> None:
    """A template with one place for the text, a question after it, and no answer."""
    if not isinstance(answer, str):
        raise Mistake(
            f"the template is a text in quotes, not a {type(answer).__name__}", ASKED, show(answer)
        )
    likely = placeholder_mistake(answer) or ending_mistake(answer)
    if likely:
        raise Mistake(likely, ASKED, show(answer))
