"""One full fine-tuning step of the course against the same step through the HF Trainer.

``python -m course_utils benchmark`` runs both in turn, each in a process of its own so that its
peak memory is its own, on the same batches of 16 reviews in the same order, in bfloat16 mixed
precision. The HF Trainer is used as its documentation shows: a float32 model, ``bf16=True``, a
collator that pads each batch to its longest text, labels of -100 but for the answer. The time of
a step runs from the end of one step to the end of the next, batching included. The losses are
compared relatively: before any step, where both have the same weights, and over the first steps.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

import psutil
import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.machine.device import describe_device
from course_utils.machine.environment import versions
from course_utils.machine.storage import explained
from course_utils.model.load import load_model
from course_utils.recorded.reports import write_report
from course_utils.settings import results_folder
from course_utils.training.backward import backward
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, make_examples

BATCH, STEPS, WARM, ROUNDS = 16, 14, 4, 2
LEARNING_RATE = 1e-5
PACKAGES = ("torch", "transformers", "accelerate")


def _examples(tokenizer: PreTrainedTokenizerBase) -> list[Example]:
    task = tasks.load("movies")
    prompt = Prompt("Review: {text}\nSentiment:", task.label_words)
    return make_examples(tokenizer, prompt, task.train.select(range(BATCH * STEPS)))


def measure_course() -> dict[str, Any]:
    """Step times in seconds, losses and peak resident bytes of the course's own loop."""
    model, tokenizer = load_model(torch.bfloat16, torch.device("cpu"))
    examples, seconds, losses = _examples(tokenizer), [], []
    optimiser = MixedPrecisionAdamW(list(model.parameters()), LEARNING_RATE)
    model.train()
    for start in range(0, len(examples), BATCH):
        begin = time.perf_counter()
        batch = examples[start : start + BATCH]
        losses.append(backward(model, batch, tokenizer.pad_token_id))
        optimiser.step(max_norm=1.0)
        seconds.append(time.perf_counter() - begin)
    return {"seconds": seconds, "losses": losses, "peak": _peak()}


def measure_trainer() -> dict[str, Any]:
    """The same through ``transformers.Trainer``."""
    from transformers import (
        DataCollatorForSeq2Seq,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    model, tokenizer = load_model(torch.float32, torch.device("cpu"))
    model.set_attn_implementation("sdpa")  # what a plain from_pretrained would choose
    rows = [
        {"input_ids": e.ids + [e.answer], "labels": [-100] * len(e.ids) + [e.answer]}
        for e in _examples(tokenizer)
    ]
    ends, losses = [time.perf_counter()], []

    class Clock(TrainerCallback):
        def on_train_begin(self, *args: Any, **kwargs: Any) -> None:
            ends[0] = time.perf_counter()

        def on_step_end(self, *args: Any, **kwargs: Any) -> None:
            ends.append(time.perf_counter())

        def on_log(
            self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any
        ) -> None:
            losses.extend([float(logs["loss"])] if logs and "loss" in logs else [])

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            per_device_train_batch_size=BATCH,
            max_steps=STEPS,
            learning_rate=LEARNING_RATE,
            lr_scheduler_type="constant",
            bf16=True,
            use_cpu=True,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            train_sampling_strategy="sequential",
        )
        collator = DataCollatorForSeq2Seq(tokenizer, padding=True)
        Trainer(
            model, arguments, train_dataset=rows, data_collator=collator, callbacks=[Clock()]
        ).train()
    seconds = [end - start for start, end in zip(ends, ends[1:])]
    return {"seconds": seconds, "losses": losses, "peak": _peak()}


def _peak() -> int:
    """Peak resident bytes of this process, by the operating system's account."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource  # Windows has none

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run_benchmark() -> None:
    """Run both, in turn, print a table and write ``benchmark.json`` into the results folder.

    Raises:
        CourseError: one of the two processes failed.
    """
    runs: dict[str, list[dict[str, Any]]] = {"course": [], "trainer": []}
    for _ in range(ROUNDS):
        for name, results in runs.items():
            results.append(_in_process(name))
    report: dict[str, Any] = {name: _summary(results) for name, results in runs.items()}
    ours, theirs = report["course"], report["trainer"]
    report["speed_up"] = theirs["median_seconds"] / ours["median_seconds"]
    for key in ("first_loss", "first_losses_mean"):
        report[f"{key}_difference"] = abs(ours[key] / theirs[key] - 1)
    report["device"] = describe_device(torch.device("cpu"))
    report["versions"] = versions(PACKAGES)
    folder = results_folder()
    with explained("The benchmark", folder):
        write_report(folder, "benchmark", report)
    print(f"one step of full fine-tuning, {BATCH} reviews, bfloat16, {report['device']}")
    for name in runs:
        row = report[name]
        print(
            f"{name:8} {row['median_seconds']:.2f} s/step (median of {row['steps']}), "
            f"peak {row['peak_bytes'] / 1e9:.2f} GB, first loss {row['first_loss']:.3f}, "
            f"mean of the first {WARM} {row['first_losses_mean']:.3f}"
        )
    print(
        f"speed-up {report['speed_up']:.2f}; first losses {report['first_loss_difference']:.1%} "
        f"apart, means {report['first_losses_mean_difference']:.1%}"
    )


def _in_process(name: str) -> dict[str, Any]:
    code = f"import json; from course_utils import benchmark as b; r = b.measure_{name}(); "
    code += "print('\\nRESULT ' + json.dumps(r))"
    environment = os.environ | {"COURSE_DEVICE": "cpu", "TOKENIZERS_PARALLELISM": "false"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    if run.returncode != 0:
        last_words = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        raise CourseError(
            f"The benchmark of '{name}' failed ({last_words[-1]})",
            "install the packages of requirements-dev.txt and run it again",
        )
    return json.loads(run.stdout.rpartition("RESULT ")[2])


def _summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = [s for result in results for s in result["seconds"][WARM:]]
    return {
        "median_seconds": statistics.median(seconds),
        "steps": len(seconds),
        "peak_bytes": max(result["peak"] for result in results),
        "first_loss": results[0]["losses"][0],
        "first_losses_mean": statistics.mean(results[0]["losses"][:WARM]),
        "seconds": [result["seconds"] for result in results],
        "losses": results[0]["losses"],
    }
