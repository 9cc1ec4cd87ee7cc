"""A job of the ladder, or of the study of labels: load the model, train or ask it, measure."""

import dataclasses
import os
import time
from collections.abc import Sequence
from typing import Any

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils import settings
from course_utils.data import tasks
from course_utils.data.tasks import Task
from course_utils.experiments.flops import Sizes, sizes_of, step_flops
from course_utils.experiments.ladder_plan import PROMPTS, Job
from course_utils.experiments.ladder_prompts import few_shot, prompts_of, zero_shot
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
from course_utils.recorded.ladder import FEW_SHOT, ZERO_SHOT, Rung
from course_utils.training.backward import activation_bytes
from course_utils.training.plan import Example, make_answer_examples, make_examples

RULE = Rule()
QUICK_RULE = Rule(batch_size=2, warmup=1, validate_every=1, patience=2, most_steps=2, cooldown=1)
QUICK_ITEMS = 12  # of each split; quick results stand in a folder of their own
LENGTH, RANK, ALPHA = 20, 8, 16.0  # of soft prompts, and of LoRA on all linear layers
SHARE = 0.7  # of a GPU's free memory that activations may take
ON_CPU = 4  # trials at once there: the work is the same in any order


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
    task, about = task_of(job), about_of(job, model)
    if job.method == PROMPTS:
        return _prompts(job, model, tokenizer, task, about)
    return _trainings(job, model, tokenizer, task, about)


def validation_of(job: Job, task: Task) -> datasets.Dataset:
    """The validation items that decide."""
    return task.validation.select(range(min(job.validation, len(task.validation))))


def drawn(task: Task, seed: int) -> list[int]:
    """Rows of training items in a random order: the first n are the draw of n labels.

    So a smaller draw is a part of each larger one. Drawn again until the first four have more than
    one label.
    """
    labels, generator = task.train["label"][:], torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(labels), generator=generator).tolist()
        if len({labels[row] for row in order[:4]}) > 1:
            return order


def rule_of(job: Job) -> Rule:
    """The rule of a job's trainings; with few labels a batch has all of them."""
    rule = QUICK_RULE if settings.quick() else RULE
    size = min(rule.batch_size, job.labels or rule.batch_size)
    return dataclasses.replace(rule, batch_size=size)


def task_of(job: Job) -> Task:
    """The job's task; a few items of each split in a quick run."""
    task = tasks.load(job.task)
    if not settings.quick():
        return task
    parts = {split: getattr(task, split) for split in tasks.SPLITS}
    return dataclasses.replace(task, **{k: p.select(range(QUICK_ITEMS)) for k, p in parts.items()})


def about_of(job: Job, model: PreTrainedModel) -> dict[str, Any]:
    """What all rungs of a job have in common."""
    return {
        "model": job.name,
        "weights": origin_of(model).weights or "",
        "parameters": sum(p.numel() for p in model.parameters()),
        "task": job.task,
        **environment(model.device),
    }


def _prompts(
    job: Job,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    about: dict[str, Any],
) -> list[Rung]:
    validation = validation_of(job, task)
    found, start = [], time.perf_counter()
    zero = zero_shot(model, tokenizer, task, validation)
    found.append((ZERO_SHOT, zero, time.perf_counter() - start))
    few = few_shot(model, tokenizer, task, validation, zero.prompt)
    found.append((FEW_SHOT, few, time.perf_counter() - start))
    return [
        untrained(about, method, best.name, best.correct, seconds, len(validation))
        for method, best, seconds in found
    ]


def untrained(
    about: dict[str, Any],
    method: str,
    chosen: str,
    correct: str,
    seconds: float,
    validation_items: int,
    labels: int = 0,
    seed: int = 0,
) -> Rung:
    """The rung of a method that trains no language model."""
    return Rung(
        **about, method=method, learning_rate=0.0, seed=seed, correct=correct, chosen=chosen,
        validation_items=validation_items, validations=[], readings=[], best_step=0, steps=0,
        ended="", labels=labels, step_flops=0.0, trainable_parameters=0, together=1,
        seconds=round(seconds, 2), peak_memory=0,
    )  # fmt: skip


