"""How much of the model must be trained? Four parts of it, each at its own learning rate.

From a fresh head on frozen features to all weights (lesson 2).
"""

import dataclasses
from pathlib import Path
from typing import Any

from course_utils.experiments import trainings, variants
from course_utils.experiments.jobs import begun, perform_all
from course_utils.experiments.plan import BATCH_SIZE, SEEDS
from course_utils.experiments.variants import BLOCK, EVERYTHING, HEAD, LAYER, Fit, Job, fit
from course_utils.machine.device import GIB, pick_device
from course_utils.machine.environment import environment
from course_utils.model.load import load_model
from course_utils.recorded.how_much import Training, Trial, chosen_rate, losses
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import from_row, to_row

RATES = {  # to choose from, from the lowest; more are tried where the best is at an end
    HEAD: (1e-4, 3e-4, 1e-3, 3e-3),
    LAYER: (1e-3, 3e-3, 1e-2, 3e-2),
    BLOCK: (2e-4, 5e-4, 1e-3, 2e-3),
    EVERYTHING: (2e-5, 5e-5, 1e-4, 2e-4),
}
EXTENSIONS = 2  # of a variant's rates, at most


def study_how_much(folder: Path, workers: int) -> dict[str, Any]:
    """Choose each variant's learning rate, train it with three seeds; write ``how_much.json``.

    What ``folder`` already holds is not done again.

    Args:
        workers: processes that train at the same time; the first seed of each variant trains alone,
            so that its seconds mean something.
    """
    report = begun(folder, "how_much", _empty(workers))
    if "correct_before" not in report:
        report |= before()
    trials = [from_row(Trial, row) for row in report["trials"]]
    while jobs := missing_trials(trials):
        for trial in perform_all(try_rate, jobs, workers):
            trials.append(trial)
            report["trials"].append(to_row(trial))
            write_report(folder, "how_much", report)
            print(f"{trial.variant} at {trial.learning_rate:g}: {_loss_line(trial)}", flush=True)
    for alone in (True, False):
        jobs = [job for job in _final_jobs(trials, report) if job.alone == alone]
        for training in perform_all(measure, jobs, 1 if alone else workers):
            report["trainings"].append(to_row(training))
            write_report(folder, "how_much", report)
            print(_line(training), flush=True)
    return report


def _empty(workers: int) -> dict[str, Any]:
    settings = {
        "task": variants.TASK,
        "prompt": trainings.REVIEW,
        "validation": trainings.VALIDATION,
        "rates": {variant: list(rates) for variant, rates in RATES.items()},
        "extensions": EXTENSIONS,
        "steps": variants.STEPS,
        "batch_size": BATCH_SIZE,
        "validations": variants.VALIDATIONS,
    }
    start = {"settings": settings, **environment(pick_device()), "workers": workers}
    return start | {"trials": [], "trainings": []}


def before() -> dict[str, Any]:
    """The untrained model, measured as the trained ones are."""
    model, tokenizer = load_model()
    untrained = Fit(model, tokenizer, None, {})
    return {
        "correct_before": variants.answers_to_test(untrained),
        "perplexity_before": variants.perplexity(untrained),
    }


def missing_trials(trials: list[Trial]) -> list[Job]:
    """The rates to try next: first those of the grid, then one beyond it where the best is last."""
    jobs = []
    for variant, grid in RATES.items():
        tried = losses(trials, variant)
        rates = [rate for rate in grid if rate not in tried]
        if not rates and len(tried) < len(grid) + EXTENSIONS:
            rates = beyond(tried)
        jobs += [Job(variant, rate) for rate in rates]
    return jobs


def beyond(tried: dict[float, float]) -> list[float]:
    """The rate beyond the end of those that were tried, as far as its neighbour; none within.

    Args:
        tried: validation loss of each rate, from the lowest rate on, of at least two.
    """
    rates = list(tried)
    best = min(rates, key=lambda rate: tried[rate])
    neighbours = {rates[0]: rates[1], rates[-1]: rates[-2]}
    return [float(f"{best**2 / neighbours[best]:.2g}")] if best in neighbours else []


def _final_jobs(trials: list[Trial], report: dict[str, Any]) -> list[Job]:
    done = {(row["variant"], row["seed"]) for row in report["trainings"]}
    return [
        Job(variant, chosen_rate(trials, variant), seed, alone=seed == SEEDS[0])
        for seed in SEEDS
        for variant in RATES
        if (variant, seed) not in done
    ]


def try_rate(job: Job) -> Trial:
    """Train; nothing is measured on test items."""
    figures = fit(job).figures
    return Trial(**{field.name: figures[field.name] for field in dataclasses.fields(Trial)})


def measure(job: Job) -> Training:
    """Train, and measure on the test items and on the editorials."""
    done = fit(job)
    return Training(
        **done.figures,
        seed=job.seed,
        alone=job.alone,
        correct=variants.answers_to_test(done),
        perplexity=variants.perplexity(done) if done.head is None else None,
    )


def _loss_line(row: Trial | Training) -> str:
    return f"validation loss {row.loss:.4f} after {row.best_step} of {row.steps} steps"


def _line(training: Training) -> str:
    return (
        f"{training.variant} at {training.learning_rate:g}, seed {training.seed}: "
        f"{training.accuracy:.3f}, {_loss_line(training)}, {training.seconds:.0f} s, "
        f"{training.peak_memory / GIB:.2f} GiB"
    )
