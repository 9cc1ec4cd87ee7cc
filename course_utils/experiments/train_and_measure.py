"""One run of a study: load the model, train, measure."""

import dataclasses

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments.plan import BATCH_SIZE, STEPS, TARGETS
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import free_memory
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.methods.soft_prompt import (
    SoftPrompt,
    add_soft_prompt,
    common_tokens,
    label_init,
    random_init,
    sampled_init,
    text_init,
)
from course_utils.model.layers import trainable_parameters
from course_utils.model.load import load_model
from course_utils.recorded.runs import Record, Run
from course_utils.training.plan import TrainingConfig

INSTRUCTION = "Decide whether the following film review is negative or positive."
VALIDATIONS = {  # after the start; fewer where each of them writes gigabytes to disk
    Method.FULL: 3,
    Method.LORA: 6,
    Method.PROMPT_TUNING: 6,
}
OTHERS = ("tweets", "products", "editorials")  # domains, measured where movies are trained


def perform(run: Run, steps: int = STEPS) -> tuple[Record, list[torch.Tensor]]:
    """Train as ``run`` says and measure on the task's test items; leave the device empty.

    Returns:
        The record, and for a prompt its vectors (length, d_model) at each validation: before the
        first step, then ``VALIDATIONS`` times or once more, the last after the last step. An empty
        list otherwise.
    """
    try:
        return _train_and_measure(run, steps)
    finally:
        free_memory()


def _train_and_measure(run: Run, steps: int) -> tuple[Record, list[torch.Tensor]]:
    model, tokenizer = load_model()
    task = tasks.load(run.task)
    prompt = prompt_of(task)
    prepare(run, model, tokenizer, task)
    every = max(1, steps // VALIDATIONS[run.method])
    config = TrainingConfig(
        run.learning_rate, steps, BATCH_SIZE, validate_every=every, seed=run.seed
    )
    snapshots: list[torch.Tensor] = []

    def watch(step: int) -> None:
        if run.method == Method.PROMPT_TUNING:
            snapshots.append(model.soft_prompt.embedding.detach().cpu().clone())

    examples = examples_of(tokenizer, task, _training_items(run, task))
    trained = train_once(model, tokenizer, examples, config, watch)
    record = Record(
        **dataclasses.asdict(run),
        steps=steps,
        batch_size=BATCH_SIZE,
        correct=scoring.evaluate(model, tokenizer, prompt, task.test).correct,
        domains=_domains(run, model, tokenizer, prompt),
        perplexity=_editorials(model, tokenizer),
        best=list(trained.history.best),
        trainable_parameters=trainable_parameters(model),
        seconds=trained.seconds,
        peak_memory=trained.peak_memory,
        **environment(model.device),
    )
    return record, snapshots


def prepare(
    run: Run, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: tasks.Task
) -> None:
    """Give the model what is trained, and freeze the rest."""
    if run.method == Method.LORA:
        add_lora(model, run.rank, run.alpha, TARGETS[run.targets], seed=run.seed)
    if run.method == Method.PROMPT_TUNING:
        add_soft_prompt(model, SoftPrompt(_start(run, model, tokenizer, task)))


def _start(
    run: Run, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: tasks.Task
) -> torch.Tensor:
    """Where the soft prompt starts: (length, d_model) float32."""
    table = model.get_input_embeddings().weight
    generator = torch.Generator().manual_seed(run.seed)
    if run.init == "random":
        return random_init(table, run.length, generator)
    if run.init == "sampled":
        common = common_tokens(tokenizer, task.train["text"][:])
        return sampled_init(table, run.length, common, generator)
    if run.init == "labels":
        return label_init(table, prompt_of(task).label_ids(tokenizer), run.length)
    return text_init(table, tokenizer, INSTRUCTION, run.length)


def _training_items(run: Run, task: tasks.Task) -> datasets.Dataset:
    if not run.shuffled:
        return task.train
    generator = torch.Generator().manual_seed(run.seed)
    labels = task.train["label"][:]
    order = torch.randperm(len(labels), generator=generator).tolist()
    return task.train.remove_columns("label").add_column("label", [labels[i] for i in order])


def _domains(
    run: Run, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt
) -> dict[str, str]:
    """Answers to the test items of the other domains, where movies were trained."""
    if run.task != "movies":
        return {}
    items = {name: tasks.load(name).test for name in OTHERS}
    return {
        name: scoring.evaluate(model, tokenizer, prompt, test).correct
        for name, test in items.items()
    }


def _editorials(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> float:
    """Perplexity on the test editorials: what was forgotten."""
    texts = tasks.load("editorials").test["text"][:]
    return measure_perplexity(model, tokenizer, texts).value
