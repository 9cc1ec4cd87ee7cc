"""Mutants of ``collate`` that are right too."""

EQUIVALENT = {
    "width = lengths.max()": "a tensor of one whole number counts as one",
    "rows = [sequence + [pad_id] * (width - len(sequence)) for sequence in sequences]": (
        "the sequences are lists, as the text says, and as the lesson's examples are"
    ),
}
