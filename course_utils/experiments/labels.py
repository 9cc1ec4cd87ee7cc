"""Labels against accuracy for every method of the course, each trained to its best (lesson 6).

As ``label_counts`` (lesson 2) counts them for three methods, here from 8 labels to 8,000, with five
draws of the labels. What is trained follows the rules of the ladder: three rates and up to three
beyond, until validation stops improving. The ``VALIDATION`` items that decide are labels too, the
same ones at every number of labels: a rung says how many they are.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from course_utils import settings
from course_utils.data.columns import texts_and_labels
from course_utils.data.tasks import Task
from course_utils.errors import CourseError
from course_utils.experiments import candidates, tfidf
from course_utils.experiments.ladder import Book, run_jobs
from course_utils.experiments.ladder_jobs import about_of, drawn, perform, task_of, untrained
from course_utils.experiments.ladder_plan import Job, LadderSchedule, ready
from course_utils.experiments.run_study import Failed
from course_utils.machine.device import pick_device
from course_utils.machine.environment import environment
from course_utils.model.load import load_model
from course_utils.recorded.labels import FOLDER, TFIDF, WORDS
from course_utils.recorded.ladder import TRAINED, Rung

TASK = "movies"
COUNTS = (8, 32, 128, 512, 2048, 8000)
SEEDS = (0, 1, 2, 3, 4)
VALIDATION = 200


def study_labels(folder: Path, workers: int) -> None:
    """Give each method more and more labels; write ``labels/MODEL.jsonl``.

    What ``folder`` already holds is not done again.

    Args:
        workers: processes that work at the same time, spread over the GPUs.
    """
    name = settings.COURSE_MODEL
    book = Book(folder, FOLDER, [name])
    schedule = LadderSchedule(list(cells(name)), book.rungs, what_next)
    run_jobs(schedule, book, perform_or_say, workers)


def cells(name: str) -> Iterator[Job]:
    """All cells: the words, and from the most labels on what learns from them."""
    yield Job("", name, TASK, WORDS)
    for labels in reversed(COUNTS):
        yield Job("", name, TASK, TFIDF, labels)
        for method in TRAINED:
            yield Job("", name, TASK, method, labels, VALIDATION)


def what_next(cell: Job, rungs: Iterable[Rung]) -> list[Job]:
    """What can be done next in a cell: see ``ladder_plan.ready``."""
    if cell.method in TRAINED:
        return ready(cell, rungs, SEEDS[1:])
    own = [rung for rung in rungs if rung.method == cell.method]
    return [] if any(cell.labels in (0, rung.labels) for rung in own) else [cell]


def perform_or_say(job: Job) -> list[Rung] | Failed:
    """What comes of a job."""
    try:
        if job.method == WORDS:
            return _words(job)
        return _tfidf(job) if job.method == TFIDF else perform(job)
    except CourseError as error:
        return Failed(job, str(error))


def _words(job: Job) -> list[Rung]:
    """The best of twelve prompts by each draw; without labels the calibrated plain one."""
    model, tokenizer = load_model()
    task, about = task_of(job), about_of(job, model)
    found = candidates.candidates(model, tokenizer, task)
    plain = next(one for one in found if one.name == candidates.PLAIN_CALIBRATED)
    rungs = [_untrained(about, WORDS, plain.name, plain.correct, 0, 0)]
    for labels in _counts(task):
        for seed in SEEDS:
            best = candidates.best(found, drawn(task, seed)[:labels])
            rungs.append(_untrained(about, WORDS, best.name, best.correct, labels, seed))
    return rungs


def _tfidf(job: Job) -> list[Rung]:
    task = task_of(job)
    about = {"model": job.name, "weights": "", "parameters": 0, "task": job.task}
    about |= environment(pick_device(), ("scikit-learn",))
    test_texts, test_labels = texts_and_labels(task.test)
    rungs = []
    for seed in SEEDS:
        few = task.train.select(drawn(task, seed)[: job.labels])
        classifier, c = tfidf.fit_tfidf(*texts_and_labels(few))
        pairs = zip(classifier.predict(test_texts).tolist(), test_labels)
        correct = "".join("01"[answer == label] for answer, label in pairs)
        rungs.append(_untrained(about, TFIDF, f"C = {c:g}", correct, job.labels, seed))
    return rungs


def _untrained(
    about: dict[str, Any], method: str, chosen: str, correct: str, labels: int, seed: int
) -> Rung:
    return untrained(about, method, chosen, correct, 0.0, 0, labels, seed)


def _counts(task: Task) -> list[int]:
    return [labels for labels in COUNTS if labels <= len(task.train)]
