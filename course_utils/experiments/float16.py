"""Is training in float16 as good as in bfloat16? The path of a T4, on any GPU that has both."""

import math
from pathlib import Path
from typing import Any

import torch

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.model.load import load_model
from course_utils.recorded.float16 import DTYPES, dtype_name, float16_table
from course_utils.recorded.reports import write_report
from course_utils.training.plan import TrainingConfig

STEPS, TEST = 60, 500
RATES = {Method.FULL: 2e-5, Method.LORA: 5e-4}


def study_float16(folder: Path) -> dict[str, Any]:
    """Train each method in both precisions; write ``float16.json``."""
    report: dict[str, Any] = {
        "steps": STEPS,
        "batch_size": BATCH_SIZE,
        "rates": RATES,
        "runs": {},
    }
    for method in RATES:
        for dtype in DTYPES:
            name = f"{method} {dtype_name(dtype)}"
            report["runs"][name], device = _train(method, dtype)
            print(f"{name}: {report['runs'][name]['seconds']:.0f} s", flush=True)
            write_report(folder, "float16", report | environment(device))
    print(float16_table(report), flush=True)
    return report


def _train(method: Method, dtype: torch.dtype) -> tuple[dict[str, Any], torch.device]:
    model, tokenizer = load_model(dtype)
    task = tasks.load("movies")
    if method == Method.LORA:
        add_lora(model, rank=8)
    config = TrainingConfig(RATES[method], STEPS, BATCH_SIZE, validate_every=STEPS // 2)
    trained = train_once(model, tokenizer, examples_of(tokenizer, task), config)
    test = task.test.select(range(TEST))
    row = {
        "correct": scoring.evaluate(model, tokenizer, prompt_of(task), test).correct,
        "skipped": sum(not math.isfinite(norm) for norm in trained.history.norms),
        "losses": [round(loss, 4) for loss in trained.history.losses],
        "validations": trained.history.validations,
        "seconds": round(trained.seconds, 1),
    }
    return row, model.device
