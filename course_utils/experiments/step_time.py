"""A training step on a GPU, as CUDA graphs and plainly: seconds and bytes."""

import functools
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE, lora, prompt
from course_utils.experiments.train_and_measure import prepare
from course_utils.experiments.trainings import examples_of
from course_utils.machine.device import GIB
from course_utils.machine.environment import environment
from course_utils.memory.measured import PeakMemory, free_memory
from course_utils.methods.names import Method
from course_utils.model.load import load_model
from course_utils.recorded.reports import write_report
from course_utils.recorded.runs import Run
from course_utils.training.backward import backward, backward_of
from course_utils.training.graphed_adamw import optimiser_of
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig, plan_batches

MakeOptimiser = Callable[[list[torch.nn.Parameter], float], MixedPrecisionAdamW]
STEPS, WARM = 60, 20  # every width has been recorded when the clock starts
RUNS = (
    Run("step_time", Method.FULL, 1e-5, 0),
    lora("step_time", 1e-5, 0),
    lora("step_time", 1e-5, 0, rank=2),
    prompt("step_time", 1e-5, 0),
)


def study_step_time(folder: Path) -> dict[str, Any]:
    """Time a step of each method; write ``step_time.json`` and print a table."""
    report: dict[str, Any] = {}
    for run in RUNS:
        model, tokenizer = load_model()
        task = tasks.load(run.task)
        prepare(run, model, tokenizer, task)
        examples, _ = examples_of(tokenizer, task, task.train.select(range(2000)))
        pad_id = tokenizer.pad_token_id
        name = f"{run.method} r={run.rank}" if run.rank else str(run.method)
        plain = functools.partial(backward, model, pad_id=pad_id)
        report[name] = {
            "plain": _measured(model, examples, plain, MixedPrecisionAdamW),
            "graphs": _measured(model, examples, backward_of(model, pad_id), optimiser_of),
        }
        print(name, {way: _said(row) for way, row in report[name].items()}, flush=True)
    report |= {"batch_size": BATCH_SIZE, "steps": STEPS - WARM, **environment(model.device)}
    write_report(folder, "step_time", report)
    return report


def _measured(
    model: PreTrainedModel,
    examples: list[Example],
    run_backward: Callable[[list[Example]], float],
    make_optimiser: MakeOptimiser,
) -> dict[str, Any]:
    """Median seconds of a whole step, once every width has been recorded, and bytes at most."""
    free_memory()
    config = TrainingConfig(1e-5, STEPS, BATCH_SIZE)
    with PeakMemory(model.device) as memory:
        seconds = step_seconds(model, examples, config, run_backward, make_optimiser)
    on_gpu = model.device.type == "cuda"
    return {
        "seconds": statistics.median(seconds[WARM:]),
        "first": sum(seconds[:WARM]),
        "peak_memory": memory.peak,
        "reserved": torch.cuda.max_memory_reserved(model.device) if on_gpu else None,
    }


def _said(row: dict[str, Any]) -> str:
    size = f"{row['peak_memory'] / GIB:.2f}"
    size += f" / {row['reserved'] / GIB:.2f} GiB" if row["reserved"] else " GiB"
    return f"{1000 * row['seconds']:.1f} ms, {size}"


def step_seconds(
    model: PreTrainedModel,
    examples: list[Example],
    config: TrainingConfig,
    run_backward: Callable[[list[Example]], float],
    make_optimiser: MakeOptimiser,
) -> list[float]:
    """Seconds of each step, collating and optimiser included."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimiser = make_optimiser(parameters, config.learning_rate)
    seconds = []
    model.train()
    for rows in plan_batches([len(example.ids) for example in examples], config):
        start = time.perf_counter()
        run_backward([examples[i] for i in rows])
        optimiser.step(config.max_norm)  # what the GPU has left to do, the next waits for
        seconds.append(time.perf_counter() - start)
    model.eval()
    return seconds
