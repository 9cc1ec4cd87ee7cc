"""Mutants of ``crossing`` that are right too."""

EQUIVALENT = {"if i == len(labels) - 1:": "there is one lead for each number of labels"}
