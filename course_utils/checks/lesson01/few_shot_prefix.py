"""``few_shot_prefix`` (lesson 1, *Examples in the prompt*)."""

import random
from collections.abc import Callable
from typing import Any

from course_utils.checks.core.compare import UNKNOWN, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson01.few_shot_prefix_mistakes import (
    EMPTY_MISTAKES,
    PREFIX_MISTAKES,
    right_prefix,
)

Case = tuple[list, str, tuple[str, ...]]


def read_text(value: Any) -> str:
    """Read a text."""
    if isinstance(value, str):
        return value
    likely = f"return one text, not a {type(value).__name__}"
    if isinstance(value, (list, tuple)):
        likely = "the examples are still a list: join them to one text" if value else likely
    raise Mistake(likely, "a str", show(value))


HINTS = (
    "print repr(few_shot_prefix(...)) for two examples: repr shows spaces and line breaks",
    "for each (text, label): the template with the text in it, label_words[label], '\\n\\n'",
    "collect the pieces in a list and return ''.join(pieces): with no examples that is ''",
)


@exercise(hints=HINTS, mistakes={**PREFIX_MISTAKES, **EMPTY_MISTAKES})
def few_shot_prefix(answer: Any, numbers: random.Random) -> None:
    """Filled template, label word and two line breaks for each example; '' for none."""
    cases = draw_cases(numbers)
    try:
        compare(answer, cases, right_prefix, PREFIX_MISTAKES, read_text)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:
            mistake.likely = why_unknown(answer, cases[-1])
        raise
    try:
        compare(answer, [([], *cases[0][1:])], right_prefix, EMPTY_MISTAKES, read_text)
    except Mistake as mistake:
        if mistake.got == "None":
            mistake.likely = "without examples the function returns None: '' is asked for"
        raise


def draw_cases(numbers: random.Random) -> list[Case]:
    """Examples of the lesson's two labels; of four in no order, one text twice; fewer."""
    words = tuple(" " + word for word in numbers.sample(("good", "bad", "fine", "poor", "dull"), 4))
    marks = numbers.sample(("Text", "Film", "Q", "Opinion", "Note"), 2)
    template = f"{marks[0]}: {{text}}\n{marks[1]} {numbers.randint(2, 9)}:"
    labels = numbers.choice(([2, 0, 3, 1], [1, 3, 0, 2], [3, 0, 2, 1]))
    texts = [f"{letter} {{odd}} {i} film" for i, letter in enumerate(numbers.sample("bdgkmp", 4))]
    texts = [texts[1], texts[3], texts[0], texts[2]]
    shots = list(zip(texts, labels))
    repeated = [*shots, (texts[0], labels[1]), shots[1]]
    two = [(text, label % 2) for text, label in shots[1:]]
    return [
        (two, template, (" negative", " positive")),
        (repeated, template, words),
        (shots[1:], template, words),
    ]


def why_unknown(answer: Callable, case: Case) -> str:
    """What other calls tell about a text that no usual mistake gives."""
    shots, template, words = case
    other = "Lesson: {text}\nMood:"
    try:
        here, elsewhere = (answer(shots[:1], t, words) for t in (template, other))
    except Exception:
        return UNKNOWN
    return "the template in the second argument is not used" if here == elsewhere else UNKNOWN
