"""The memory calculator against a GPU: peaks of training steps, predicted and measured."""

import contextlib
import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel

from course_utils.experiments.random_models import build, loss_of, make_optimiser, random_ids
from course_utils.libraries.qlora import use_checkpointing
from course_utils.machine.device import GIB, cuda_device
from course_utils.machine.environment import environment
from course_utils.memory.calculator import METHODS, Training, estimate, workspaces
from course_utils.memory.measured import free_memory
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded.memory_grid import Row, describe_cell
from course_utils.recorded.reports import write_report
from course_utils.training.mixed_precision import MixedPrecisionAdamW

NAMES = ("SmolLM2-135M", "Llama-3.2-1B", "Llama-2-7B")
POINTS = (  # (batch, length, checkpointing); checkpointing last, as it cannot be taken back
    (1, 512, False),
    (4, 512, False),
    (8, 256, False),
    (4, 1024, False),
    (4, 512, True),
    (4, 1024, True),
)
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")  # whose versions are recorded
STEPS = 2  # the optimiser's state is there from the second on
SPARE = 1.5 * GIB  # left to the CUDA context and to holes in the allocator's memory


def study_memory(folder: Path) -> list[Row]:
    """Measure the grid; add it to ``memory_grid.json``, in the place of this device's last grid.

    Raises:
        CourseError: there is no CUDA device.
    """
    device = cuda_device("the grid measures a GPU's memory")
    with torch.cuda.device(device):
        run = environment(device, PACKAGES) | {
            "workspaces": _measured_workspaces(device),
            "rows": [],
        }
        for row in measure(NAMES, POINTS, device):
            run["rows"].append(dataclasses.asdict(row))
            print(describe_cell(row), flush=True)
            save(folder, run)
    return [Row.read(row) for row in run["rows"]]


def measure(
    names: Sequence[str], points: Sequence[tuple[int, int, bool]], device: torch.device
) -> Iterator[Row]:
    """Measure each model with each method at each point.

    Args:
        names: keys of ``memory_shapes.SHAPES``.
        points: batch, length and checkpointing; those with checkpointing last.
    """
    for name in names:
        for method in METHODS:
            yield from _rows(name, method, points, device)


def _rows(name: str, method: Method, points: Sequence, device: torch.device) -> Iterator[Row]:
    """The cells of one model and method; what fails is noted and the rest goes on."""
    shape, capacity = SHAPES[name], torch.cuda.get_device_properties(device).total_memory
    free_memory()
    others = torch.cuda.memory_allocated(device)  # a notebook's own model, for example
    model = optimiser = None
    for batch, length, checkpointing in points:
        training = Training(method, batch, length, checkpointing=checkpointing)
        forecast = estimate(shape, training, workspaces(device))
        row = Row(name, method, batch, length, checkpointing, forecast.peak, forecast.moment)
        if others + forecast.peak + SPARE > capacity:
            row.note = f"does not fit into {capacity / GIB:.0f} GiB"
            yield row
            continue
        try:
            if model is None or optimiser is None:
                model = build(shape, training, device)
                optimiser = make_optimiser(model)
            elif checkpointing:
                use_checkpointing(model)
            ids = random_ids(shape, training, device)
            peak, row.seconds = _steps(model, optimiser, ids, device)
            row.measured = peak - others
        except Exception as error:  # one cell's failure must not cost the others
            row.note = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            model = optimiser = None
        free_memory()
        yield row
    del model, optimiser
    free_memory()


def _steps(
    model: PreTrainedModel, optimiser: MixedPrecisionAdamW, ids: torch.Tensor, device: torch.device
) -> tuple[int, float]:
    """Peak bytes over ``STEPS`` training steps, and the seconds of the last."""
    torch.cuda.reset_peak_memory_stats(device)
    for _ in range(STEPS):
        torch.cuda.synchronize(device)
        start = time.perf_counter()
        loss_of(model, ids).backward()
        optimiser.step(max_norm=1.0)  # returns a number, so the GPU is done
        seconds = time.perf_counter() - start
    return torch.cuda.max_memory_allocated(device), seconds


def _measured_workspaces(device: torch.device) -> int:
    """Bytes that stay allocated after a product has gone forward and backward."""
    x = torch.randn(256, 256, device=device, dtype=torch.bfloat16, requires_grad=True)
    (x @ x).sum().backward()
    del x
    return torch.cuda.memory_allocated(device)


def save(folder: Path, run: dict) -> None:
    """Write ``memory_grid.json``: the runs of other devices, and this one."""
    path = folder / "memory_grid.json"
    others = []
    with contextlib.suppress(FileNotFoundError):
        runs = json.loads(path.read_text(encoding="utf-8"))
        others = [other for other in runs if other["device"] != run["device"]]
    write_report(folder, "memory_grid", [*others, run])
