"""A step of QLoRA on a GPU, by hand and through bitsandbytes and PEFT: seconds and memory.

And a step of LoRA on the plain model. Lesson 5, *What a step costs*; ``qlora`` has the accuracies.
"""

import concurrent.futures
import functools
import multiprocessing
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.qlora_runs import load
from course_utils.experiments.step_time import step_seconds
from course_utils.experiments.trainings import examples_of
from course_utils.libraries import bnb
from course_utils.libraries.qlora import train_library
from course_utils.machine.device import pick_device
from course_utils.machine.environment import PACKAGES, environment
from course_utils.memory.measured import PeakMemory, free_memory
from course_utils.methods.names import Method
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights
from course_utils.recorded.qlora import Arm
from course_utils.recorded.reports import write_report
from course_utils.training.backward import backward, backward_of
from course_utils.training.graphed_adamw import optimiser_of
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig

RANK, RATE = 8, 5e-4
ARMS = {
    Method.LORA: Arm("LoRA", "bfloat16", RANK),
    Method.QLORA: Arm("QLoRA", "NF4", RANK),
    Method.QLORA_LIBRARIES: Arm("QLoRA, libraries", "bitsandbytes", RANK),
}
TIMED, WARM = 30, 10  # steps whose time is taken, and of these the first that do not count


def study_qlora_step(folder: Path, timed: int = TIMED) -> dict[str, Any]:
    """Write ``qlora_step.json``: seconds and memory of a step, one method after the other.

    Args:
        folder: where to write; made if need be.
        timed: steps whose time is taken, at least ``WARM`` + 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = time_steps(timed)
    write_report(folder, "qlora_step", report)
    return report


def time_steps(timed: int = TIMED) -> dict[str, Any]:
    """Median seconds and peak bytes of a training step, by method and way.

    And how many numbers of the model's weights in NF4 differ from the library's on this device.
    """
    report: dict[str, Any] = {}
    context = multiprocessing.get_context("spawn")
    for method in ARMS:  # each in a process of its own: no memory of the one before
        with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
            report[method] = pool.submit(time_method, method, timed).result()
        print(method, report[method], flush=True)
    report["differ from bitsandbytes"] = bnb.differences(linear_weights(load_model()[0]).values())
    print(report["differ from bitsandbytes"], flush=True)
    settings = {"batch_size": BATCH_SIZE, "steps": timed - WARM, "rank": RANK, "alpha": 2.0 * RANK}
    return report | settings | environment(pick_device(), (*PACKAGES, "bitsandbytes", "peft"))


def time_method(method: Method, timed: int) -> dict[str, dict[str, float]]:
    """The measurements of one method, by way."""
    model, tokenizer = load(ARMS[method], seed=0)
    task, pad_id = tasks.load("movies"), tokenizer.pad_token_id
    examples = examples_of(tokenizer, task)[0][:2000]
    config = TrainingConfig(RATE, timed, BATCH_SIZE)
    ways = _ways(method, model, examples, config, pad_id)
    return {name: _measure(way, model) for name, way in ways}


def _ways(
    method: Method,
    model: PreTrainedModel,
    examples: list[Example],
    config: TrainingConfig,
    pad_id: int,
) -> list[tuple[str, Callable[[], list[float]]]]:
    """How a step may be run: each a name, and a function that gives the seconds of the steps."""
    if method == Method.QLORA_LIBRARIES:
        return [
            ("plain", lambda: train_library(model, examples, config, pad_id, False)[1]),
            ("checkpointing", lambda: train_library(model, examples, config, pad_id, True)[1]),
        ]
    timed = functools.partial(step_seconds, model, examples, config)
    return [
        ("plain", lambda: timed(lambda b: backward(model, b, pad_id), MixedPrecisionAdamW)),
        ("graphs", lambda: timed(backward_of(model, pad_id), optimiser_of)),
    ]


def _measure(way: Callable[[], list[float]], model: PreTrainedModel) -> dict[str, float]:
    """Median seconds after the first steps, and the peak over all of them."""
    free_memory()
    with PeakMemory(model.device) as memory:
        seconds = way()
    return {
        "seconds": statistics.median(seconds[WARM:]),
        "peak_memory": memory.peak,
        "before": memory.start,
    }
