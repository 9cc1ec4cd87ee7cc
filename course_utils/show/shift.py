"""What training on one task does to the rest: other kinds of text, ordinary English (lesson 6)."""

from collections.abc import Mapping, Sequence

from course_utils.measure.means import mean_of
from course_utils.measure.seeds import accuracies
from course_utils.recorded.runs import Record
from course_utils.show.tables import Table, table


def shift_table(runs: Mapping[str, Sequence[Record]], caption: str) -> Table:
    """A row a method: mean accuracy over the seeds at home and elsewhere, and perplexity.

    Args:
        runs: name of a method to its seeds.
        caption: of the table.
    """
    return table(
        [{"method": name, **_row(seeds)} for name, seeds in runs.items()],
        caption,
        {"perplexity": 1},
    )


def _row(seeds: Sequence[Record]) -> dict[str, float | str]:
    known = [{seeds[0].task: record.correct, **record.domains} for record in seeds]
    row: dict[str, float | str] = {
        place: float(accuracies([own[place] for own in known]).mean()) for place in known[0]
    }
    english = mean_of(record.perplexity for record in seeds)
    return row | {"perplexity": english.mean, "95 %": f"[{english.low:.1f}, {english.high:.1f}]"}
