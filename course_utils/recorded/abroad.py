"""Methods trained on movies, on other kinds of text: accuracies by seed, and who leads where.

Lesson 4, *The methods, at home and abroad*.
"""

from collections.abc import Mapping, Sequence

from course_utils.measure.seeds import Difference, accuracies, compare_means
from course_utils.recorded.runs import Record

Runs = Mapping[str, Sequence[Record]]  # name of a method to its seeds
HOME = "movies"


def by_place(runs: Runs) -> dict[str, dict[str, list[float]]]:
    """Method to place (the task itself, then the other domains) to the accuracy of each seed."""
    return {
        name: {place: accuracies(_answers(seeds, [place])).tolist() for place in _places(seeds)}
        for name, seeds in runs.items()
    }


def leads(runs: Runs, method: str) -> dict[tuple[str, str], Difference]:
    """How far a method leads each other one: at home, in each other domain, and in all of these.

    Args:
        runs: of at least two methods, all with the same items.
        method: the one that leads, or not.

    Returns:
        Rival and place to ``compare_means`` of the two; the last place of each rival, such as
        ``tweets + products``, has the items of all other domains together.
    """
    found = {}
    for rival in runs:
        places = _places(runs[rival])
        for together in [*([place] for place in places), places[1:]] if rival != method else []:
            answers = [_answers(runs[name], together) for name in (method, rival)]
            found[rival, " + ".join(together)] = compare_means(*answers)
    return found


def _places(seeds: Sequence[Record]) -> list[str]:
    return [HOME, *seeds[0].domains]


def _answers(seeds: Sequence[Record], places: Sequence[str]) -> list[str]:
    """One string a seed: its answers to the items of these places, one after the other."""
    known = [{HOME: record.correct, **record.domains} for record in seeds]
    return ["".join(each[place] for place in places) for each in known]
