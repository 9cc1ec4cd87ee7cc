"""Is training in float16 as good as in bfloat16? The path of a T4, on any GPU that has both."""

import json
import math
import tempfile
import time
from pathlib import Path

import torch

from course_utils import scoring, tasks
from course_utils.errors import CourseError
from course_utils.evaluation import compare, wilson_interval
from course_utils.experiments.perform import REVIEW, VALIDATION
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.records import FOLDER, environment
from course_utils.lora import add_lora
from course_utils.model import load_model
from course_utils.prompting import Prompt
from course_utils.training import TrainingConfig, make_examples, train

STEPS, TEST = 60, 500
RATES = {"full": 2e-5, "lora": 5e-4}
DTYPES = (torch.bfloat16, torch.float16)


def study_float16(folder: Path) -> dict:
    """Train each method in both precisions; write ``float16.json``."""
    report = {"steps": STEPS, "batch_size": BATCH_SIZE, "rates": RATES, "runs": {}}
    for method in RATES:
        for dtype in DTYPES:
            name = f"{method} {_name(dtype)}"
            report["runs"][name], device = _train(method, dtype)
            print(f"{name}: {report['runs'][name]['seconds']:.0f} s", flush=True)
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(report | environment(device), indent=1) + "\n"
            (folder / "float16.json").write_text(text, encoding="utf-8")
    print(float16_table(report), flush=True)
    return report


def recorded_float16() -> dict:
    """What ``study_float16`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    path = FOLDER / "float16.json"
    if not path.exists():
        raise CourseError(
            "Training in float16 was not recorded",
            "measure it on a GPU with: python -m course_utils experiments float16",
        )
    return json.loads(path.read_text(encoding="utf-8"))


def float16_table(report: dict) -> str:
    """Accuracy of each method in both precisions, and the paired difference."""
    lines = []
    for method in report["rates"]:
        answers = []
        for dtype in map(_name, DTYPES):
            row = report["runs"][f"{method} {dtype}"]
            right, n = row["correct"].count("1"), len(row["correct"])
            low, high = wilson_interval(right, n)
            lines.append(
                f"{method:5} {dtype:9} accuracy {right / n:.3f} [{low:.3f}, {high:.3f}], n = {n}, "
                f"{row['skipped']} of {report['steps']} steps skipped"
            )
            answers.append(row["correct"])
        lines.append(f"{method:5} bfloat16 against float16: {compare(*answers)}")
    return "\n".join(lines)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


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
