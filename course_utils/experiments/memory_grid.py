"""The memory calculator against a GPU: peaks of training steps, predicted and measured."""

import contextlib
import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from course_utils.errors import CourseError
from course_utils.experiments.memory_setups import (
    build,
    loss_of,
    make_optimiser,
    random_ids,
    use_checkpointing,
)
from course_utils.experiments.records import FOLDER, environment
from course_utils.memory import free_memory
from course_utils.memory_calculator import GIB, METHODS, Training, estimate, workspaces
from course_utils.memory_shapes import SHAPES

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


@dataclasses.dataclass
class Row:
    """One cell of the grid.

    Attributes:
        predicted: bytes at the peak, by the calculator.
        moment: the dearest moment, by the calculator.
        measured: ``torch.cuda.max_memory_allocated`` over the steps, less what others held; None if
            they were not run.
        seconds: of the last step.
        note: why it was not run; empty if it was.
    """

    shape: str
    method: str
    batch: int
    length: int
    checkpointing: bool
    predicted: int
    moment: str
    measured: int | None = None
    seconds: float | None = None
    note: str = ""

    @property
    def error(self) -> float:
        """Prediction over measurement, less 1."""
        return self.predicted / self.measured - 1


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
            print(describe(row), flush=True)
            save(folder, run)
    return [Row(**row) for row in run["rows"]]


def recorded_grids() -> dict[str, list[Row]]:
    """The recorded rows by device.

    Raises:
        CourseError: there are none.
    """
    path = FOLDER / "memory_grid.json"
    if not path.exists():
        raise CourseError(
            "There is no recorded memory grid",
            "make one on a GPU with: python -m course_utils experiments memory",
        )
    runs = json.loads(path.read_text(encoding="utf-8"))
    return {run["device"]: [Row(**row) for row in run["rows"]] for run in runs}


def cuda_device(why: str) -> torch.device:
    """The current CUDA device.

    Raises:
        CourseError: there is none.
    """
    if not torch.cuda.is_available():
        raise CourseError(f"There is no CUDA device here, and {why}", "run this on a GPU")
    return torch.device("cuda", torch.cuda.current_device())


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


def _rows(name: str, method: str, points: Sequence, device: torch.device) -> Iterator[Row]:
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
            if model is None:
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


def _steps(model, optimiser, ids: torch.Tensor, device: torch.device) -> tuple[int, float]:
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


def describe(row: Row) -> str:
    """One line on a cell."""
    what = f"{row.shape:13} {row.method:13} {row.batch} x {row.length:4}"
    what += " checkpointing" if row.checkpointing else " " * 14
    what += f"  predicted {row.predicted / GIB:7.2f} GiB ({row.moment})"
    if row.measured is None:
        return f"{what}: {row.note}"
    return f"{what}  measured {row.measured / GIB:7.2f} GiB  {row.error:+.1%}  {row.seconds:.2f} s"


def grid_table(rows: Sequence[Row], batch: int, length: int) -> str:
    """Predicted and measured GiB at one batch and length, without and with checkpointing."""
    head = f"{f'GiB, {batch} x {length} tokens':28}{'all activations kept':26}checkpointing"
    lines = [head, f"{'':28}" + f"{'predicted measured error':26}" * 2]
    cells: dict[tuple[str, str], dict[bool, str]] = {}
    for row in rows:
        if (row.batch, row.length) == (batch, length):
            cells.setdefault((row.shape, row.method), {})[row.checkpointing] = _cell(row)
    for (shape, method), found in cells.items():
        columns = (f"{found.get(checkpointing, ''):26}" for checkpointing in (False, True))
        lines.append(f"{shape:14}{method:14}{''.join(columns)}")
    return "\n".join(line.rstrip() for line in lines)


def _cell(row: Row) -> str:
    if row.measured is None:
        return f"{row.predicted / GIB:9.2f}    not run"
    return f"{row.predicted / GIB:9.2f}{row.measured / GIB:9.2f}{row.error:+8.1%}"


def save(folder: Path, run: dict) -> None:
    """Write ``memory_grid.json``: the runs of other devices, and this one."""
    path = folder / "memory_grid.json"
    others = []
    with contextlib.suppress(FileNotFoundError):
        runs = json.loads(path.read_text(encoding="utf-8"))
        others = [other for other in runs if other["device"] != run["device"]]
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*others, run], indent=1) + "\n", encoding="utf-8")
