"""Where a cell stands: its number among the code cells, and the section above it."""

import nbformat

from course_utils.lab.places import Place, places


def notebook(*cells):
    make = {"c": nbformat.v4.new_code_cell, "m": nbformat.v4.new_markdown_cell}
    return nbformat.v4.new_notebook(cells=[make[kind](source) for kind, source in cells])


def test_cells_are_numbered_as_jupyter_does_and_stand_in_their_section():
    lesson = notebook(
        ("c", "import sys"), ("m", "# 2. Full fine-tuning\n\nText."), ("c", "a = 1"),
        ("m", "## Train  \n\nText.\n\n### Exercise 1: a step"), ("c", ""), ("c", "b"), ("c", "c"),
        ("m", "No heading, #nor this."), ("c", "d"), ("m", "## One\n\n## Two"), ("c", "e"),
    )  # fmt: skip
    found = places(lesson)
    assert [(i, p.number, p.section) for i, p in found.items()] == [
        (0, 1, ""), (2, 2, "2. Full fine-tuning"), (5, 3, "Train"), (6, 4, "Train"),
        (8, 5, "Train"), (10, 6, "Two"),
    ]  # fmt: skip
    assert {p.of for p in found.values()} == {6}


def test_a_place_reads_well():
    assert str(Place(12, 41, "Train")) == "cell 12 of 41, Train"
    assert str(Place(1, 41, "")) == "cell 1 of 41"


def test_a_notebook_without_code_has_no_places():
    assert places(notebook(("m", "# Title"))) == {}