def _trainings(
    job: Job,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    about: dict[str, Any],
) -> list[Rung]:
    prompt, rule = prompts_of(task, tokenizer)[0], rule_of(job)
    label_ids = None if task.whole_reply else prompt.label_ids(tokenizer)
    words = sorted({token for ids in prompt.answer_ids(tokenizer) for token in ids})
    sizes, make = sizes_of(model), make_answer_examples if task.whole_reply else make_examples

    def examples(items: datasets.Dataset) -> list[Example]:
        return make(tokenizer, prompt, items)

    def train_of(seed: int) -> list[Example]:
        few = task.train.select(drawn(task, seed)[: job.labels]) if job.labels else task.train
        return whole_batches(examples(few), rule.batch_size)

    asked = examples(validation_of(job, task)), examples(task.test), label_ids
    longest = max(len(example.ids) for example in examples(task.train))
    size = at_once(model, longest + LENGTH, rule.batch_size)
    rungs = []
    for first in range(0, len(job.trials), size):
        part = job.trials[first : first + size]
        if first:
            model, _ = load_model()  # free of what the part before trained
        trained = prepared(job.method, model, label_ids or words, [seed for _, seed in part])
        scale = embedding_norm(model) if job.method == Method.PROMPT_TUNING.value else 1.0
        trials = [Trial(rate * scale, seed, train_of(seed)) for rate, seed in part]
        outcomes = train_until_best(model, trained, trials, *asked, rule, tokenizer.pad_token_id)
        own = sum(p.numel() for p in trained.parameters_of(0))
        common = about | {"method": job.method, "trainable_parameters": own}
        common |= {"together": len(part), "validation_items": len(asked[0])}
        for (rate, _), trial, outcome in zip(part, trials, outcomes):
            flops = _step_flops(sizes, job.method, trial.examples, own, rule.batch_size)
            rungs.append(_rung(common | {"step_flops": flops}, rate, trial, outcome))
    return rungs


def _rung(common: dict[str, Any], rate: float, trial: Trial, outcome: Outcome) -> Rung:
    return Rung(
        **common, learning_rate=rate, seed=trial.seed, correct=outcome.readings[-1][1], chosen="",
        validations=[(s, round(x, 5), round(a, 4)) for s, x, a in outcome.validations],
        readings=outcome.readings, best_step=outcome.best_step, steps=outcome.steps,
        ended=outcome.ended, labels=len(trial.examples), seconds=round(outcome.seconds, 2),
        peak_memory=outcome.peak_memory,
    )  # fmt: skip


def prepared(
    method: str, model: PreTrainedModel, words: list[int], seeds: Sequence[int]
) -> Trained:
    """Give the model what the trials train, one a seed.

    Args:
        words: tokens that soft prompts start from, in turn.
    """
    if method == Method.FULL.value:
        return Whole(model)
    if method == Method.LORA.value:
        return LoRAs(model, seeds, RANK, ALPHA)
    return SoftPrompts(model, [words_as_start(model, words, LENGTH)] * len(seeds))


def at_once(model: PreTrainedModel, longest: int, batch_size: int) -> int:
    """How many trials fit into a GPU's memory together, at least 1."""
    if model.device.type != "cuda":
        return ON_CPU
    free = torch.cuda.mem_get_info(model.device)[0]
    of_one = activation_bytes(model.config, longest) * longest * batch_size
    return max(1, int(SHARE * free / of_one))


def _step_flops(
    sizes: Sizes, method: str, examples: list[Example], trained: int, batch_size: int
) -> float:
    """Of a step on average."""
    lengths = [len(example.ids) for example in examples]
    soft = LENGTH if method == Method.PROMPT_TUNING.value else 0
    lora = trained if method == Method.LORA.value else 0
    total = step_flops(sizes, Method(method), lengths, soft, lora)
    return round(total / len(lengths) * batch_size)
