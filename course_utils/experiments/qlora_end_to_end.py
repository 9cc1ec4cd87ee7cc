"""QLoRA from training to use: choose a rate, train, save, load, merge, write (lesson 5).

``experiments qlora`` asks what helps, with many trainings of the course's small model. This study
takes any model (``COURSE_MODEL``) the whole way once, and LoRA on weights of 16 bits, with the same
rates to choose from, beside it.
"""

import dataclasses
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.qlora_runs import (
    TrainingJob,
    load,
    load_base,
    perform,
    perplexity,
    trained,
)
from course_utils.experiments.trainings import VALIDATION, prompt_of
from course_utils.machine.device import pick_device
from course_utils.machine.environment import PACKAGES, environment
from course_utils.measure import scoring
from course_utils.measure.evaluation import Evaluation
from course_utils.measure.free_text import parse_answer, write_replies
from course_utils.memory.measured import free_memory
from course_utils.methods.lora_files import load_adapter, save_adapter
from course_utils.model.load import load_model
from course_utils.quantisation.merging import merge_into
from course_utils.recorded.end_to_end import (
    LOADED,
    MERGED,
    NAME,
    TRAINED,
    UNTRAINED,
    Kept,
    State,
)
from course_utils.recorded.qlora import DEQUANTISED, ORIGINAL, Arm, Trial, chosen_rate
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import to_row
from course_utils.recorded.runs import STEPS
from course_utils.settings import model_name

ARMS = {Arm("LoRA", "bfloat16"): (ORIGINAL,), Arm("QLoRA", "NF4"): (ORIGINAL, DEQUANTISED)}
RATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
SEED = 0
REPLIES, TOKENS = 100, 4  # texts that are written, and how long


def study_qlora_end_to_end(folder: Path) -> dict[str, Any]:
    """Take both arms the whole way; write ``qlora_end_to_end.json``, and the adapters."""
    model, _ = load_model()
    report: dict[str, Any] = {
        "model": Path(model_name()).name,
        "parameters": sum(p.numel() for p in model.parameters()),
        "settings": {"steps": STEPS, "batch_size": BATCH_SIZE, "validation": VALIDATION,
                     "rates": list(RATES), "seed": SEED, "new_tokens": TOKENS},
        **environment(pick_device(), (*PACKAGES, "bitsandbytes")),
        "trials": [], "kept": [], "states": [],
    }  # fmt: skip
    del model
    for arm in ARMS:
        trials = [_tried(arm, rate) for rate in RATES]
        report["trials"] += [to_row(trial) for trial in trials]
        job = TrainingJob(arm, chosen_rate(trials, arm.name), SEED, final=True)
        kept, states = whole_way(job, folder / arm.name)
        report["kept"].append(to_row(kept))
        report["states"] += [to_row(state) for state in states]
        write_report(folder, NAME, report)
    return report


def _tried(arm: Arm, rate: float) -> Trial:
    trial = perform(TrainingJob(arm, rate, SEED))
    assert isinstance(trial, Trial)
    print(f"{arm.name} at {rate:g}: loss {trial.loss:.4f} after {trial.best_step}", flush=True)
    free_memory()
    return trial


def whole_way(job: TrainingJob, folder: Path) -> tuple[Kept, list[State]]:
    """Train, save into ``folder``, load, merge; look at the model before and after each.

    Raises:
        CourseError: the training diverged, or the folder cannot be written to.
    """
    model, tokenizer = load_base(job.arm)
    held, seen = _bytes(model), {UNTRAINED: look(model, tokenizer)}
    model, tokenizer = load(job.arm, job.seed)
    step, loss, seconds, peak = trained(job, model, tokenizer)
    seen[TRAINED] = look(model, tokenizer)
    size = save_adapter(model, folder)
    loaded, _ = load_base(job.arm)
    load_adapter(loaded, folder)
    seen[LOADED] = look(loaded, tokenizer)
    for way in ARMS[job.arm]:
        loaded, _ = load_model()
        merge_into(loaded, model, dequantised=way == DEQUANTISED)
        seen[MERGED + way] = look(loaded, tokenizer)
    kept = Kept(job.arm.name, job.learning_rate, step, round(loss, 6), round(seconds, 1), peak,
                held, size)  # fmt: skip
    return kept, [_state(job.arm, name, seen) for name in seen]


@dataclasses.dataclass(frozen=True)
class Look:
    """What a model answers, how well it predicts text, and what it writes."""

    answers: Evaluation
    perplexity: float
    right: list[bool]
    reply: str


def look(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Look:
    """Measure a model on test items."""
    task = tasks.load("movies")
    prompt, first = prompt_of(task), task.test.select(range(min(REPLIES, len(task.test))))
    replies = write_replies(model, tokenizer, prompt, first["text"][:], TOKENS)
    right = [parse_answer(r.text) == label for r, label in zip(replies, first["label"][:])]
    answers = scoring.evaluate(model, tokenizer, prompt, task.test)
    return Look(answers, perplexity(model, tokenizer), right, replies[0].text)


def _state(arm: Arm, name: str, seen: dict[str, Look]) -> State:
    found = seen[name]
    apart = (found.answers.scores - seen[TRAINED].answers.scores).abs().max().item()
    written = "".join(str(int(right)) for right in found.right)
    state = State(arm.name, name, found.answers.correct, round(apart, 6), found.perplexity,
                  written, found.reply)  # fmt: skip
    texts = f"{written.count('1')} of {len(written)}"
    print(f"{arm.name}, {name}: {state.accuracy:.3f}, written {texts}, apart {apart:.4f}, "
          f"perplexity {found.perplexity:.1f}", flush=True)  # fmt: skip
    return state


def _bytes(model: PreTrainedModel) -> int:
    """Of all weights, codes and scales in memory."""
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
