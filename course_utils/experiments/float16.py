"""Is training in float16 as good as in bfloat16? The path of a T4, on any GPU that has both."""

import json
import math
import tempfile
import time
from pathlib import Path

import torch

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.train_and_measure import REVIEW, VALIDATION
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.methods.lora import add_lora
from course_utils.model.load import load_model
from course_utils.recorded.float16 import DTYPES, dtype_name, float16_table
from course_utils.training.loop import train
from course_utils.training.plan import TrainingConfig, make_examples

STEPS, TEST = 60, 500
RATES = {"full": 2e-5, "lora": 5e-4}


def study_float16(folder: Path) -> dict:
    """Train each method in both precisions; write ``float16.json``."""
    report = {"steps": STEPS, "batch_size": BATCH_SIZE, "rates": RATES, "runs": {}}
    for method in RATES:
        for dtype in DTYPES:
            name = f"{method} {dtype_name(dtype)}"
            report["runs"][name], device = _train(method, dtype)
            print(f"{name}: {report['runs'][name]['seconds']:.0f} s", flush=True)
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(report | environment(device), indent=1) + "\n"
            (folder / "float16.json").write_text(text, encoding="utf-8")
    print(float16_table(report), flush=True)
    return report


def _train(method: str, dtype: torch.dtype) -> tuple[dict, torch.device]:
    model, tokenizer = load_model(dtype)
    task = tasks.load("movies")
    prompt = Prompt(REVIEW, task.label_words)
    if method == "lora":
        add_lora(model, rank=8)
    config = TrainingConfig(RATES[method], STEPS, BATCH_SIZE, validate_every=STEPS // 2)
    examples = make_examples(tokenizer, prompt, task.train)
    validation = make_examples(tokenizer, prompt, task.validation.select(range(VALIDATION)))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        history = train(
            model, examples, validation, config,
            pad_id=tokenizer.pad_token_id, folder=Path(scratch), resume=False,
        )  # fmt: skip
    seconds = time.perf_counter() - start
    correct = scoring.evaluate(model, tokenizer, prompt, task.test.select(range(TEST))).correct
    row = {
        "correct": correct,
        "skipped": sum(not math.isfinite(norm) for norm in history.norms),
        "losses": [round(loss, 4) for loss in history.losses],
        "validations": history.validations,
        "seconds": round(seconds, 1),
    }
    return row, model.device
