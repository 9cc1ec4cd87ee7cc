"""``python -m course_utils experiments STUDY``: run studies, several runs at a time."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError
from course_utils.experiments.finals import FINALS
from course_utils.experiments.jobs import perform_next
from course_utils.experiments.plan import STUDIES, keeps_vectors
from course_utils.experiments.schedule import Schedule, estimate
from course_utils.experiments.train_and_measure import Performed, perform
from course_utils.files import write_whole
from course_utils.machine.device import GIB
from course_utils.methods.names import Method
from course_utils.recorded.paths import PromptPath, read_paths, write_paths
from course_utils.recorded.runs import Record, Run, read, start_key, write

ALL = (*STUDIES, *FINALS)


@dataclasses.dataclass(frozen=True)
class Failed:
    """A run that came to nothing, and why."""

    run: Any
    why: str


def run_studies(studies: Sequence[str], folder: Path, workers: int) -> None:
    """Perform every run of the studies; write ``STUDY.jsonl``, and the vectors of soft prompts.

    The vectors after training stand in ``STUDY.safetensors``; for ``clusters`` their starts too,
    and for ``paths`` many moments instead. Runs that ``folder`` already holds
    are skipped, so studies that were cut off can be continued. A run that fails is said and left
    out.

    Args:
        folder: where to write, and where the results are of which finals need the settings; made
            if need be.
        workers: processes that run at the same time. With more than one, the seconds of a run
            say little. With several GPUs, the processes are spread over them.

    Raises:
        CourseError: see ``Schedule``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results = Results(folder)
    schedule = Schedule(studies, results.records)
    print(f"{', '.join(studies)}: {estimate(schedule.waiting())}, and what they decide", flush=True)
    begin, count = time.perf_counter(), 0
    for done in perform_next(_perform_or_say, schedule.next_run, workers):
        count += 1
        passed = f"{count}, {time.perf_counter() - begin:.0f} s "
        if isinstance(done, Failed):
            schedule.settle(done.run, None)
            print(f"{passed} FAILED {done.run}: {done.why}", flush=True)
        else:
            run, performed = done
            schedule.settle(run, performed.record)
            results.add(run, performed)
            print(f"{passed} {_line(performed.record)}", flush=True)


def _perform_or_say(run: Run) -> tuple[Run, Performed] | Failed:
    """A training that diverges, or for which memory ran out, does not end the others."""
    try:
        return run, perform(run)
    except (CourseError, torch.OutOfMemoryError) as error:
        return Failed(run, str(error))


class Results:
    """The files of all studies in a folder.

    Attributes:
        records: by study.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        found = {study: self._file(f"{study}.jsonl") for study in ALL}
        self.records = {study: read(path) for study, path in found.items() if path.exists()}
        self._vectors: dict[str, dict[str, torch.Tensor]] = {}
        for study in ALL:
            path = self._file(f"{study}.safetensors")
            if study != "paths" and path.exists():
                self._vectors[study] = load_file(path)
        paths = self._file("paths.safetensors")
        self._paths: dict[str, PromptPath] = read_paths(paths) if paths.exists() else {}

    def _file(self, name: str) -> Path:
        return self._folder / name

    def add(self, run: Run, performed: Performed) -> None:
        """Keep a run; its vectors first, so that a record never lacks them."""
        record = performed.record
        if performed.path is not None:
            self._paths[record.key] = performed.path
            write_paths(self._paths, self._file("paths.safetensors"))
        if keeps_vectors(run) and performed.kept is not None and performed.start is not None:
            vectors = self._vectors.setdefault(run.study, {})
            vectors[record.key] = performed.kept.half()
            if run.study == "clusters":
                vectors[start_key(record.key)] = performed.start.half()
            path = self._file(f"{run.study}.safetensors")
            write_whole(path, lambda part: save_file(vectors, part))
        records = self.records.setdefault(run.study, [])
        records.append(record)
        write(sorted(records, key=_order), self._file(f"{run.study}.jsonl"))


def _order(record: Record) -> tuple:
    """By setting, then by seed, whatever the order in which the runs were done."""
    setting = (record.items, record.method, record.task, record.shuffled, record.init, record.rank)
    rest = (record.alpha, record.targets, record.length, record.steps, record.learning_rate)
    return (*setting, *rest, record.seed)


def _line(record: Record) -> str:
    what = {
        Method.FULL: "",
        Method.LORA: f"rank {record.rank} alpha {record.alpha:g} {record.targets} {record.init}",
        Method.PROMPT_TUNING: f"length {record.length} {record.init}",
    }[record.method]
    shuffled = " shuffled" if record.shuffled else ""
    speed = f"{1000 * record.seconds / record.steps:.0f} ms a step"
    return (
        f"{record.study}: {record.method} {what} {record.task}{shuffled} "
        f"lr {record.learning_rate:g} seed {record.seed}: {record.items} {record.accuracy:.3f}, "
        f"loss {record.best[1]:.4f} at {record.best[0]} of {record.steps}, "
        f"perplexity {record.perplexity:.0f} ({speed}, {record.peak_memory / GIB:.2f} GiB)"
    )
