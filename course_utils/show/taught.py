"""The sentences about the methods with what became of them, as a table (lesson 6)."""

from collections.abc import Sequence

from course_utils.recorded.taught import Sentence
from course_utils.show.tables import Table, table


def taught_table(found: Sequence[Sentence]) -> Table:
    """A row a sentence: its verdict, what was tested, and the numbers that decide."""
    rows = [
        {"sentence": each.claim, "verdict": each.verdict, "tested": each.tested,
         "numbers": each.numbers}
        for each in found
    ]  # fmt: skip
    count = sum(each.comparisons for each in found)
    return table(rows, f"The sentences and their numbers; {count} p-values, corrected together")
