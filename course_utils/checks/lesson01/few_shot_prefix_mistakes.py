"""What learners get wrong in ``few_shot_prefix``."""

import functools
from typing import Any

from course_utils.checks.core.compare import Mistakes

Shots = list[tuple[str, int]]
Words = tuple[str, ...]


def right_prefix(shots: Shots, template: str, words: Words, **change: Any) -> str:
    """The definition; ``change`` makes the usual mistakes.

    Args:
        change: ``word`` (label to text), ``gap`` between prompt and word, ``end`` after the word.
    """
    word = change.get("word", lambda label: words[label])
    gap, end = change.get("gap", ""), change.get("end", "\n\n")
    return "".join(template.replace("{text}", t) + gap + word(label) + end for t, label in shots)


def by_place(shots: Shots, template: str, words: Words) -> str:
    """The word by the place of the shot, from the first again after the last word."""
    placed = [(text, i % len(words)) for i, (text, _) in enumerate(shots)]
    return right_prefix(placed, template, words)


def without_repeats(shots: Shots, template: str, words: Words) -> str:
    """A text that occurs twice stands there once."""
    return right_prefix(list(dict(shots).items()), template, words)


LESSON_WORDS = (" negative", " positive")
LESSON_TEMPLATE = "Review: {text}\nSentiment:"
STRIPPED = "the label word lost its leading space"
NUMBER = "the number of the label is written, not its word: take label_words[label]"
NOT_LAST = "no separator after the last example: the review would stick to its answer"
PREFIX_MISTAKES: Mistakes = {
    NUMBER: [
        lambda s, t, w: right_prefix(s, t, w, word=str),
        lambda s, t, w: right_prefix(s, t, w, word=str, gap=" "),
    ],
    "the label word is missing after each example: the model cannot learn what to answer": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: ""),
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: "").removesuffix("\n\n"),
    ],
    "the separator after each example is missing: two line breaks": [
        lambda s, t, w: right_prefix(s, t, w, end="")
    ],
    "one line break after each example, where two are asked for": [
        lambda s, t, w: right_prefix(s, t, w, end="\n"),
        lambda s, t, w: right_prefix(s, t, w, end="\n").removesuffix("\n"),
    ],
    "three line breaks after each example: two make an empty line": [
        lambda s, t, w: right_prefix(s, t, w, end="\n\n\n")
    ],
    "one line break alone after the last example: two after each, after the last one too": [
        lambda s, t, w: right_prefix(s, t, w).removesuffix("\n")
    ],
    "a backslash and an n are written, not a line break: no r before the quotes, no \\\\n": [
        lambda s, t, w: right_prefix(s, t, w, end=r"\n\n"),
        lambda s, t, w: right_prefix(s, t, w, end=r"\n\n").removesuffix(r"\n\n"),
        lambda s, t, w: right_prefix(s, t, w, end="/n/n"),
    ],
    "a space stands where the separator should: two line breaks": [
        lambda s, t, w: right_prefix(s, t, w, end=" "),
        lambda s, t, w: right_prefix(s, t, w, end=" ").strip(),
        lambda s, t, w: right_prefix(s, t, w, end="\n \n"),
    ],
    "a space was added before the label word: it brings its own": [
        lambda s, t, w: right_prefix(s, t, w, gap=" "),
        lambda s, t, w: right_prefix(s, t, w, gap=" ").removesuffix("\n\n"),
    ],
    "a line break was added before the label word: it follows the template at once": [
        lambda s, t, w: right_prefix(s, t, w, gap="\n"),
        lambda s, t, w: right_prefix(s, t, w, gap="\n\n"),
    ],
    STRIPPED: [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[label].strip()),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: w[n].strip()).removesuffix("\n\n"),
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[label].strip(), gap="\n"),
    ],
    NOT_LAST: [
        lambda s, t, w: right_prefix(s, t, w).removesuffix("\n\n"),
        lambda s, t, w: right_prefix(s, t, w).strip(),
    ],
    "the order of the examples is reversed": [
        lambda s, t, w: right_prefix(s[::-1], t, w),
        lambda s, t, w: right_prefix(s[::-1], t, w).removesuffix("\n\n"),
    ],
    "the examples are sorted by label: keep the order that was given": [
        lambda s, t, w: right_prefix(sorted(s, key=lambda shot: shot[1]), t, w),
        lambda s, t, w: right_prefix(sorted(s, key=lambda shot: -shot[1]), t, w),
    ],
    "the examples are sorted by their text: keep the order that was given": [
        lambda s, t, w: right_prefix(sorted(s), t, w),
        lambda s, t, w: right_prefix(sorted(s, reverse=True), t, w),
    ],
    "an example whose text comes twice is there once: keep all of them, in a list": [
        without_repeats,
        lambda s, t, w: right_prefix(list(dict.fromkeys(s)), t, w),
    ],
    "the label words are the wrong way round": [lambda s, t, w: right_prefix(s, t, w[::-1])],
    "the labels are counted from 1: they count from 0, label_words[label]": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[label - 1]),
    ],
    "an index goes beyond the words or the pair: label_words[label] counts from 0, as do pairs": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[label + 1]),
    ],
    "the word is chosen by the example's place: take label_words[label] for its own label": [
        by_place
    ],
    "all examples get the same word: take label_words[label] for each label": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[0]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[1]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[-1]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda label: w[s[0][1]]),
    ],
    "the words of the notebook's task are written in: take label_words": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: LESSON_WORDS[bool(n)]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: LESSON_WORDS[n == 1]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: LESSON_WORDS[n != 0].strip(), gap=" "),
    ],
    "a fixed word of two is taken for each label: there may be more than two": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: w[1] if n == 1 else w[0]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: w[1] if n else w[0]),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: w[bool(n)]),
    ],
    "perhaps a list of two words is written in, too short for these labels: take label_words": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: list(LESSON_WORDS)[n])
    ],
    "all label words stand there: take label_words[label]": [
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: "".join(w)),
        lambda s, t, w: right_prefix(s, t, w, word=lambda n: str(w)),
    ],
    "only the texts are there: fill the template with each text": [
        lambda s, t, w: right_prefix(s, "{text}", w),
        lambda s, t, w: right_prefix(s, "{text}", w, word=lambda label: ""),
    ],
    "the lesson's template is written in: take the second argument": [
        lambda s, t, w: right_prefix(s, LESSON_TEMPLATE, w)
    ],
    "the template was not filled: {text} is still there": [
        lambda s, t, w: "".join(t + w[label] + "\n\n" for _, label in s),
        lambda s, t, w: "".join(t + text + w[label] + "\n\n" for text, label in s),
        lambda s, t, w: "".join(text + t + w[label] + "\n\n" for text, label in s),
        lambda s, t, w: "".join(t + " " + text + w[label] + "\n\n" for text, label in s),
        lambda s, t, w: "".join(t + "\n" + text + w[label] + "\n\n" for text, label in s),
    ],
    "the braces are still there: replace '{text}' with them": [
        lambda s, t, w: "".join(t.replace("text", x) + w[label] + "\n\n" for x, label in s)
    ],
    "the label word stands before the template: it comes after it": [
        lambda s, t, w: "".join(w[n] + t.replace("{text}", x) + "\n\n" for x, n in s)
    ],
    "the whole pair was filled in: take its text, `for text, label in shots`": [
        lambda s, t, w: "".join(t.replace("{text}", str(p)) + w[p[1]] + "\n\n" for p in s)
    ],
    "only the first example is there: does `return` stand inside the loop?": [
        lambda s, t, w: right_prefix(s[:1], t, w),
        lambda s, t, w: right_prefix(s[:1], t, w).removesuffix("\n\n"),
    ],
    "only the last example is there: add to the text instead of replacing it": [
        lambda s, t, w: right_prefix(s[-1:], t, w)
    ],
    "the first or the last example is missing: go through all of them": [
        lambda s, t, w: right_prefix(s[1:], t, w),
        lambda s, t, w: right_prefix(s[:-1], t, w),
    ],
    "the template for the next text was added at the end: the prefix is the examples alone": [
        lambda s, t, w: right_prefix(s, t, w) + t,
        lambda s, t, w: right_prefix(s, t, w) + t.replace("{text}", ""),
    ],
    "a separator stands before the first example: put it after each one": [
        lambda s, t, w: "\n\n" + right_prefix(s, t, w).removesuffix("\n\n"),
        lambda s, t, w: "\n\n" + right_prefix(s, t, w),
    ],
    "a pair is (text, label), in this order: perhaps they are swapped, or taken for a dictionary": [
        lambda s, t, w: "".join(t.replace("{text}", x) + w[n] for n, x in s),
        lambda s, t, w: "".join(t.format(text=x) + w[n] for n, x in s),
        lambda s, t, w: [list(w)[x] for x, _ in s],
        lambda s, t, w: "".join(w[n] + t for n, x in s),
    ],
    "a label is a number, to be joined to the text as label_words[label]": [
        lambda s, t, w: "".join(t.replace("{text}", x) + n for x, n in s),
        lambda s, t, w: "".join(t.format(text=x) + n for x, n in s),
    ],
    "format wants the name of the place: template.format(text=text)": [
        lambda s, t, w: t.format(s[0][0]),
        lambda s, t, w: t.format(review=s[0][0]),
    ],
    "a filled text goes through format again: the braces of a review are no places": [
        lambda s, t, w: t.replace("{text}", s[0][0]).format(),
        lambda s, t, w: t.replace("{text}", s[1][0]).format(text=s[1][0]),
    ],
    "% fills %s: write template.replace('{text}', text)": [lambda s, t, w: t % s[0][0]],
}
EMPTY_MISTAKES: Mistakes = {
    "without examples the prefix is the empty text ''": [
        lambda *_: "\n\n",
        lambda s, t, w: t,
        lambda *_: " ",
        lambda *_: "\n",
    ],
    "without examples there is no first one: return '' then": [
        lambda s, t, w: s[0],
        lambda s, t, w: functools.reduce(lambda a, b: a, s),
        lambda s, t, w: s.pop(),
        lambda s, t, w: max(s),
    ],
}
