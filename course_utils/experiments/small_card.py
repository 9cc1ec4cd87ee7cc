"""A model of seven billion parameters, trained with QLoRA in the memory of a small card."""

import concurrent.futures
import dataclasses
import functools
import os
import queue
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from course_utils.errors import CourseError
from course_utils.experiments import memory
from course_utils.experiments import small_card_libraries as libraries
from course_utils.experiments.fresh_process import call_fresh
from course_utils.experiments.random_models import build, random_ids
from course_utils.experiments.small_card_meter import STEPS, WARM, Meter
from course_utils.experiments.small_card_step import CHUNK, VARIANTS, Step, Variant
from course_utils.machine.device import cuda_device
from course_utils.machine.environment import environment
from course_utils.memory.calculator import Training, estimate, workspaces
from course_utils.memory.measured import free_memory
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded.reports import write_report
from course_utils.recorded.small_card import describe_small_card, in_gib

NAME = "Llama-2-7B"
CAP = 8 * 10**9  # bytes: a card "of 8 GB", CUDA's context included
TRAINING = Training(Method.QLORA, 4, 512, checkpointing=True, rank=16)
PACKAGES = (*memory.PACKAGES, "trl", "unsloth")
Job = Callable[[int], dict[str, Any]]  # measures on the GPU of that number


def study_small_card(folder: Path) -> dict[str, Any]:
    """Predict, then measure each variant in a process of its own; write ``small_card.json``.

    Raises:
        CourseError: there is no CUDA device.
    """
    if torch.cuda.device_count() == 0:
        cuda_device("the study measures a GPU's memory")  # says what to do
    report = call_fresh(begin)  # as a context in this process would take its part of the card
    for name, row in report["variants"].items():
        print(f"{name}: predicted {in_gib(row['predicted'])}", flush=True)

    def keep(part: str, name: str, row: dict[str, Any]) -> None:
        report[part].setdefault(name, {}).update(row)
        print(f"{name}: {describe_small_card(row)}", flush=True)
        write_report(folder, "small_card", report)

    with tempfile.TemporaryDirectory() as quantised:
        call_fresh(libraries.write_quantised, NAME, quantised)
        jobs: dict[tuple[str, str], Job] = {
            ("libraries", name): functools.partial(measure_side, side, quantised)
            for side, name in libraries.SIDES.items()
        }
        for variant in VARIANTS:
            jobs["variants", variant.name] = functools.partial(measure, variant)
        _measure_all(jobs, keep)
    return report


def begin() -> dict[str, Any]:
    """The report before anything is measured: settings, predictions, device and versions."""
    device = cuda_device("the study measures a GPU's memory")
    return {
        "shape": NAME,
        "cap": CAP,
        "batch": TRAINING.batch,
        "length": TRAINING.length,
        "rank": TRAINING.rank,
        "chunk": CHUNK,
        **environment(device, PACKAGES),
        "variants": {v.name: {"predicted": predicted(v, device)} for v in VARIANTS},
        "libraries": {},
    }


def predicted(variant: Variant, device: torch.device) -> int | None:
    """Bytes at the peak; None for what the calculator does not know."""
    if variant.adapters_in_float32 or variant.compiled:
        return None
    training = dataclasses.replace(TRAINING, logit_positions=variant.chunk)
    return estimate(SHAPES[NAME], training, workspaces(device)).peak


def _measure_all(jobs: dict[tuple[str, str], Job], keep: Callable[..., None]) -> None:
    """Measure each, one on each GPU at a time; one that fails does not cost the others."""
    gpus: queue.SimpleQueue[int] = queue.SimpleQueue()
    count = torch.cuda.device_count()
    for number in range(count):
        gpus.put(number)

    def measured(job: Job) -> dict[str, Any]:
        gpu = gpus.get()
        try:
            return job(gpu)
        except CourseError as error:
            return {"note": str(error).splitlines()[0]}
        finally:
            gpus.put(gpu)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        running = {pool.submit(measured, job): key for key, job in jobs.items()}
        for done in concurrent.futures.as_completed(running):
            keep(*running[done], done.result())


def measure_side(side: str, folder: str, gpu: int) -> dict[str, Any]:
    """What ``measure`` gives, for one of ``small_card_libraries.SIDES``."""
    settings = {"batch": TRAINING.batch, "length": TRAINING.length, "rank": TRAINING.rank}
    own = {"CUDA_VISIBLE_DEVICES": _visible(gpu), **libraries.OFFLINE}
    first = ["unsloth"] if side == "unsloth" else []  # it changes the others as they come in
    return call_fresh(
        libraries.measure_side, side, folder, CAP, settings, environment=own, first=first
    )


def _visible(gpu: int) -> str:
    """The number by which the driver knows a GPU of this process."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return visible.split(",")[gpu] if visible else str(gpu)


def measure(variant: Variant, gpu: int = 0) -> dict[str, Any]:
    """Bytes, and tokens a second as the median of the later steps, with the GPU's memory capped.

    What others hold on the card, such as a notebook's own model, counts towards the cap. What no
    tensor of this process holds is given back first.

    Returns:
        ``loaded``, ``peak`` and ``reserved`` bytes by PyTorch's account, those that are taken on
        the ``card`` by the driver's (context and others included), those held on the ``host``,
        ``preparation`` seconds, ``seconds`` and ``losses`` of all steps.

    Raises:
        CourseError: it failed; memory may have run out.
    """
    free_memory()
    own = {"CUDA_VISIBLE_DEVICES": _visible(gpu), "COURSE_DEVICE": "cuda", **variant.environment}
    return call_fresh(measure_here, dataclasses.asdict(variant), environment=own)


def measure_here(settings: dict[str, Any]) -> dict[str, Any]:
    """What ``measure`` returns, in this process, whose memory it caps.

    Args:
        settings: the fields of a ``Variant``.
    """
    variant, device = Variant(**settings), cuda_device("it measures a GPU's memory")
    meter = Meter(device, CAP, TRAINING.tokens)
    torch.manual_seed(0)
    shape = SHAPES[NAME]
    training = dataclasses.replace(TRAINING, checkpointing=not variant.compiled)
    model = build(shape, training, device, adapters_in_float32=variant.adapters_in_float32)
    ids = random_ids(shape, training, device)
    meter.model_is_loaded()
    step = Step(variant, model, ids)
    torch.cuda.synchronize(device)
    ends, losses = [time.perf_counter()], []
    for _ in range(WARM + STEPS):
        loss = step()
        torch.cuda.synchronize(device)
        ends.append(time.perf_counter())
        losses.append(loss.item())
    return meter.row(ends, losses, step.host)
