"""Paired differences as a table (lessons 1 and 2)."""

from collections.abc import Mapping

from course_utils.measure.evaluation import Comparison
from course_utils.show.tables import Table, table


def differences(found: Mapping[str, Comparison | None], caption: str) -> Table:
    """One row a comparison: points, 95 % interval, the items that decide it, and p.

    Args:
        found: what was subtracted, to the difference; None where the items were not the same.
        caption: what it was subtracted from.
    """
    rows = []
    for name, each in found.items():
        row: dict[str, object] = {"less": name}
        if each is None:
            row |= {"points": None, "95 % interval": "other items", "right alone": "", "p": None}
        else:
            row |= {
                "points": 100 * each.difference,
                "95 % interval": f"[{100 * each.low:+.1f}, {100 * each.high:+.1f}]",
                "right alone": f"{each.only_first} : {each.only_second}",
                "p": each.p,
            }
        rows.append(row)
    return table(rows, caption, {"points": "+.1f", "p": ".2g"})
