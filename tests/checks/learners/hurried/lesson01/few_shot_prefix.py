import io
from functools import reduce


def right_loop(shots, template, label_words):
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + label_words[label] + "\n\n"
    return prefix


def right_join_replace(shots, template, label_words):
    return "".join(
        template.replace("{text}", text) + label_words[label] + "\n\n" for text, label in shots
    )


def right_split_template(shots, template, label_words):
    before, after = template.split("{text}")
    parts = [f"{before}{text}{after}{label_words[label]}\n\n" for text, label in shots]
    return "".join(parts)


def right_reduce(shots, template, label_words):
    def add(so_far, shot):
        return so_far + template.format_map({"text": shot[0]}) + label_words[shot[1]] + "\n\n"

    return reduce(add, shots, "")


def right_stream(shots, template, label_words):
    out = io.StringIO()
    for shot in shots:
        print(template.format(text=shot[0]), label_words[shot[1]], sep="", end="\n\n", file=out)
    return out.getvalue()


def right_recursive(shots, template, label_words):
    if len(shots) == 0:
        return ""
    (text, label), *rest = shots
    head = "".join([template.format(text=text), label_words[label], "\n", "\n"])
    return head + right_recursive(rest, template, label_words)


def right_lines_with_empty_last(shots, template, label_words):
    blocks = [template.replace("{text}", text, 1) + label_words[label] for text, label in shots]
    return "\n\n".join([*blocks, ""])


def wrong_second_space(shots, template, label_words):
    """Puts a space before a label word that has its own."""
    return "".join(f"{template.format(text=text)} {label_words[y]}\n\n" for text, y in shots)


def wrong_one_newline(shots, template, label_words):
    """Ends each shot with one new line, so there is no empty line between them."""
    return "".join(f"{template.format(text=text)}{label_words[y]}\n" for text, y in shots)


def wrong_no_line_after_last(shots, template, label_words):
    """Joins the shots with empty lines, so the last one has none after it."""
    return "\n\n".join(template.format(text=text) + label_words[y] for text, y in shots)


def wrong_empty_line_for_no_shots(shots, template, label_words):
    """Gives an empty line, not an empty string, when there are no shots."""
    blocks = [template.format(text=text) + label_words[y] for text, y in shots]
    return "\n\n".join(blocks) + "\n\n"


def wrong_none_for_no_shots(shots, template, label_words):
    """Returns None, not an empty string, when there are no shots."""
    if not shots:
        return None
    return "".join(template.format(text=text) + label_words[y] + "\n\n" for text, y in shots)


def wrong_reversed(shots, template, label_words):
    """Puts each shot before the earlier ones, which turns the order round."""
    prefix = ""
    for text, label in shots:
        prefix = template.format(text=text) + label_words[label] + "\n\n" + prefix
    return prefix


def wrong_label_number(shots, template, label_words):
    """Writes the number of the label, not its word."""
    return "".join(f"{template.format(text=text)} {label}\n\n" for text, label in shots)


def wrong_stripped_word(shots, template, label_words):
    """Strips the space off the label word, which then sticks to the colon."""
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + label_words[label].strip() + "\n\n"
    return prefix


def wrong_line_before(shots, template, label_words):
    """Puts the empty line before each shot, not after it."""
    return "".join("\n\n" + template.format(text=text) + label_words[y] for text, y in shots)


def wrong_list(shots, template, label_words):
    """Returns a list of shots, not one string."""
    return [template.format(text=text) + label_words[y] + "\n\n" for text, y in shots]


def wrong_return_in_loop(shots, template, label_words):
    """Returns inside the loop, so there is only the first shot."""
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + label_words[label] + "\n\n"
        return prefix
    return prefix


def wrong_template_not_filled(shots, template, label_words):
    """Writes the text after the template in place of filling it in."""
    return "".join(template + text + label_words[label] + "\n\n" for text, label in shots)


