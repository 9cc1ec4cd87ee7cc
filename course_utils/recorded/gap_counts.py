"""In how many cells of the ladder is full fine-tuning ahead of a method? (lesson 6)"""

from collections.abc import Iterable
from typing import NamedTuple

from course_utils.measure.holm import holm
from course_utils.recorded.gaps import gaps_by_size
from course_utils.recorded.ladder import Rung
from course_utils.recorded.model_names import tasks_of


class GapCounts(NamedTuple):
    """Cells of a model and a task, both methods at their ends.

    Attributes:
        cells: with enough seeds of what is trained for an interval.
        ahead, behind: in so many full fine-tuning is ahead or behind, corrected by Holm over all.
        least, most: of the gaps, in points.
    """

    cells: int
    ahead: int
    behind: int
    least: float
    most: float


def gap_counts(rungs: Iterable[Rung], method: str) -> GapCounts | None:
    """Count the cells of a method; None where there is none."""
    rungs = list(rungs)
    gaps = [g for task in tasks_of(rungs) for g in gaps_by_size(rungs, task, method) if g.ends]
    if not gaps:
        return None
    real = holm([gap.difference.p for gap in gaps])
    points = [gap.points for gap in gaps]
    signs = [gap.points > 0 for gap, stands in zip(gaps, real) if stands]
    ahead = sum(signs)
    return GapCounts(len(gaps), ahead, len(signs) - ahead, min(points), max(points))
