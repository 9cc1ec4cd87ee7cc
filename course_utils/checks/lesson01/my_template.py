"""``my_template`` (lesson 1, *A template*)."""

import random
import re
from typing import Any

from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson01.my_template_parts import BLANK, leaked_label, other_answer

ASKED = "a text such as 'Review: {text}\\nSentiment:'"
FIELD = r"\{\s*\w*\s*(?:[!:.\[][^{}]*)?\}"  # what format fills; JSON's braces hold quotes
OTHER_PLACES = r"%s|%\(\w+\)s|\$\{?\w+\}?|\[(?:text|review)\]|<(?:text|review)>|\((?:text|review)\)"
CHAT_TURN = re.compile(r"<\|[^|<>]+\|>\w*\n$")  # a chat's own line break, before the answer
CLOSINGS = r"</\w+>|<\|(?:im_end|end|eot_id|endoftext)\|>"


def type_mistake(answer: Any) -> str:
    """Why something is no template; "" if it is a text."""
    if isinstance(answer, str):
        return ""
    kind = type(answer).__name__
    likely = f"the template is a text in quotes, not a {kind}"
    if isinstance(answer, tuple) and len(answer) == 1:
        return likely + ": a comma after the quotes makes one"
    if isinstance(answer, (list, tuple, set, dict)):
        return likely + ": write a single one"
    return likely + ": the lesson fills it itself" if callable(answer) else likely


def placeholder_mistake(template: str) -> str:
    """What is wrong with the place for the text; "" if nothing."""
    places = template.count("{text}")
    rest = template.replace("{text}", "")
    field = re.search(FIELD, rest)
    other = re.search(OTHER_PLACES, template, re.IGNORECASE)
    if "{{text}}" in template:
        return "double braces mean plain braces: write {text} with one pair"
    if places > 1:
        return f"{{text}} stands there {places} times: the review would be read {places} times"
    if not places and field:
        return f"the place for the review must be called {{text}}, not {field[0]}"
    if not places and other:
        return f"{other[0]} is no place here: write {{text}}, in braces"
    if not places:
        return "no {text} in it: was it filled already, by an f before the quotes or by hand?"
    if "${text}" in template or "%{text}" in template:
        return "the sign before {text} would stay in every prompt: write {text} alone"
    if field:
        return f"only {{text}} will be filled: leave out {field[0]}"
    if has_stray_brace(rest):
        return "a single brace closes nothing: {text} has one pair"
    return ""


def has_stray_brace(text: str) -> bool:
    """Does a brace close that none has opened? One may stay open: the label comes inside."""
    depth = 0
    for sign in re.findall(r"[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return True
    return False


def ending_mistake(template: str) -> str:
    """What is wrong with the part after the text; "" if nothing."""
    after = re.sub(CLOSINGS, "", template.split("{text}")[1])
    if not after.strip(" \n\t.,;!?\"'`)]}*_-\u201c\u201d\u2019\u00bb\u2026"):
        return "nothing after {text} asks for the answer: the model would go on with the review"
    if re.search(r"\\n|(?<=[}.\s\"])/n", template):
        return "a line break is written \\n in plain quotes: here a stroke and an n stand there"
    if re.search(BLANK, template.lower()):
        return "a blank stands where the label word comes: end the template before it"
    if template != template.rstrip() and not CHAT_TURN.search(template):
        return (
            "white space at the end: the label word brings its own space, and after another one "
            "it is a different token"
        )
    return ""


def answer_mistake(template: str) -> str:
    """Does the template give its answer away, or ask for another one? "" if not."""
    if label := leaked_label(template):
        return f"the answer leaks: {label!r} is told in every prompt; name both labels, or neither"
    if other := other_answer(template):
        return f"the natural next word is {other}: ask for 'positive' or 'negative'"
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
    likely = type_mistake(answer)
    for mistake in (placeholder_mistake, ending_mistake, answer_mistake):
        likely = likely or mistake(answer)
    if likely:
        raise Mistake(likely, ASKED, show(answer))
