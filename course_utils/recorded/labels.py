"""Accuracy against labels, for every method: as ``experiments labels`` measured it (lesson 6)."""

from collections.abc import Iterable

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.seeds import Difference, compare_means
from course_utils.methods.names import Method
from course_utils.recorded.ladder import TRAINED, Rung, chosen_rate, read_rungs

FOLDER = "labels"  # within ``recorded/``, and within the folder of a study
WORDS, TFIDF = Method.PROMPT.value, "TF-IDF"


def recorded_labels() -> list[Rung]:
    """All rungs of the study.

    Raises:
        CourseError: it was not recorded.
    """
    path = settings.RECORDED / FOLDER / f"{settings.COURSE_MODEL}.jsonl"
    if not path.exists():
        raise CourseError(
            "There is no recorded study of labels",
            "make it with: python -m course_utils experiments labels",
        )
    return read_rungs(path)


def by_labels(rungs: Iterable[Rung], method: str) -> dict[int, list[Rung]]:
    """A method's rungs by its number of labels, the fewest first, one a draw of the labels.

    What is trained at the rate that seed 0 chose for this number, which is left out where nothing
    was trained to an end. Of full fine-tuning and others, ``validation_items`` labels more had a
    say.
    """
    found: dict[int, list[Rung]] = {}
    for rung in sorted(rungs, key=lambda rung: (rung.labels, rung.seed)):
        if rung.method == method:
            found.setdefault(rung.labels, []).append(rung)
    if method not in TRAINED:
        return found
    return {n: at_best for n, own in found.items() if (at_best := _at_chosen_rate(own))}


def leads(rungs: Iterable[Rung], first: str, second: str) -> dict[int, Difference]:
    """Mean accuracy of the first less that of the second, where both have this many labels.

    The interval is that of ``seeds.compare_means``: over items and draws together.
    """
    rungs = list(rungs)
    one, other = by_labels(rungs, first), by_labels(rungs, second)
    return {
        labels: compare_means([r.correct for r in own], [r.correct for r in other[labels]])
        for labels, own in one.items()
        if labels in other
    }


def _at_chosen_rate(rungs: list[Rung]) -> list[Rung]:
    """None where seed 0 was not trained to an end."""
    try:
        rate = chosen_rate(rungs)
    except CourseError:
        return []
    return [rung for rung in rungs if rung.learning_rate == rate]