def wrong_braces_left(shots, template, label_words):
    """Replaces the word text only, so the braces stay and other words may change."""
    return "".join(template.replace("text", text) + label_words[y] + "\n\n" for text, y in shots)


def wrong_swapped_pair(shots, template, label_words):
    """Takes each pair as (label, text), so a text becomes an index; it raises."""
    return "".join(template.format(text=text) + label_words[y] + "\n\n" for y, text in shots)


def wrong_adds_question(shots, template, label_words):
    """Adds the unanswered template at the end, which every item brings itself."""
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + label_words[label] + "\n\n"
    return prefix + template


def wrong_word_by_place(shots, template, label_words):
    """Takes the label word by the shot's place in the list, not by its label."""
    prefix = ""
    for i, (text, _) in enumerate(shots):
        prefix += template.format(text=text) + label_words[i % len(label_words)] + "\n\n"
    return prefix


def wrong_fixed_words(shots, template, label_words):
    """Has the two words of this task written in, whatever label words it is given."""
    prefix = ""
    for text, label in shots:
        prefix += template.format(text=text) + (" positive" if label else " negative") + "\n\n"
    return prefix


def wrong_fixed_template(shots, template, label_words):
    """Has one template written in, whichever it is given."""
    return "".join(f"Review: {text}\nSentiment:{label_words[y]}\n\n" for text, y in shots)


def wrong_labels_from_one(shots, template, label_words):
    """Counts labels from 1, so each shot gets the word of another label."""
    return "".join(template.format(text=t) + label_words[y - 1] + "\n\n" for t, y in shots)


def wrong_sorted_by_label(shots, template, label_words):
    """Sorts the shots by their label in place of keeping the order."""
    ordered = sorted(shots, key=lambda shot: shot[1])
    return "".join(template.format(text=t) + label_words[y] + "\n\n" for t, y in ordered)


def wrong_raw_backslashes(shots, template, label_words):
    """Writes backslashes and the letter n, not new lines."""
    return "".join(template.format(text=t) + label_words[y] + r"\n\n" for t, y in shots)


def wrong_empties_shots(shots, template, label_words):
    """Pops the shots off the caller's list, which is empty afterwards."""
    prefix = ""
    while shots:
        text, label = shots.pop(0)
        prefix += template.format(text=text) + label_words[label] + "\n\n"
    return prefix


def wrong_remembers(shots, template, label_words, parts=[]):  # noqa: B006
    """Collects in a default list, so a second call also has the shots of the first."""
    for text, label in shots:
        parts.append(template.format(text=text) + label_words[label] + "\n\n")
    return "".join(parts)


SAYS = {
    "wrong_second_space": "a space was added before the label word",
    "wrong_one_newline": "one line break after each example",
    "wrong_no_line_after_last": "no separator after the last example",
    "wrong_empty_line_for_no_shots": "without examples the prefix is the empty text",
    "wrong_none_for_no_shots": "without examples the function returns None",
    "wrong_reversed": "the order of the examples is reversed",
    "wrong_label_number": "the number of the label is written",
    "wrong_stripped_word": "lost its leading space",
    "wrong_line_before": "stands before the first example",
    "wrong_list": "the examples are still a list",
    "wrong_return_in_loop": "only the first example is there",
    "wrong_template_not_filled": "the template was not filled",
    "wrong_braces_left": "the braces are still there",
    "wrong_swapped_pair": "perhaps they are swapped",
    "wrong_adds_question": "was added at the end",
    "wrong_word_by_place": "chosen by the example's place",
    "wrong_fixed_words": "words of the notebook's task",
    "wrong_fixed_template": "the lesson's template is written in",
    "wrong_labels_from_one": "counted from 1",
    "wrong_sorted_by_label": "sorted by label",
    "wrong_raw_backslashes": "a backslash and an n",
    "wrong_empties_shots": "changes its input in place",
    "wrong_remembers": "gives another value the second time",
}
