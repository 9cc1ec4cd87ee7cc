"""``python -m course_utils experiments ladder``: methods, sizes and steps (lesson 6).

One process a GPU (``--workers``); what the folder already holds is not done again, so a study that
was cut off goes on with the same command, on another machine too. Each model has a file of its own
there, so that studies of several models may run at the same time.
"""

import dataclasses
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils import settings
from course_utils.data import tasks
from course_utils.data.tasks import Task
from course_utils.errors import CourseError
from course_utils.experiments.flops import Sizes, sizes_of, step_flops
from course_utils.experiments.jobs import perform_next
from course_utils.experiments.ladder_plan import PROMPTS, TASKS, Job, LadderSchedule
from course_utils.experiments.ladder_prompts import few_shot, trained_prompt, zero_shot
from course_utils.experiments.run_study import Failed
from course_utils.experiments.together import (
    LoRAs,
    SoftPrompts,
    Trained,
    Whole,
    embedding_norm,
    words_as_start,
)
from course_utils.experiments.until_best import (
    Outcome,
    Rule,
    Trial,
    train_until_best,
    whole_batches,
)
from course_utils.machine.environment import environment
from course_utils.methods.names import Method
from course_utils.model.identity import origin_of
from course_utils.model.load import load_model
from course_utils.recorded.ladder import (
    FEW_SHOT,
    FOLDER,
    ZERO_SHOT,
    Rung,
    read_rungs,
    write_rungs,
)
from course_utils.training.backward import activation_bytes
from course_utils.training.plan import Example, make_examples

RULE = Rule()
QUICK_RULE = Rule(batch_size=2, warmup=1, validate_every=1, patience=2, most_steps=2)
QUICK_ITEMS = 12  # of each split; quick results stand in a folder of their own
VALIDATION = 500  # items that choose rates, prompts and weights
LENGTH, RANK, ALPHA = 20, 8, 16.0  # of soft prompts, and of LoRA on all linear layers
SHARE = 0.7  # of a GPU's free memory that activations may take
ON_CPU = 4  # trials at once there: the work is the same in any order


