"""QLoRA on a GPU: what training gives back of what rounding took, and what helps (lesson 5).

Every arm has the same grid of learning rates, tried with two seeds; the one with the lowest mean
validation loss is then trained with five seeds and measured on the test reviews. The perplexity,
which depends on the rate above all, is compared at equal rates, between the trials.
``qlora_step`` has seconds and memory.
"""

import dataclasses
import traceback
from pathlib import Path
from typing import Any

from course_utils.errors import CourseError
from course_utils.experiments import trainings
from course_utils.experiments.jobs import begun, perform_next
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.qlora_plan import ARMS, EXTENSIONS, KINDS, RATES, Plan
from course_utils.experiments.qlora_runs import VALIDATIONS, Job, Performed, perform
from course_utils.machine.device import pick_device
from course_utils.machine.environment import PACKAGES, environment
from course_utils.quantisation.loftq import ITERATIONS
from course_utils.recorded.qlora import Start, Training, Trial
from course_utils.recorded.reports import write_report
from course_utils.recorded.runs import STEPS


@dataclasses.dataclass(frozen=True)
class Failed:
    """A job that came to nothing, and why."""

    job: Job
    why: str


def study_qlora(folder: Path, workers: int) -> dict[str, Any]:
    """Choose rates, train, merge, measure; write ``qlora.json`` after every job.

    What ``folder`` already holds is not done again. A job that fails is said and left out; the
    same command tries it again.

    Args:
        workers: processes that work at the same time, spread over the GPUs.
    """
    settings = {
        "steps": STEPS,
        "batch_size": BATCH_SIZE,
        "validation": trainings.VALIDATION,
        "validations": VALIDATIONS,
        "rates": list(RATES),
        "extensions": EXTENSIONS,
        "iterations": ITERATIONS,
        "arms": [dataclasses.asdict(arm) for arm in ARMS],
    }
    where = environment(pick_device(), (*PACKAGES, "bitsandbytes", "peft"))
    start = {"settings": settings, **where, "workers": workers}
    report = begun(folder, "qlora", start | {kind: [] for kind in KINDS})
    plan = Plan(report)
    for done in perform_next(perform_or_say, plan.next_job, workers):
        if isinstance(done, Failed):
            plan.drop(done.job)
            print(f"FAILED {done.job}: {done.why}", flush=True)
            continue
        plan.add(done)
        write_report(folder, "qlora", report)
        print(_line(done), flush=True)
    return report


def perform_or_say(job: Job) -> Performed | Failed:
    """A training that diverges, or for which memory ran out, does not end the others."""
    try:
        return perform(job)
    except (CourseError, RuntimeError) as error:
        traceback.print_exc()
        return Failed(job, str(error))


def _line(done: Performed) -> str:
    if isinstance(done, Start):
        return f"{done.name}: error {done.rmse:.4f}, {_measured(done.accuracy, done.perplexity)}"
    if isinstance(done, Trial):
        what = f"{done.arm} at {done.learning_rate:g}, seed {done.seed}"
        return f"{what}: loss {done.loss:.4f} at {done.best_step}, perplexity {done.perplexity:.1f}"
    training, merges = done
    lines = [_training_line(training)]
    lines += [f"    {m.way}: {_measured(m.accuracy, m.perplexity)}" for m in merges]
    return "\n".join(lines)


def _training_line(training: Training) -> str:
    what = f"{training.arm} at {training.learning_rate:g}, seed {training.seed}"
    measured = _measured(training.accuracy, training.perplexity)
    return f"{what}: {measured}, loss {training.loss:.4f}, {training.seconds:.0f} s"


def _measured(accuracy: float, perplexity: float) -> str:
    return f"{accuracy:.3f}, perplexity {perplexity:.1f}"
