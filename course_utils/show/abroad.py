"""Methods at home and abroad as tables (lesson 4, *The methods, at home and abroad*)."""

from collections.abc import Mapping, Sequence

from course_utils.measure.means import mean_of
from course_utils.recorded.runs import Record
from course_utils.show.tables import Table, table


def methods_table(runs: Mapping[str, Sequence[Record]], caption: str) -> Table:
    """A row a method: its setting, its size, and what it reached, with t intervals over seeds."""
    rows = [
        {
            "method": name,
            "rate": seeds[0].learning_rate,
            "steps": seeds[0].steps,
            "numbers": seeds[0].trainable_parameters,
            "accuracy": str(mean_of(record.accuracy for record in seeds)),
            "perplexity": _rounded([record.perplexity for record in seeds]),
        }
        for name, seeds in runs.items()
    ]
    return table(rows, caption, {"rate": "g"})


def _rounded(values: Sequence[float]) -> str:
    found = mean_of(values)
    return f"{found.mean:.1f} [{found.low:.1f}, {found.high:.1f}]"
