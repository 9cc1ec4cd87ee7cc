"""Answers to ``few_shot_prefix``."""

from course_utils.data.prompts import Prompt


def by_join(shots, template, label_words):
    return "".join(template.format(text=t) + label_words[label] + "\n\n" for t, label in shots)


def by_loop(shots, template, label_words):
    prefix = ""
    for shot in shots:
        prefix += f"{template.replace('{text}', shot[0])}{label_words[shot[1]]}\n\n"
    return prefix


def by_recursion(shots, template, label_words):
    if not shots:
        return ""
    (text, label), *rest = shots
    before, after = template.split("{text}")
    return (
        before + text + after + label_words[label] + "\n\n" + by_join(rest, template, label_words)
    )


def fill(template, text):
    return template.replace("{text}", text)


def label_index(shots, template, label_words):
    return "".join(f"{fill(template, t)} {label}\n\n" for t, label in shots)


def no_separator(shots, template, label_words):
    return "".join(fill(template, t) + label_words[label] for t, label in shots)


def single_line_break(shots, template, label_words):
    return "".join(fill(template, t) + label_words[label] + "\n" for t, label in shots)


def no_label(shots, template, label_words):
    return "".join(fill(template, t) + "\n\n" for t, _ in shots)


def reversed_order(shots, template, label_words):
    return by_join(list(reversed(shots)), template, label_words)


def sorted_by_label(shots, template, label_words):
    return by_join(sorted(shots, key=lambda shot: shot[1]), template, label_words)


def text_only(shots, template, label_words):
    return "".join(text + "\n\n" for text, _ in shots)


def no_final_separator(shots, template, label_words):
    return "\n\n".join(fill(template, t) + label_words[label] for t, label in shots)


def extra_space(shots, template, label_words):
    return "".join(f"{fill(template, t)} {label_words[label]}\n\n" for t, label in shots)


def space_stripped(shots, template, label_words):
    return by_join(shots, template, [word.strip() for word in label_words])


def words_swapped(shots, template, label_words):
    return by_join(shots, template, label_words[::-1])


def own_template(shots, template, label_words):
    return by_join(shots, "My review: {text}\nMy mood:", label_words)


def not_filled(shots, template, label_words):
    return "".join(template + label_words[label] + "\n\n" for _, label in shots)


def returns_in_the_loop(shots, template, label_words):
    for text, label in shots:
        return fill(template, text) + label_words[label] + "\n\n"
    return ""


def overwrites(shots, template, label_words):
    prefix = ""
    for text, label in shots:
        prefix = fill(template, text) + label_words[label] + "\n\n"
    return prefix


def list_returned(shots, template, label_words):
    return [fill(template, t) + label_words[label] + "\n\n" for t, label in shots]


def template_at_the_end(shots, template, label_words):
    return by_join(shots, template, label_words) + template


def line_breaks_without_shots(shots, template, label_words):
    return by_join(shots, template, label_words) or "\n\n"


def pops(shots, template, label_words):
    prefix = ""
    while shots:
        text, label = shots.pop(0)
        prefix += fill(template, text) + label_words[label] + "\n\n"
    return prefix


def each(name, text):
    """An answer that joins the text for each shot: of filled, word, label, words, t(emplate), x."""

    def answer(shots, template, label_words):
        pieces = []
        for i, (x, label) in enumerate(shots):
            names = {"filled": fill(template, x), "label": label, "words": label_words, "i": i}
            names |= {"word": label_words[label], "t": template, "x": x, "n": len(shots)}
            pieces.append(eval(text, names))
        return "".join(pieces)

    answer.__name__ = name
    return answer


def of_shots(name, change):
    """An answer that changes the list of shots first."""

    def answer(shots, template, label_words):
        return by_join(change(shots), template, label_words)

    answer.__name__ = name
    return answer


def by_prompt(shots, template, label_words):
    return Prompt(template, label_words).with_shots(shots).prefix


def nothing_without_shots(shots, template, label_words):
    return by_join(shots, template, label_words) or None


def separator_first(shots, template, label_words):
    return "".join("\n\n" + fill(template, t) + label_words[label] for t, label in shots)


EARLIER = []


def remembers(shots, template, label_words):
    EARLIER.append(by_join(shots, template, label_words))
    return "".join(EARLIER)


def NEXT(answer):
    words = (" negative", " positive")
    shots = [("fine", 1), ("dull", 0)]
    template = "Review: {text}\nSentiment:"
    prompt = Prompt(template, words, answer(shots, template, words))
    assert prompt == Prompt(template, words).with_shots(shots)
    assert prompt.render("...").endswith("negative\n\nReview: ...\nSentiment:")
    assert Prompt(template, words, answer([], template, words)) == Prompt(template, words)


RIGHT = [by_join, by_loop, by_recursion, by_prompt]
WRONG = [
    (label_index, "the number of the label"),
    (no_separator, "the separator after each example is missing"),
    (single_line_break, "one line break"),
    (no_label, "the label word is missing"),
    (reversed_order, "reversed"),
    (sorted_by_label, "sorted by label"),
    (text_only, "only the texts"),
    (no_final_separator, "no separator after the last"),
    (extra_space, "a space was added before the label word"),
    (space_stripped, "lost its leading space"),
    (words_swapped, "the wrong way round"),
    (own_template, "the template in the second argument is not used"),
    (not_filled, "the template was not filled"),
    (returns_in_the_loop, "only the first example"),
    (overwrites, "only the last example"),
    (list_returned, "join them"),
    (template_at_the_end, "was added at the end"),
    (line_breaks_without_shots, "without examples"),
    (pops, "changes its input in place"),
    (nothing_without_shots, "without examples the function returns None"),
    (separator_first, "a separator stands before the first"),
    (remembers, "gives another value the second time"),
    (each("three", "filled + word + '\\n\\n\\n'"), "three line breaks"),
    (each("last", "filled + word + '\\n' * (1 if i == n - 1 else 2)"), "one line break alone"),
    (each("raw", "filled + word + r'\\n\\n'"), "a backslash and an n"),
    (each("space", "filled + word + ' '"), "a space stands where the separator"),
    (each("line_before", "filled + '\\n' + word + '\\n\\n'"), "a line break was added"),
    (each("from_1", "filled + words[label - 1] + '\\n\\n'"), "counted from 1"),
    (each("by_place", "filled + words[i % len(words)] + '\\n\\n'"), "by the example's place"),
    (each("same", "filled + words[0] + '\\n\\n'"), "all examples get the same word"),
    (
        each("fixed", "filled + (' positive' if label else ' negative') + '\\n\\n'"),
        "the words of the notebook's task",
    ),
    (each("two", "filled + words[label == 1] + '\\n\\n'"), "a fixed word of two"),
    (each("all_words", "filled + ''.join(words) + '\\n\\n'"), "all label words"),
    (
        each("fixed_template", "'Review: ' + x + '\\nSentiment:' + word + '\\n\\n'"),
        "the lesson's template is written in",
    ),
    (each("braces", "t.replace('text', x) + word + '\\n\\n'"), "the braces are still there"),
    (each("word_first", "word + filled + '\\n\\n'"), "the label word stands before"),
    (
        each("pair", "t.replace('{text}', str((x, label))) + word + '\\n\\n'"),
        "the whole pair was filled in",
    ),
    (of_shots("by_text", sorted), "sorted by their text"),
    (of_shots("once", lambda shots: [*dict(shots).items()]), "comes twice is there once"),
    (of_shots("from_second", lambda shots: shots[1:]), "the first or the last example"),
]
