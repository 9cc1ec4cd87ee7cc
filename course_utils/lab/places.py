"""Where in a lesson is a cell? Its number, and the section that it stands in: ``run`` says them."""

import dataclasses
import re

from nbformat import NotebookNode

HEADING = re.compile(r"^##? +(.+?) *$", re.MULTILINE)  # the lesson's and its sections'


@dataclasses.dataclass(frozen=True)
class Place:
    """A code cell's place.

    Attributes:
        number: among the code cells, from 1: the number that Jupyter shows beside the cell.
        of: how many code cells there are.
        section: the heading above it; empty above the first.
    """

    number: int
    of: int
    section: str

    def __str__(self) -> str:
        return f"cell {self.number} of {self.of}" + (f", {self.section}" if self.section else "")


def places(notebook: NotebookNode) -> dict[int, Place]:
    """The place of each code cell that is executed, by its index among all cells."""
    section, found = "", {}
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            section = next(iter(reversed(HEADING.findall(cell.source))), section)
        elif cell.cell_type == "code" and cell.source.strip():
            found[index] = section
    return {
        index: Place(number, len(found), section)
        for number, (index, section) in enumerate(found.items(), start=1)
    }
