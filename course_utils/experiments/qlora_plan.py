"""Which jobs ``experiments qlora`` consists of, and which of them is next.

An arm's rates are tried with two seeds each; when all are there, it is trained with five seeds at
the rate of the lowest mean validation loss.
"""

from typing import Any

from course_utils.experiments.how_much import beyond
from course_utils.experiments.plan import MORE_SEEDS, TWO_SEEDS
from course_utils.experiments.qlora_runs import Job, Performed, StartJob, TrainingJob
from course_utils.quantisation.loftq import ITERATIONS
from course_utils.recorded.qlora import Arm, Start, Trial, chosen_rate, losses
from course_utils.recorded.rows import from_row, to_row

# Whose 21 adapters a matrix of the attention hold about as many numbers as 8 in all layers.
EQUAL_RANK = 21
ARMS = (  # those that take longest first
    Arm("QLoRA, libraries", "bitsandbytes"),
    Arm("LoftQ, rank 64", "NF4", rank=64, start="LoftQ"),
    Arm("LoftQ", "NF4", start="LoftQ"),
    Arm("QLoRA", "NF4"),
    Arm("QLoRA, rank 32", "NF4", rank=32),
    Arm("QLoRA, rank 64", "NF4", rank=64),
    Arm("QLoRA, attention", "NF4", targets="attention"),
    Arm("QLoRA, attention, rank 21", "NF4", rank=EQUAL_RANK, targets="attention"),
    Arm("LoRA", "bfloat16"),
    Arm("LoRA, rank 64", "bfloat16", rank=64),
    Arm("LoRA, attention", "bfloat16", targets="attention"),
)
STARTS = (
    StartJob("bfloat16"),
    StartJob("NF4", 0),
    StartJob("LoftQ, rank 8, 1 iteration", 8, 1),
    StartJob(f"LoftQ, rank 8, {ITERATIONS} iterations", 8, ITERATIONS),
    StartJob(f"LoftQ, rank 64, {ITERATIONS} iterations", 64, ITERATIONS),
)
RATES = (2e-4, 5e-4, 1e-3, 2e-3)  # more are tried where the best is at an end
EXTENSIONS = 2  # of an arm's rates, at most
KINDS = ("starts", "trials", "trainings", "merges")  # lists of the report


class Plan:
    """What of the study is left to do.

    Args:
        report: as far as it is done; results are added to it.
    """

    def __init__(self, report: dict[str, Any]):
        self._report = report
        self._begun: set[Job] = set()
        self._failed: set[tuple[str, float]] = set()  # arms and rates that came to nothing

    def next_job(self) -> Job | None:
        """Trainings on test reviews first, then what decides of them; None while there is none."""
        waiting: list[Job] = [*self._finals(), *self._trials(), *self._starts()]
        for job in waiting:
            if job not in self._begun:
                self._begun.add(job)
                return job
        return None

    def add(self, done: Performed) -> None:
        """Put what was measured into the report."""
        if isinstance(done, Start):
            self._report["starts"].append(to_row(done))
        elif isinstance(done, Trial):
            self._report["trials"].append(to_row(done))
        else:
            training, merges = done
            self._report["trainings"].append(to_row(training))
            self._report["merges"] += [to_row(merge) for merge in merges]

    def drop(self, job: Job) -> None:
        """Note that a job failed: a rate that diverges is not one to choose."""
        if isinstance(job, TrainingJob) and not job.final:
            self._failed.add((job.arm.name, job.learning_rate))

    def _starts(self) -> list[StartJob]:
        known = {row["name"] for row in self._report["starts"]}
        return [job for job in STARTS if job.name not in known]

    def _trials(self) -> list[TrainingJob]:
        tried = {(t.arm, t.learning_rate, t.seed) for t in self._tried()}
        return [
            TrainingJob(arm, rate, seed)
            for arm in ARMS
            for rate in self._rates(arm)
            for seed in TWO_SEEDS
            if (arm.name, rate, seed) not in tried
        ]

    def _finals(self) -> list[TrainingJob]:
        known = {(row["arm"], row["seed"]) for row in self._report["trainings"]}
        return [
            TrainingJob(arm, chosen_rate(self._complete(arm), arm.name), seed, final=True)
            for arm in ARMS
            if self._is_searched(arm)
            for seed in MORE_SEEDS
            if (arm.name, seed) not in known
        ]

    def _tried(self) -> list[Trial]:
        return [from_row(Trial, row) for row in self._report["trials"]]

    def _complete(self, arm: Arm) -> list[Trial]:
        """The trials of those rates of an arm that every seed has tried."""
        mine = [trial for trial in self._tried() if trial.arm == arm.name]
        tried = {(trial.learning_rate, trial.seed) for trial in mine}
        return [t for t in mine if all((t.learning_rate, seed) in tried for seed in TWO_SEEDS)]

    def _rates(self, arm: Arm) -> list[float]:
        """The grid; once that is complete, one more beyond it where the best is at an end."""
        tried = losses(self._complete(arm), arm.name)
        grid = [rate for rate in RATES if (arm.name, rate) not in self._failed]
        rates = list(dict.fromkeys([*grid, *tried]))
        if len(tried) > 1 and set(grid) <= set(tried) and len(tried) < len(RATES) + EXTENSIONS:
            rates += beyond(tried)
        return [rate for rate in rates if (arm.name, rate) not in self._failed]

    def _is_searched(self, arm: Arm) -> bool:
        """Have all of the arm's rates been tried, and is none left to try?"""
        tried = losses(self._complete(arm), arm.name)
        return bool(tried) and set(self._rates(arm)) <= set(tried)
