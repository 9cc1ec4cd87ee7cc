"""One run of a study: load the model, train, measure."""

import dataclasses
import tempfile
import time
from pathlib import Path

import torch

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments.plan import BATCH_SIZE, SNAPSHOTS, STEPS, TARGETS
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import PeakMemory, free_memory
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import (
    SoftPrompt,
    add_soft_prompt,
    common_tokens,
    label_init,
    random_init,
    sampled_init,
    text_init,
)
from course_utils.model.load import load_model
from course_utils.recorded.runs import Record, Run
from course_utils.training.loop import train
from course_utils.training.plan import TrainingConfig, make_examples

TEMPLATES = {"source": "Text: {text}\nSource:"}
REVIEW = "Review: {text}\nSentiment:"
INSTRUCTION = "Decide whether the following film review is negative or positive."
OTHERS = ("tweets", "products", "editorials")  # domains, measured where movies are trained
VALIDATION = 200


def perform(run: Run, steps: int = STEPS) -> tuple[Record, list[torch.Tensor]]:
    """Train as ``run`` says and measure on the task's test items; leave the device empty.

    Returns:
        The record, and for a prompt its vectors (length, d_model) at each of ``SNAPSHOTS``
        moments; an empty list otherwise.
    """
    try:
        return _train_and_measure(run, steps)
    finally:
        free_memory()


def _train_and_measure(run: Run, steps: int) -> tuple[Record, list[torch.Tensor]]:
    model, tokenizer = load_model()
    task = tasks.load(run.task)
    prompt = Prompt(TEMPLATES.get(run.task, REVIEW), task.label_words)
    prepare(run, model, tokenizer, task, prompt)
    config = TrainingConfig(
        run.learning_rate,
        steps,
        BATCH_SIZE,
        validate_every=max(1, steps // _validations(run)),
        seed=run.seed,
    )
    examples = make_examples(tokenizer, prompt, _training_items(run, task))
    validation = make_examples(tokenizer, prompt, task.validation.select(range(VALIDATION)))
    snapshots = []

    def watch(step: int) -> None:
        if run.method == "prompt":
            snapshots.append(model.soft_prompt.embedding.detach().cpu().clone())

    start = time.perf_counter()
    with PeakMemory(model.device) as memory, tempfile.TemporaryDirectory() as folder:
        history = train(
            model,
            examples,
            validation,
            config,
            pad_id=tokenizer.pad_token_id,
            folder=Path(folder),
            resume=False,
            watch=watch,
        )
    seconds = time.perf_counter() - start
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    record = Record(
        **dataclasses.asdict(run),
        steps=steps,
        batch_size=BATCH_SIZE,
        correct=scoring.evaluate(model, tokenizer, prompt, task.test).correct,
        domains=_domains(run, model, tokenizer, prompt),
        perplexity=_editorials(run, model, tokenizer),
        best=list(history.best),
        trainable_parameters=trainable,
        seconds=seconds,
        peak_memory=memory.peak,
        **environment(model.device),
    )
    return record, snapshots


def _validations(run: Run) -> int:
    """After the start; fewer where each of them writes gigabytes to disk."""
    return 3 if run.method == "full" else SNAPSHOTS - 1


def prepare(run: Run, model, tokenizer, task: tasks.Task, prompt: Prompt) -> None:
    """Give the model what is trained, and freeze the rest."""
    if run.method == "lora":
        add_lora(model, run.rank, run.alpha, TARGETS[run.targets], seed=run.seed)
    if run.method == "prompt":
        add_soft_prompt(model, SoftPrompt(_start(run, model, tokenizer, task, prompt)))


def _start(run: Run, model, tokenizer, task: tasks.Task, prompt: Prompt) -> torch.Tensor:
    """Where the soft prompt starts: (length, d_model) float32."""
    table = model.get_input_embeddings().weight
    generator = torch.Generator().manual_seed(run.seed)
    if run.init == "random":
        return random_init(table, run.length, generator)
    if run.init == "sampled":
        common = common_tokens(tokenizer, task.train["text"][:])
        return sampled_init(table, run.length, common, generator)
    if run.init == "labels":
        return label_init(table, prompt.label_ids(tokenizer), run.length)
    return text_init(table, tokenizer, INSTRUCTION, run.length)


def _training_items(run: Run, task: tasks.Task):
    if not run.shuffled:
        return task.train
    generator = torch.Generator().manual_seed(run.seed)
    labels = task.train["label"][:]
    order = torch.randperm(len(labels), generator=generator).tolist()
    return task.train.remove_columns("label").add_column("label", [labels[i] for i in order])


def _domains(run: Run, model, tokenizer, prompt: Prompt) -> dict[str, str]:
    """Answers to the test items of the other domains, where movies were trained."""
    if run.task != "movies":
        return {}
    items = {name: tasks.load(name).test for name in OTHERS}
    return {
        name: scoring.evaluate(model, tokenizer, prompt, test).correct
        for name, test in items.items()
    }


def _editorials(run: Run, model, tokenizer) -> float:
    """Perplexity on the test editorials: what was forgotten."""
    texts = tasks.load("editorials").test["text"][:]
    return measure_perplexity(model, tokenizer, texts).value
