"""``python -m course_utils experiments STUDY``: run a study, several runs at a time."""

import functools
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from course_utils.experiments.jobs import perform_all
from course_utils.experiments.plan import STEPS, STUDIES
from course_utils.experiments.train_and_measure import perform
from course_utils.machine.device import GIB
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, read, run_of, write


def run_study(study: str, folder: Path, workers: int, steps: int = STEPS) -> list[Record]:
    """Perform every run of a study; write ``STUDY.jsonl``, and the vectors of soft prompts.

    ``clusters`` keeps the vectors at the start and at the end, the other studies those at the end.

    Runs that ``folder`` already holds are skipped, so a study that was cut off can be continued.

    Args:
        folder: where to write; made if need be.
        workers: processes that run at the same time. With more than one, the seconds of a run
            say little. With several GPUs, the processes are spread over them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines, tensors = folder / f"{study}.jsonl", folder / f"{study}.safetensors"
    records = read(lines) if lines.exists() else []
    vectors = load_file(tensors) if tensors.exists() else {}
    done = {run_of(record) for record in records}
    runs, start = [run for run in STUDIES[study]() if run not in done], time.perf_counter()
    for record, snapshots in perform_all(functools.partial(perform, steps=steps), runs, workers):
        records.append(record)
        passed = time.perf_counter() - start
        print(f"{len(records)}, {passed:.0f} s  {_line(record)}", flush=True)
        write(records, lines)
        if snapshots:
            ends = snapshots[:1] + snapshots[-1:]
            kept = ends if study == "clusters" else ends[-1:]
            vectors[record.key] = torch.stack(kept).half()
            save_file(vectors, tensors)
    return records


def _line(record: Record) -> str:
    what = {
        Method.FULL: "",
        Method.LORA: f"rank {record.rank} alpha {record.alpha:g} {record.targets}",
        Method.PROMPT_TUNING: f"length {record.length} {record.init} {record.task}",
    }[record.method]
    speed = f"{1000 * record.seconds / record.steps:.0f} ms a step"
    return (
        f"{record.method} {what} lr {record.learning_rate:g} seed {record.seed}: "
        f"{record.accuracy:.3f} ({speed}, {record.peak_memory / GIB:.2f} GiB)"
    )
