"""Labels against accuracy: prompts, TF-IDF and full fine-tuning, from few labels to all.

Lesson 2, *How many labels does it take?*.
"""

import dataclasses
import math
from pathlib import Path
from typing import Any

import torch

from course_utils.data import tasks
from course_utils.data.columns import texts_and_labels
from course_utils.data.tasks import Task
from course_utils.experiments import candidates, tfidf, trainings
from course_utils.experiments.jobs import begun, perform_all
from course_utils.experiments.plan import SEEDS
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.machine.device import pick_device
from course_utils.machine.environment import PACKAGES, environment
from course_utils.measure import scoring
from course_utils.measure.baselines import STRENGTHS
from course_utils.model.load import load_model
from course_utils.recorded.label_counts import (
    AS_IT_IS,
    FULL,
    PROMPT,
    TFIDF,
    Answers,
    Training,
    chosen_rate,
)
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import from_row, to_row
from course_utils.training.plan import TrainingConfig

TASK = "movies"
COUNTS = (16, 64, 256, 1024)  # and all
RATES = (1e-5, 2e-5, 5e-5, 1e-4)
BATCH_SIZE = 32  # or as many as there are labels
EPOCHS, LEAST_STEPS, MOST_STEPS = 6, 60, 490
VALIDATIONS = 6  # after the start


@dataclasses.dataclass(frozen=True)
class Job:
    """Something that a worker does.

    Attributes:
        method: ``PROMPT`` stands for all numbers of labels and all seeds, as each prompt is scored
            once for all of them.
        learning_rate: of full fine-tuning.
    """

    method: str
    labels: int = 0
    seed: int = 0
    learning_rate: float = 0.0


def study_label_counts(folder: Path, workers: int) -> dict[str, Any]:
    """Give each method more and more labels; write ``label_counts.json``.

    The learning rate of full fine-tuning is chosen with seed 0 for each number of labels. What
    ``folder`` already holds is not done again.

    Args:
        workers: processes that work at the same time.
    """
    report = begun(folder, "label_counts", _empty(workers))
    counts = [*COUNTS, len(tasks.load(TASK).train)]
    _perform_missing(first_jobs(counts), report, folder, workers)
    rows = [from_row(Training, row) for row in report["trainings"]]
    rates = {labels: chosen_rate(rows, labels) for labels in counts}
    _perform_missing(later_jobs(rates), report, folder, workers)
    return report


def _perform_missing(jobs: list[Job], report: dict[str, Any], folder: Path, workers: int) -> None:
    done = _done(report)
    for rows in perform_all(perform, [job for job in jobs if job not in done], workers):
        for row in rows:
            report["answers" if isinstance(row, Answers) else "trainings"].append(to_row(row))
            print(_line(row), flush=True)
        write_report(folder, "label_counts", report)


def _done(report: dict[str, Any]) -> set[Job]:
    jobs = {
        Job(FULL, row["labels"], row["seed"], row["learning_rate"]) for row in report["trainings"]
    }
    for row in report["answers"]:
        jobs.add(Job(TFIDF, row["labels"], row["seed"]) if row["method"] == TFIDF else Job(PROMPT))
    return jobs


def _empty(workers: int) -> dict[str, Any]:
    _, tokenizer = load_model(device=torch.device("cpu"))
    settings = {
        "task": TASK,
        "templates": candidates.templates(tokenizer),
        "unlabelled": candidates.UNLABELLED,
        "tfidf": {"C": list(STRENGTHS), "folds": list(tfidf.FOLDS), "least": tfidf.LEAST},
        "prompt": trainings.REVIEW,
        "validation": trainings.VALIDATION,
        "rates": list(RATES),
        "batch_size": BATCH_SIZE,
        "epochs": EPOCHS,
        "steps": [LEAST_STEPS, MOST_STEPS],
        "validations": VALIDATIONS,
    }
    packages = (*PACKAGES, "scikit-learn")
    start = {"settings": settings, **environment(pick_device(), packages), "workers": workers}
    return start | {"answers": [], "trainings": []}


