"""A model of seven billion parameters, trained with QLoRA in the memory of a small card."""

import dataclasses
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from course_utils.experiments.memory import PACKAGES
from course_utils.experiments.random_models import build, loss_of, make_optimiser, random_ids
from course_utils.machine.device import GIB, cuda_device
from course_utils.machine.environment import environment
from course_utils.memory.calculator import Training, estimate, workspaces
from course_utils.memory.measured import free_memory
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded.reports import write_report
from course_utils.recorded.small_card import describe_small_card, in_gib
from course_utils.training.cuda_graphs import Recorder

NAME = "Llama-2-7B"
CAP = 15 * GIB  # what a T4 leaves to a process
TRAINING = Training(Method.QLORA, 4, 512, checkpointing=True, rank=16)
CHUNK = 512  # positions whose logits are in memory at once, where the loss goes in chunks
WARM, STEPS = 3, 8


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to run the same training.

    Attributes:
        name: for the table.
        adapters_in_float32: PEFT's default, with bitsandbytes' paged AdamW; else adapters in
            bfloat16, with the course's optimiser, which keeps float32 masters.
        chunk: positions whose logits are in memory at once; None for all.
        graph: are forward and backward pass recorded as a CUDA graph?
    """

    name: str
    adapters_in_float32: bool = False
    chunk: int | None = None
    graph: bool = False


VARIANTS = (
    Variant("out of the box", adapters_in_float32=True),
    Variant("bfloat16 adapters"),
    Variant("bfloat16 adapters, loss in chunks", chunk=CHUNK),
    Variant("bfloat16 adapters, loss in chunks, CUDA graph", chunk=CHUNK, graph=True),
)


def study_small_card(folder: Path) -> dict[str, Any]:
    """Predict, then measure; write ``small_card.json``.

    Raises:
        CourseError: there is no CUDA device.
    """
    device = cuda_device("the study measures a GPU's memory")
    shape = SHAPES[NAME]
    full = estimate(shape, dataclasses.replace(TRAINING, method=Method.FULL), workspaces(device))
    report: dict[str, Any] = {
        "shape": NAME,
        "cap": CAP,
        "batch": TRAINING.batch,
        "length": TRAINING.length,
        "rank": TRAINING.rank,
        "chunk": CHUNK,
        "full fine-tuning": full.peak,
        **environment(device, PACKAGES),
        "variants": {},
    }
    for variant in VARIANTS:
        row: dict[str, Any] = {"predicted": predicted(variant, device)}
        report["variants"][variant.name] = row
        print(f"{variant.name}: predicted {in_gib(row['predicted'])}", flush=True)
        try:
            row |= measure(variant, device)
            print(f"{variant.name}: {describe_small_card(row)}", flush=True)
        except Exception as error:  # one variant's failure must not cost the others
            row["note"] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            print(f"{variant.name}: {row['note']}", flush=True)
        free_memory()
        write_report(folder, "small_card", report)
    return report


def predicted(variant: Variant, device: torch.device) -> int | None:
    """Bytes at the peak; None for what the calculator does not know: PEFT's float32 adapters."""
    if variant.adapters_in_float32:
        return None
    training = dataclasses.replace(TRAINING, logit_positions=variant.chunk)
    return estimate(SHAPES[NAME], training, workspaces(device)).peak


def measure(variant: Variant, device: torch.device) -> dict[str, Any]:
    """Peak bytes with the process capped, and tokens a second: the median of the later steps.

    What others hold, such as a notebook's own model, counts towards the cap and not in the peak.
    """
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, CAP / total), device)
    try:
        return _measure(variant, device)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


def _measure(variant: Variant, device: torch.device) -> dict[str, Any]:
    torch.manual_seed(0)
    shape = SHAPES[NAME]
    free_memory()
    others = torch.cuda.memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    model = build(shape, TRAINING, device, adapters_in_float32=variant.adapters_in_float32)
    loaded, building = torch.cuda.memory_allocated(device), _peak(device)
    step = _paged_step(model) if variant.adapters_in_float32 else _own_step(model)
    ids = random_ids(shape, TRAINING, device)
    torch.cuda.reset_peak_memory_stats(device)
    backward = _backward(variant, model, ids)
    seconds, losses = [], []
    for _ in range(WARM + STEPS):
        torch.cuda.synchronize(device)
        start = time.perf_counter()
        loss = backward()
        step()
        torch.cuda.synchronize(device)
        seconds.append(time.perf_counter() - start)
        losses.append(loss.item())
    return {
        "loaded": loaded - others,
        "peak while loading": building - others,
        "peak": _peak(device) - others,
        "reserved": torch.cuda.max_memory_reserved(device),
        "tokens_per_second": TRAINING.tokens / statistics.median(seconds[WARM:]),
        "seconds": [round(s, 4) for s in seconds],
        "losses": [round(value, 4) for value in losses],
    }


def _backward(
    variant: Variant, model: torch.nn.Module, ids: torch.Tensor
) -> Callable[[], torch.Tensor]:
    """A function that sets the gradients and returns the loss; recorded, where asked for."""
    if variant.graph:
        recorder = Recorder([p for p in model.parameters() if p.requires_grad])
        return recorder.record(lambda: loss_of(model, ids, variant.chunk))

    def backward() -> torch.Tensor:
        loss = loss_of(model, ids, variant.chunk)
        loss.backward()
        return loss.detach()

    return backward


def _peak(device: torch.device) -> int:
    return torch.cuda.max_memory_allocated(device)


def _own_step(model: torch.nn.Module) -> Callable[[], object]:
    optimiser = make_optimiser(model)
    return lambda: optimiser.step(max_norm=1.0)


def _paged_step(model: torch.nn.Module) -> Callable[[], None]:
    """A step of the optimiser that QLoRA's authors used: its state may move to the host."""
    from bitsandbytes.optim import PagedAdamW32bit

    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = PagedAdamW32bit(trained, lr=1e-4)

    def step() -> None:
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad()

    return step
