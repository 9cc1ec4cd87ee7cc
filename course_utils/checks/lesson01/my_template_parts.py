"""What a template says about its answer: the labels that it names, and what it asks for last."""

import re

LABELS = ("positive", "negative")
OTHER_ANSWERS = (
    ("yes", "no"), ("y", "n"), ("true", "false"), ("good", "bad"), ("like", "dislike"),
    ("liked", "disliked"), ("0", "1"), ("1", "0"), ("happy", "sad"), ("up", "down"),
    ("recommend", "avoid"),
)  # fmt: skip
NUMBER = r"out of (?:\d+|five|ten)|\b\d\s*(?:-|to|and)\s*\d+\b|\bstars?\b|\bhow many\b|/\s*10\b"
CODE = r"\b[0-9]\b\W*(?:for|if|means?|is)?\W*(?:positive|negative)"
CODED = r"(?:positive|negative)\W*(?:=|is|as|:|\()\s*[0-9]\b"
ELSE = r"(?:summary|title|author|genre|translation|topic|language|director|next review|review|text)"
YES_NO = r"(?:did|does|do|is|was|are|were|would|will|can|could|should|has|have)\b"
BLANK = r"(?:_{2,}|\[mask\]|<mask>|\[label\]|\[sentiment\])[\s.\"']*$"
TOLD = r"(?:\b(?:is|was|are|be|called)|[:=]|->|=>)\s*(?:(?:a|an|the|very|clearly|always)\s+)*"


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return re.findall(r"\w+", text.lower())


def labels_in(text: str) -> list[str]:
    """The labels that a text names."""
    words = words_of(text)
    return [label for label in LABELS if label in words]


def leaked_label(template: str) -> str:
    """The label that a template gives away; "" if none.

    It names one of the two alone, ends with one, or tells one ("This is a positive review") and
    tells the other nowhere.
    """
    named = labels_in(template)
    if len(named) == 1:
        return named[0]
    clauses = [c for c in re.split(r"[.?!;:=>\n]|->", template) if words_of(c)]
    if clauses and len(labels_in(clauses[-1])) == 1:
        if words_of(clauses[-1])[-1] in LABELS:
            return labels_in(clauses[-1])[0]
    told = [label for label in LABELS if tells(template, label)]
    return told[0] if len(told) == 1 else ""


def tells(template: str, label: str) -> bool:
    """Does a sentence that is no question, and names this label alone, say that it is the one?"""
    text = re.sub(
        rf"({label})\W+(?:and )?not (?:a )?(?:positive|negative)", r"\1", template.lower()
    )
    sentences = re.findall(r"[^.?!;\n]*[.?!;\n]?", text)
    found = [s for s in sentences if re.search(TOLD + label + r"\b", s)]
    return any(not s.endswith("?") and labels_in(s) == [label] for s in found)


def asked_last(template: str) -> str:
    """The last sentence; without a bare ``Answer:`` after it."""
    text = re.sub(r"(?:answer|reply|response|a)\s*:?\s*$", "", template.strip().lower())
    parts = [p for p in re.findall(r"[^.?!\n]*[.?!\n]?", text) if words_of(p)]
    return parts[-1].strip() if parts else ""


def other_answer(template: str) -> str:
    """What a template asks for instead of a label; "" if nothing else."""
    last, full = asked_last(template), template.lower()
    if re.search(CODE, full) or re.search(CODED, full):
        return "a number"
    if labels_in(last):
        return ""
    for one, other in OTHER_ANSWERS:
        if re.search(rf"\b{one}\b\W+(?:or\W+|and\W+)?{other}\b", last):
            return f"{one!r} or {other!r}"
    if re.match(YES_NO, last) and last.endswith("?") and " or " not in last:
        return "'yes' or 'no'"
    if re.search(NUMBER, last):
        return "a number"
    found = re.fullmatch(rf"\W*(?:the |a |another )?({ELSE})\s*:\W*", last)
    return f"a {found[1]}" if found else ""