def study_ladder(
    folder: Path, workers: int, models: Sequence[str] = (), chosen: Sequence[str] = ()
) -> None:
    """Run all cells that are not done; write ``ladder/MODEL.jsonl``.

    Args:
        workers: processes that work at the same time, spread over the GPUs.
        models: hub ids or folders, the most important first; the course's own if none is named.
        chosen: tasks, likewise; ``ladder_plan.TASKS`` if none is named.

    Raises:
        CourseError: there is no such task.
    """
    named = [(model, _name(model)) for model in models or [""]]
    for task in chosen:
        if task not in TASKS:
            raise CourseError(
                f"The ladder has no task '{task}'", f"choose some of: {', '.join(TASKS)}"
            )
    folder = folder / (f"{FOLDER}-quick" if settings.quick() else FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.jsonl" for _, name in named}
    rungs = {name: read_rungs(path) for name, path in paths.items()}
    known = [rung for own in rungs.values() for rung in own]
    schedule, begin = LadderSchedule(named, chosen or TASKS, known), time.perf_counter()
    for done in perform_next(_perform_or_say, schedule.next_job, workers):
        passed = f"{time.perf_counter() - begin:.0f} s "
        if isinstance(done, Failed):
            print(f"{passed} FAILED {done.run}: {done.why}", flush=True)
            continue
        schedule.settle(done)
        rungs[done[0].model] += done
        write_rungs(rungs[done[0].model], paths[done[0].model])
        for rung in done:
            print(f"{passed} {_line(rung)}", flush=True)


def _name(model: str) -> str:
    """The last part of a hub id or folder."""
    return model.rstrip("/").rpartition("/")[2] or settings.COURSE_MODEL


def _perform_or_say(job: Job) -> list[Rung] | Failed:
    try:
        return perform(job)
    except (CourseError, torch.OutOfMemoryError) as error:
        return Failed(job, str(error).splitlines()[0])


def perform(job: Job) -> list[Rung]:
    """Do a job.

    Raises:
        CourseError: the model cannot be loaded, or a label word is no single token in it.
    """
    if job.model:
        os.environ["COURSE_MODEL"] = job.model
    else:
        os.environ.pop("COURSE_MODEL", None)
    model, tokenizer = load_model()
    task, cell = _task(job.task), _cell(job, model)
    if job.method == PROMPTS:
        return _prompts(model, tokenizer, task, cell)
    return _trainings(job, model, tokenizer, task, cell)


def rule() -> Rule:
    """The rule of every training."""
    return QUICK_RULE if settings.quick() else RULE


def _task(name: str) -> Task:
    task = tasks.load(name)
    if not settings.quick():
        return task
    parts = {split: getattr(task, split) for split in tasks.SPLITS}
    return dataclasses.replace(task, **{k: p.select(range(QUICK_ITEMS)) for k, p in parts.items()})


def _cell(job: Job, model: PreTrainedModel) -> dict[str, Any]:
    return {
        "model": job.name,
        "weights": origin_of(model).weights or "",
        "parameters": sum(p.numel() for p in model.parameters()),
        "task": job.task,
        **environment(model.device),
    }


def _prompts(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: Task, cell: dict[str, Any]
) -> list[Rung]:
    validation = task.validation.select(range(min(VALIDATION, len(task.validation))))
    found, start = [], time.perf_counter()
    zero = zero_shot(model, tokenizer, task, validation)
    found.append((ZERO_SHOT, zero, time.perf_counter() - start))
    few = few_shot(model, tokenizer, task, validation, zero.prompt)
    found.append((FEW_SHOT, few, time.perf_counter() - start))
    return [
        Rung(
            **cell, method=method, learning_rate=0.0, seed=0, correct=best.correct,
            chosen=best.name, validation_items=len(validation), validations=[], readings=[],
            best_step=0, steps=0, ended="", labels=0, step_flops=0.0, trainable_parameters=0,
            together=1, seconds=round(seconds, 2), peak_memory=0,
        )
        for method, best, seconds in found
    ]  # fmt: skip


def _trainings(
    job: Job,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    cell: dict[str, Any],
) -> list[Rung]:
    prompt = trained_prompt(task)
    sizes, label_ids = sizes_of(model), prompt.label_ids(tokenizer)
    batch_size, pad_id = rule().batch_size, tokenizer.pad_token_id
    train = whole_batches(make_examples(tokenizer, prompt, task.train), batch_size)
    validation = make_examples(tokenizer, prompt, task.validation)[:VALIDATION]
    test = make_examples(tokenizer, prompt, task.test)
    longest = max(len(example.ids) for example in train)
    size = at_once(model, longest + LENGTH, batch_size)
    rungs = []
    for first in range(0, len(job.trials), size):
        part = job.trials[first : first + size]
        if first:
            model, _ = load_model()  # free of what the part before trained
        trained = prepared(job.method, model, label_ids, [seed for _, seed in part])
        scale = embedding_norm(model) if job.method == Method.PROMPT_TUNING.value else 1.0
        trials = [Trial(rate * scale, seed, train) for rate, seed in part]
        outcomes = train_until_best(
            model, trained, trials, validation, test, label_ids, rule(), pad_id
        )
        for (rate, seed), outcome in zip(part, outcomes):
            own = sum(p.numel() for p in trained.parameters_of(0))
            about = {"trainable_parameters": own, "together": len(part)}
            about |= {"validation_items": len(validation), "labels": len(train)}
            about |= {"step_flops": _step_flops(sizes, job.method, train, own)}
            rungs.append(_rung(cell | about, job.method, rate, seed, outcome))
    return rungs


def _rung(about: dict[str, Any], method: str, rate: float, seed: int, outcome: Outcome) -> Rung:
    return Rung(
        **about, method=method, learning_rate=rate, seed=seed, correct=outcome.readings[-1][1],
        chosen="", validations=[(s, round(x, 5), round(a, 4)) for s, x, a in outcome.validations],
        readings=outcome.readings, best_step=outcome.best_step, steps=outcome.steps,
        ended=outcome.ended, seconds=round(outcome.seconds, 2), peak_memory=outcome.peak_memory,
    )  # fmt: skip


def prepared(
    method: str, model: PreTrainedModel, label_ids: list[int], seeds: Sequence[int]
) -> Trained:
    """Give the model what the trials train, one a seed."""
    if method == Method.FULL.value:
        return Whole(model)
    if method == Method.LORA.value:
        return LoRAs(model, seeds, RANK, ALPHA)
    return SoftPrompts(model, [words_as_start(model, label_ids, LENGTH)] * len(seeds))


def at_once(model: PreTrainedModel, longest: int, batch_size: int) -> int:
    """How many trials fit into a GPU's memory together, at least 1."""
    if model.device.type != "cuda":
        return ON_CPU
    free = torch.cuda.mem_get_info(model.device)[0]
    of_one = activation_bytes(model.config, longest) * longest * batch_size
    return max(1, int(SHARE * free / of_one))


def _step_flops(sizes: Sizes, method: str, train: list[Example], trained: int) -> float:
    """Of a step on average."""
    lengths = [len(example.ids) for example in train]
    soft = LENGTH if method == Method.PROMPT_TUNING.value else 0
    lora = trained if method == Method.LORA.value else 0
    total = step_flops(sizes, Method(method), lengths, soft, lora)
    return round(total / len(lengths) * rule().batch_size)


def _line(rung: Rung) -> str:
    what = f"{rung.model} {rung.task} {rung.method}"
    if rung.chosen:
        return f"{what}: test {rung.accuracy:.3f} ({rung.chosen})"
    return (
        f"{what} rate {rung.learning_rate:g} seed {rung.seed}: test {rung.accuracy:.3f}, "
        f"best at {rung.best_step} of {rung.steps} ({rung.ended}), {rung.seconds:.0f} s with "
        f"{rung.together}"
    )
