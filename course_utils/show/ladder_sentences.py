"""Sentences on how the ladder was trained: its searches, and how far its seeds lie apart."""

from collections.abc import Iterable, Iterator

from course_utils.recorded.ladder import TRAINED, Rung, counted, of
from course_utils.recorded.model_names import models_of, short_name, tasks_of


def search_sentence(rungs: Iterable[Rung]) -> str:
    """How many rates were tried, is the best at the edge of them, and why did trainings end?

    Each number of labels has a search of its own.
    """
    rungs = list(rungs)
    tries, edges, ends = [], 0, []
    for labels in dict.fromkeys(rung.labels for rung in rungs):
        some = [rung for rung in rungs if rung.labels == labels]
        for task, model, method in _trained(some):
            tried = {r.learning_rate for r in of(some, model, task, method) if r.seed == 0}
            seeds = counted(some, model, task, method)
            tries.append(len(tried))
            edges += seeds[0].learning_rate in (min(tried), max(tried))
            ends += [rung.ended for rung in seeds]
    if not tries:
        return "Nothing was trained to an end."
    least, most = min(tries), max(tries)
    rates = f"{least}" if least == most else f"{least} to {most}"
    return (
        f"Rates tried by each of {len(tries)} searches: {rates}; best at the edge of them: "
        f"{edges}. Trainings at the best rates: {len(ends)}; ended by patience: "
        f"{ends.count('patience')}, by the most steps: {ends.count('cap')}, diverged: "
        f"{ends.count('diverged')}."
    )


def seed_sentences(rungs: Iterable[Rung]) -> list[str]:
    """Of each trained method, where its seeds lie farthest apart; none without two seeds.

    With the lowest validation loss of each: if it tells the seeds apart, nobody needs a test item
    to see which of them to use.
    """
    rungs = list(rungs)
    names = models_of(rungs)
    found: dict[str, tuple[float, str]] = {}
    for task, model, method in _trained(rungs):
        seeds = counted(rungs, model, task, method)
        accuracies = [rung.accuracy for rung in seeds]
        apart = 100 * (max(accuracies) - min(accuracies))
        if len(seeds) > 1 and apart >= found.get(method, (0.0, ""))[0]:
            losses = ", ".join(f"{rung.loss:.3f}" for rung in seeds)
            where = f"{task}, {short_name(model, names[model])}"
            found[method] = apart, f"{where}; lowest validation losses {losses}"
    return [f"{m}: up to {found[m][0]:.1f} points ({found[m][1]})" for m in TRAINED if m in found]


def _trained(rungs: list[Rung]) -> Iterator[tuple[str, str, str]]:
    """Task, model and method of each cell with a training that came to an end."""
    for task in tasks_of(rungs):
        for model in models_of(rungs):
            for method in TRAINED:
                if counted(rungs, model, task, method):
                    yield task, model, method
