"""Answers to ``few_shot_prefix``."""


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


RIGHT = [by_join, by_loop, by_recursion]
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
]
