"""In which order the runs of several studies are made, and about how long they take.

Finals wait for the searches that choose their settings. What the lessons rest on comes first, so
that a run of all studies that is cut off lacks the least important runs.
"""

from collections.abc import Iterable, Sequence

from course_utils.errors import CourseError
from course_utils.experiments.finals import FINALS, NEEDS, Records, is_compared, planned
from course_utils.experiments.plan import STUDIES
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, Run, run_of

# Measured on an H100 that makes six or more runs at once: a step, and the rest of a run.
STEP_SECONDS = {Method.FULL: 0.036, Method.LORA: 0.028, Method.PROMPT_TUNING: 0.021}
REST_SECONDS = 2.0


def gpu_seconds(run: Run) -> float:
    """About how much of an H100's time a run takes, among others."""
    longer = 1 + run.length / 150  # soft tokens cost what other tokens do
    return run.steps * STEP_SECONDS[run.method] * longer + REST_SECONDS


def estimate(runs: Sequence[Run]) -> str:
    """``156 runs, about 27 minutes of one H100``."""
    minutes = sum(map(gpu_seconds, runs)) / 60
    return f"{len(runs)} runs, about {minutes:.0f} minutes of one H100"


def importance(run: Run) -> tuple[int, float]:
    """Where a run stands in the order: lower comes first, and of equals the longest."""
    if run.study in FINALS or is_compared(run):
        return 0, -gpu_seconds(run)
    first_seeds = 3 if run.study == "clusters" else 1
    return 1 if run.seed < first_seeds else 2, -gpu_seconds(run)


class Schedule:
    """What is left to run of some studies.

    Args:
        studies: their names.
        records: what there is already of all studies, those included that others need.

    Raises:
        CourseError: a study needs the results of another that is neither there nor to be run.
    """

    def __init__(self, studies: Sequence[str], records: Records):
        self.studies = studies
        self._records = {study: list(found) for study, found in records.items()}
        self._begun = {run_of(record) for found in records.values() for record in found}
        self._settled = set(self._begun)
        for study in studies:
            for need in NEEDS.get(study, ()):
                if need not in studies and self._unsettled(need):
                    raise CourseError(
                        f"The settings of '{study}' are chosen by '{need}', which is not complete",
                        f"run both: python -m course_utils experiments {need} {study}",
                    )

    def settle(self, run: Run, record: Record | None) -> None:
        """Note what came of a run; None if it failed, which is not tried again."""
        self._settled.add(run)
        if record is not None:
            self._records.setdefault(run.study, []).append(record)

    def next_run(self) -> Run | None:
        """The most important run that can be begun; None while there is none."""
        waiting = self.waiting()
        if not waiting:
            return None
        run = min(waiting, key=importance)
        self._begun.add(run)
        return run

    def waiting(self) -> list[Run]:
        """The runs that can be begun, as far as the results so far allow to plan them."""
        ready = (s for s in self.studies if not any(map(self._unsettled, NEEDS.get(s, ()))))
        runs = [run for study in ready for run in planned(study, self._records)]
        return [run for run in runs if run not in self._begun]

    def _unsettled(self, study: str) -> list[Run]:
        """Runs of a search that finals wait for."""
        return [r for r in _needed(STUDIES[study]()) if r not in self._settled]


def _needed(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if is_compared(run)]
