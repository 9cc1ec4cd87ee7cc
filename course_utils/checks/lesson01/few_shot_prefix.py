"""``few_shot_prefix`` (lesson 1, *Few-shot prompts*)."""

import random
from typing import Any

from course_utils.checks.core.compare import UNKNOWN, Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def right_prefix(shots: list, template: str, words: list[str], **change: Any) -> str:
    """The definition; ``change`` makes the usual mistakes.

    Args:
        change: ``word`` (label to text), ``gap`` between prompt and word, ``end`` after the word.
    """
    word = change.get("word", lambda label: words[label])
    gap, end = change.get("gap", ""), change.get("end", "\n\n")
    return "".join(template.replace("{text}", t) + gap + word(label) + end for t, label in shots)


PREFIX_MISTAKES: Mistakes = {
    "the number of the label is written, not its word: take label_words[label]": [
        lambda s, t, w: right_prefix(s, t, w, word=str),
        lambda s, t, w: right_prefix(s, t, w, word=str, gap=" "),
    ],
    "the label word is missing after each example: the model cannot learn what to answer": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: "")
    ],
    "the separator after each example is missing: two line breaks": [
        lambda s, t, w: right_prefix(s, t, w, end="")
    ],
    "one line break after each example, where two are asked for": [
        lambda s, t, w: right_prefix(s, t, w, end="\n")
    ],
    "a space was added before the label word: it brings its own": [
        lambda s, t, w: right_prefix(s, t, w, gap=" ")
    ],
    "a line break was added before the label word: it follows the template at once": [
        lambda s, t, w: right_prefix(s, t, w, gap="\n")
    ],
    "the label word lost its leading space": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[label].strip())
    ],
    "no separator after the last example: the review would stick to its answer": [
        lambda s, t, w: right_prefix(s, t, w).removesuffix("\n\n"),
        lambda s, t, w: right_prefix(s, t, w).rstrip(),
    ],
    "the order of the examples is reversed": [lambda s, t, w: right_prefix(s[::-1], t, w)],
    "the examples are sorted by label: keep the order that was given": [
        lambda s, t, w: right_prefix(sorted(s, key=lambda shot: shot[1]), t, w)
    ],
    "the label words are the wrong way round": [lambda s, t, w: right_prefix(s, t, w[::-1])],
    "only the texts are there: fill the template with each text": [
        lambda s, t, w: right_prefix(s, "{text}", w),
        lambda s, t, w: right_prefix(s, "{text}", w, word=lambda label: ""),
    ],
    "the template was not filled: {text} is still there": [
        lambda s, t, w: "".join(t + w[label] + "\n\n" for _, label in s)
    ],
    "only the first example is there: does `return` stand inside the loop?": [
        lambda s, t, w: right_prefix(s[:1], t, w)
    ],
    "only the last example is there: add to the text instead of replacing it": [
        lambda s, t, w: right_prefix(s[-1:], t, w)
    ],
    "the template for the next text was added at the end: the prefix is the examples alone": [
        lambda s, t, w: right_prefix(s, t, w) + t
    ],
    "a separator stands before the first example: put it after each one": [
        lambda s, t, w: "\n\n" + right_prefix(s, t, w).removesuffix("\n\n")
    ],
}
EMPTY_MISTAKES: Mistakes = {
    "without examples the prefix is the empty text ''": [
        lambda *_: "\n\n",
        lambda s, t, w: t,
        lambda *_: " ",
    ]
}


def read_text(value: Any) -> str:
    """Read a text."""
    if isinstance(value, str):
        return value
    likely = f"return one text, not a {type(value).__name__}"
    if isinstance(value, (list, tuple)):
        likely = "the examples are still a list: join them to one text"
    raise Mistake(likely, "a str", show(value))


HINTS = (
    "print repr(few_shot_prefix(...)) for two examples: repr shows spaces and line breaks",
    "for each (text, label): the template with the text in it, label_words[label], '\\n\\n'",
    "collect the pieces in a list and return ''.join(pieces): with no examples that is ''",
)


@exercise(hints=HINTS, mistakes={**PREFIX_MISTAKES, **EMPTY_MISTAKES})
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
        compare(answer, cases, right_prefix, PREFIX_MISTAKES, read_text)
    except Mistake as mistake:
        other = template.replace(marks[0], "Lesson").replace(marks[1], "Mood")
        if mistake.likely == UNKNOWN and answer(shots, template, words) == answer(
            shots, other, words
        ):
            likely = "the template in the second argument is not used"
            raise Mistake(likely, show(right_prefix(shots[:1], template, words))) from mistake
        raise
    compare(answer, [([], template, words)], right_prefix, EMPTY_MISTAKES, read_text)
