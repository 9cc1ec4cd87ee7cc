"""Differences as a table: paired by item, or of means over seeds (all lessons)."""

from collections.abc import Mapping

from course_utils.measure.evaluation import Comparison
from course_utils.measure.seeds import Difference
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
                "95 % interval": _interval(each),
                "right alone": f"{each.only_first} : {each.only_second}",
                "p": each.p,
            }
        rows.append(row)
    return table(rows, caption, {"points": "+.1f", "p": ".2g"})


def seed_differences(found: Mapping[str, Difference], caption: str) -> Table:
    """One row a comparison of means over seeds: points, 95 % interval and p.

    Args:
        found: what was compared, to the difference.
        caption: with what; the number of comparisons is added to it.
    """
    rows = [
        {
            "": name,
            "points": 100 * each.difference,
            "95 % interval": _interval(each),
            "p": each.p,
        }
        for name, each in found.items()
    ]
    return table(rows, f"{caption}; {len(rows)} comparisons", {"points": "+.1f", "p": ".2g"})


def _interval(each: Comparison | Difference) -> str:
    return f"[{100 * each.low:+.1f}, {100 * each.high:+.1f}]"
