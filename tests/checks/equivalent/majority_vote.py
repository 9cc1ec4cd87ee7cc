"""Mutants of ``majority_vote`` that are right too."""

EQUIVALENT = {
    "labels = predictions.max() + 1": "range takes a tensor of one whole number as well",
    "labels = int(predictions.max()) + 2": "a label more, which nobody votes for",
}
