"""QLoRA on a GPU: by hand, and through bitsandbytes and PEFT; accuracy, seconds and memory.

LoRA on the plain model has the same settings, so that the runs can be paired. They run at the same
time, so their own seconds say little: ``qlora_step.json`` has the speed.
"""

import concurrent.futures
import dataclasses
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE, SEEDS, STEPS
from course_utils.experiments.step_time import step_seconds
from course_utils.experiments.trainings import Trained, examples_of, prompt_of, train_once
from course_utils.libraries import bnb
from course_utils.libraries.qlora import add_peft_lora, train_library
from course_utils.machine.device import pick_device
from course_utils.machine.environment import PACKAGES, environment
from course_utils.measure import scoring
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import PeakMemory, free_memory
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.model.layers import trainable_parameters
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights
from course_utils.quantisation.layer import quantise_model
from course_utils.recorded.reports import write_report
from course_utils.recorded.runs import Record, Run, read, run_of, write
from course_utils.training.backward import backward, backward_of, mean_loss
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import History

METHODS = (Method.LORA, Method.QLORA, Method.QLORA_LIBRARIES)
RANK, ALPHA, RATE = 8, 16.0, 5e-4
TIMED, WARM = 30, 10  # steps whose time is taken, and of these the first that do not count
VALIDATIONS = 6


def runs() -> list[Run]:
    """LoRA, and QLoRA by hand and through the libraries, each with every seed."""
    return [
        Run("qlora", method, RATE, seed, rank=RANK, alpha=ALPHA, targets="all")
        for seed in SEEDS
        for method in METHODS
    ]


def load(method: Method, seed: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model and tokeniser, with adapters on plain or on 4-bit layers."""
    if method == Method.QLORA_LIBRARIES:
        model, tokenizer = bnb.load_model_4bit()
        add_peft_lora(model, RANK, ALPHA, seed)
        return model, tokenizer
    model, tokenizer = load_model()
    if method == Method.QLORA:
        quantise_model(model)
    add_lora(model, RANK, ALPHA, seed=seed)
    return model, tokenizer


def study_qlora(folder: Path, workers: int = 6, steps: int = STEPS, timed: int = TIMED) -> None:
    """Write ``qlora_step.json`` (seconds and memory of a step) and ``qlora.jsonl`` (the runs).

    What ``folder`` already holds is not run again, so a study that was cut off can be continued.

    Args:
        folder: where to write; made if need be.
        workers: runs at the same time; the steps are timed before, one method after the other.
        steps: of each run.
        timed: steps whose time is taken, at least ``WARM`` + 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    times, lines = folder / "qlora_step.json", folder / "qlora.jsonl"
    if not times.exists():
        write_report(folder, "qlora_step", time_steps(timed))
    records, start = read(lines) if lines.exists() else [], time.perf_counter()
    done = {run_of(record) for record in records}
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        workers, context, initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        futures = [pool.submit(perform_qlora, run, steps) for run in runs() if run not in done]
        for future in concurrent.futures.as_completed(futures):
            records.append(future.result())
            last, passed = records[-1], time.perf_counter() - start
            print(f"{passed:.0f} s  {last.method} {last.seed}: {last.accuracy:.3f}", flush=True)
            write(sorted(records, key=lambda r: (r.method, r.seed)), lines)


def _environment(device: torch.device) -> dict[str, Any]:
    """Where, when and with what, the quantisation's packages included."""
    return environment(device, (*PACKAGES, "bitsandbytes", "peft"))


def perform_qlora(run: Run, steps: int = STEPS) -> Record:
    """Train as ``run`` says, and measure on the test items.

    By hand the weights of the lowest validation loss are kept, as elsewhere; through the
    libraries those after the last step.
    """
    model, tokenizer = load(run.method, run.seed)
    task = tasks.load("movies")
    every = max(1, steps // VALIDATIONS)
    config = TrainingConfig(RATE, steps, BATCH_SIZE, validate_every=every, seed=run.seed)
    training = _train_library if run.method == Method.QLORA_LIBRARIES else train_once
    trained = training(model, tokenizer, examples_of(tokenizer, task), config)
    texts = tasks.load("editorials").test["text"][:]
    return Record(
        **dataclasses.asdict(dataclasses.replace(run, steps=steps)),
        batch_size=BATCH_SIZE,
        correct=scoring.evaluate(model, tokenizer, prompt_of(task), task.test).correct,
        domains={},
        perplexity=measure_perplexity(model, tokenizer, texts).value,
        best=list(trained.history.best),
        trainable_parameters=trainable_parameters(model),
        seconds=trained.seconds,
        peak_memory=trained.peak_memory,
        **_environment(model.device),
    )


def _train_library(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: tuple[list[Example], list[Example]],
    config: TrainingConfig,
) -> Trained:
    """What ``train_once`` does, through the libraries; validated at the end alone."""
    pad_id, start = tokenizer.pad_token_id, time.perf_counter()
    with PeakMemory(model.device) as memory:
        losses, _ = train_library(model, examples[0], config, pad_id)
        history = History(losses, [], [(config.steps, mean_loss(model, examples[1], pad_id))])
    return Trained(history, time.perf_counter() - start, memory.peak)


def time_steps(timed: int = TIMED) -> dict[str, Any]:
    """Median seconds and peak bytes of a training step, by method and way.

    And how many numbers of the model's weights in NF4 differ from the library's on this device.
    """
    report: dict[str, Any] = {}
    context = multiprocessing.get_context("spawn")
    for method in METHODS:  # each in a process of its own: no memory of the one before
        with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
            report[method] = pool.submit(time_method, method, timed).result()
        print(method, report[method], flush=True)
    report["differ from bitsandbytes"] = bnb.differences(linear_weights(load_model()[0]).values())
    print(report["differ from bitsandbytes"], flush=True)
    settings = {"batch_size": BATCH_SIZE, "steps": timed - WARM, "rank": RANK, "alpha": ALPHA}
    return report | settings | _environment(pick_device())


def time_method(method: Method, timed: int) -> dict[str, dict[str, float]]:
    """The measurements of one method, by way."""
    model, tokenizer = load(method, seed=0)
    task, pad_id = tasks.load("movies"), tokenizer.pad_token_id
    examples, _ = examples_of(tokenizer, task, task.train.select(range(2000)))
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
    return [
        (
            "plain",
            lambda: step_seconds(model, examples, config, lambda b: backward(model, b, pad_id)),
        ),
        ("graphs", lambda: step_seconds(model, examples, config, backward_of(model, pad_id))),
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