def first_jobs(counts: list[int]) -> list[Job]:
    """All but the trainings with other seeds than 0; long ones first, so that none ends alone.

    Args:
        counts: numbers of labels; the last is all, where there is nothing to draw for TF-IDF.
    """
    jobs = [Job(PROMPT)]
    for labels in reversed(counts):
        seeds = SEEDS[:1] if labels == counts[-1] else SEEDS
        jobs += [Job(TFIDF, labels, seed) for seed in seeds]
        jobs += [Job(FULL, labels, 0, rate) for rate in RATES]
    return jobs


def later_jobs(rates: dict[int, float]) -> list[Job]:
    """The trainings with other seeds than 0, at the rate that was chosen for each count."""
    return [
        Job(FULL, labels, seed, rates[labels])
        for labels in sorted(rates, reverse=True)
        for seed in SEEDS[1:]
    ]


def perform(job: Job) -> list[Answers] | list[Training]:
    """Do the job, on the task's test items."""
    task = tasks.load(TASK)
    if job.method == PROMPT:
        model, tokenizer = load_model()
        return choose_prompts(candidates.candidates(model, tokenizer, task), task)
    if job.method == TFIDF:
        return [_fit_tfidf(job, task)]
    return [_train(job, task)]


def choose_prompts(found: list[candidates.Candidate], task: Task) -> list[Answers]:
    """The best candidate by each draw; without labels the plain one, calibrated and as it is."""
    by_name = {candidate.name: candidate for candidate in found}
    rows = []
    for method, name in ((PROMPT, candidates.PLAIN_CALIBRATED), (AS_IT_IS, candidates.PLAIN)):
        rows.append(Answers(method, 0, 0, name, by_name[name].correct))
    total = len(task.train)
    for labels in (*COUNTS, total):
        for seed in SEEDS[:1] if labels == total else SEEDS:
            best = candidates.best(found, drawn(task, seed)[:labels])
            rows.append(Answers(PROMPT, labels, seed, best.name, best.correct))
    return rows


def drawn(task: Task, seed: int) -> list[int]:
    """Training reviews in random order: the first n are the draw of n labels.

    So a smaller draw is a part of each larger one. Drawn again until the smallest has every label.
    """
    labels, generator = task.train["label"][:], torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(labels), generator=generator).tolist()
        if {labels[row] for row in order[: COUNTS[0]]} == set(labels):
            return order


def _fit_tfidf(job: Job, task: Task) -> Answers:
    texts, labels = texts_and_labels(task.train.select(drawn(task, job.seed)[: job.labels]))
    classifier, c = tfidf.fit_tfidf(texts, labels)
    test_texts, test_labels = texts_and_labels(task.test)
    pairs = zip(classifier.predict(test_texts).tolist(), test_labels)
    correct = "".join("01"[answer == label] for answer, label in pairs)
    return Answers(TFIDF, job.labels, job.seed, f"C = {c:g}", correct)


def _train(job: Job, task: Task) -> Training:
    model, tokenizer = load_model()
    items = task.train.select(drawn(task, job.seed)[: job.labels])
    config = config_of(job)
    trained = train_once(model, tokenizer, examples_of(tokenizer, task, items), config)
    best_step, loss = trained.history.best
    return Training(
        labels=job.labels,
        seed=job.seed,
        learning_rate=job.learning_rate,
        steps=config.steps,
        batch_size=config.batch_size,
        best_step=best_step,
        loss=loss,
        correct=scoring.evaluate(model, tokenizer, prompt_of(task), task.test).correct,
    )


def config_of(job: Job) -> TrainingConfig:
    """``EPOCHS`` passes over the labels, but not fewer or more steps than the two limits."""
    batch_size = min(BATCH_SIZE, job.labels)
    steps = EPOCHS * math.ceil(job.labels / batch_size)
    steps = max(LEAST_STEPS, min(MOST_STEPS, steps))
    return TrainingConfig(
        job.learning_rate,
        steps,
        batch_size,
        validate_every=math.ceil(steps / VALIDATIONS),
        seed=job.seed,
    )


def _line(row: Answers | Training) -> str:
    accuracy = row.correct.count("1") / len(row.correct)
    if isinstance(row, Answers):
        return f"{row.method}, {row.labels} labels, seed {row.seed}: {accuracy:.3f} ({row.chosen})"
    return (
        f"{FULL}, {row.labels} labels, seed {row.seed}, rate {row.learning_rate:g}: "
        f"{accuracy:.3f}, validation loss {row.loss:.4f} after {row.best_step} of {row.steps} steps"
    )
