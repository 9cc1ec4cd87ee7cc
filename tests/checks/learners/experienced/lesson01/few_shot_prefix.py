"""Exercise 6: the few-shot prefix."""

import random
from functools import reduce


def right_join(shots, template, label_words):
    return "".join(
        template.format(text=text) + label_words[label] + "\n\n" for text, label in shots
    )


def right_loop(shots, template, label_words):
    prefix = ""
    for shot in shots:
        prefix += f"{template.format(text=shot[0])}{label_words[shot[1]]}\n\n"
    return prefix


def right_replace(shots, template, label_words):
    blocks = [template.replace("{text}", text) + label_words[label] for text, label in shots]
    return "\n\n".join([*blocks, ""])


def right_reduce(shots, template, label_words):
    before, after = template.split("{text}")
    return reduce(lambda p, s: p + before + s[0] + after + label_words[s[1]] + "\n\n", shots, "")


def wrong_join_without_end(shots, template, label_words):
    """Joins with empty lines, so none follows the last shot and the item sticks to its label."""
    return "\n\n".join(template.format(text=text) + label_words[label] for text, label in shots)


def wrong_own_space(shots, template, label_words):
    """Adds a space before the label word, which has its own: two spaces."""
    return "".join(
        template.format(text=text) + " " + label_words[label] + "\n\n" for text, label in shots
    )


def wrong_label_number(shots, template, label_words):
    """Writes the label's number instead of its word."""
    return "".join(f"{template.format(text=text)} {label}\n\n" for text, label in shots)


def wrong_shuffled(shots, template, label_words):
    """Shuffles the shots, as a training loader would; their order should stay."""
    shots = random.Random(0).sample(list(shots), len(shots))
    return "".join(
        template.format(text=text) + label_words[label] + "\n\n" for text, label in shots
    )


def wrong_single_newline(shots, template, label_words):
    """Ends each shot with one new line: no empty line between the shots."""
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + label_words[label] + "\n"
    return prefix


def wrong_empty_case(shots, template, label_words):
    """No shots give two new lines instead of an empty string."""
    filled = [template.format(text=text) + label_words[label] for text, label in shots]
    return "\n\n".join(filled) + "\n\n"


def wrong_with_query(shots, template, label_words):
    """Appends the unfilled template for the item itself, which is added later: it comes twice."""
    shown = [template.format(text=text) + label_words[label] + "\n\n" for text, label in shots]
    return "".join(shown) + template


def wrong_replace_dropped(shots, template, label_words):
    """Throws the result of replace away (strings do not change), so {text} stays in each shot."""
    prefix = ""
    for text, label in shots:
        filled = template
        filled.replace("{text}", text)
        prefix += filled + label_words[label] + "\n\n"
    return prefix


def wrong_hard_coded_template(shots, template, label_words):
    """Writes the lesson's `Sentiment:` template out and ignores the one that is given."""
    return "".join(f"Review: {text}\nSentiment:{label_words[label]}\n\n" for text, label in shots)


def wrong_list_of_shots(shots, template, label_words):
    """Returns a list of strings, one for each shot, not one string."""
    return [template.format(text=text) + label_words[label] + "\n\n" for text, label in shots]


def wrong_rows_as_dicts(shots, template, label_words):
    """Treats the (text, label) pairs as data-set rows with keys, which raises an error."""
    return "".join(
        template.format(text=row["text"]) + label_words[row["label"]] + "\n\n" for row in shots
    )


SAYS = {
    "wrong_join_without_end": "no separator after the last example: the",
    "wrong_own_space": "a space was added before the label",
    "wrong_label_number": "the number of the label is written",
    "wrong_single_newline": "one line break after each example, where",
    "wrong_empty_case": "without examples the prefix is the empty",
    "wrong_with_query": "the template for the next text was",
    "wrong_replace_dropped": "the template was not filled: {text} is",
    "wrong_hard_coded_template": "the lesson's template is written in: take",
    "wrong_list_of_shots": "the examples are still a list: join",
    "wrong_rows_as_dicts": "a pair is (text, label), in this",
}
