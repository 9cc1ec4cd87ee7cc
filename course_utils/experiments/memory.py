"""The memory calculator on trainings that it was not made with: predicted, then measured.

``python -m course_utils experiments memory_held_out memory_in_backward --workers GPUS`` writes
``memory_held_out.json`` and ``memory_in_backward.json``; lesson 5 reads them (*Is it right?*).
"""

import dataclasses
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from course_utils.experiments.family_configs import config_of
from course_utils.experiments.family_models import build_family, step_of
from course_utils.experiments.jobs import perform_all
from course_utils.experiments.memory_cells import (
    DEVELOPMENT,
    IN_BACKWARD,
    Cell,
    held_out,
    held_out_in_backward,
)
from course_utils.machine.device import cuda_device, dtype_text
from course_utils.machine.environment import environment
from course_utils.memory.calculator import estimate, workspaces
from course_utils.memory.cards import reserved
from course_utils.memory.measured import free_memory
from course_utils.recorded.memory_held_out import describe_held_out
from course_utils.recorded.reports import write_report

PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")  # whose versions are recorded
STEPS = 3
SETS: dict[str, dict[str, Callable[[], list[Cell]]]] = {  # by study, and name of the set
    "memory_held_out": {"development": lambda: list(DEVELOPMENT), "held out": held_out},
    "memory_in_backward": {
        "development": lambda: list(IN_BACKWARD),
        "held out": held_out_in_backward,
    },
}


@dataclasses.dataclass(frozen=True)
class Job:
    """One cell of a set, with its place in the report."""

    name: str
    index: int
    cell: Cell


def study_memory_held_out(folder: Path, workers: int = 1) -> dict[str, Any]:
    """Predict all cells, write that down, then measure them.

    Args:
        folder: where the report goes.
        workers: cells at a time; give as many as there are GPUs, as cells on one GPU share it.

    Raises:
        CourseError: there is no CUDA device.
    """
    return _study("memory_held_out", folder, workers)


def study_memory_in_backward(folder: Path, workers: int = 1) -> dict[str, Any]:
    """The same of full fine-tuning whose optimiser steps in the backward pass."""
    return _study("memory_in_backward", folder, workers)


def _study(study: str, folder: Path, workers: int) -> dict[str, Any]:
    device = cuda_device("the study measures a GPU's memory")
    sets = {name: cells() for name, cells in SETS[study].items()}
    report: dict[str, Any] = environment(device, PACKAGES) | {"steps": STEPS}
    for name, cells in sets.items():
        report[name] = [predict(cell, device) for cell in cells]
    write_report(folder, study, report)
    jobs = [
        Job(name, index, cell) for name, cells in sets.items() for index, cell in enumerate(cells)
    ]
    random.Random(0).shuffle(jobs)  # large ones on all GPUs
    for job, found in perform_all(measure, jobs, workers):
        row = report[job.name][job.index]
        row |= found
        print(f"{job.name}: {describe_held_out(row)}", flush=True)
        write_report(folder, study, report)
    return report


def predict(cell: Cell, device: torch.device) -> dict[str, Any]:
    """A row of the report, before anything is measured; sizes in bytes."""
    training = dataclasses.asdict(cell.training)
    for name, value in training.items():
        if isinstance(value, torch.dtype):
            training[name] = dtype_text(value)
    need = estimate(cell.shape, cell.training, workspaces(device))
    return {
        "model": cell.model,
        "layers": cell.layers,
        **training,
        "predicted": need.peak,
        "moment": need.moment,
        "predicted reserved": reserved(need, cell.training.checkpointing),
    }


def measure(job: Job) -> tuple[Job, dict[str, Any]]:
    """What a cell takes; an error is noted, so that it does not cost the others."""
    device = cuda_device("the study measures a GPU's memory")
    try:
        with torch.cuda.device(device):
            return job, measure_cell(job.cell, device)
    except Exception as error:
        return job, {"note": f"{type(error).__name__}: {(str(error) or '?').splitlines()[0]}"}


def measure_cell(cell: Cell, device: torch.device) -> dict[str, Any]:
    """Peaks over some training steps: allocated, reserved, and what CUDA takes beside."""
    torch.manual_seed(0)
    training = cell.training
    model = build_family(config_of(cell.model, cell.layers), training, device)
    ids = torch.randint(cell.shape.vocabulary, (training.batch, training.length), device=device)
    step = step_of(model, training, ids)
    free_memory()  # what building the model has left
    torch.cuda.reset_peak_memory_stats(device)
    for _ in range(STEPS):
        start = time.perf_counter()
        step()
        torch.cuda.synchronize(device)
        seconds = time.perf_counter() - start
    free, total = torch.cuda.mem_get_info(device)
    return {
        "measured": torch.cuda.max_memory_allocated(device),
        "reserved": torch.cuda.max_memory_reserved(device),
        "context": total - free - torch.cuda.memory_reserved(device),
        "seconds": round(seconds, 4),
    }
