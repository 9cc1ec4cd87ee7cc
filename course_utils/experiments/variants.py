"""The variants of ``how_much``: what each of them trains, trained and measured (lesson 2)."""

import dataclasses
import time
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.columns import texts_and_labels
from course_utils.data.tasks import Task
from course_utils.experiments import trainings
from course_utils.experiments.frozen_head import Head, train_head
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.measure import scoring
from course_utils.measure.features import answer_features
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import PeakMemory
from course_utils.model.identity import origin_of, remember_origin
from course_utils.model.layers import trainable_parameters
from course_utils.model.load import load_model
from course_utils.training.plan import TrainingConfig

HEAD, LAYER, BLOCK = "head on frozen features", "last layer", "last block"
EVERYTHING = "everything"
STEPS = {LAYER: 980, BLOCK: 245, EVERYTHING: 245}  # a fresh head trains until it is done
VALIDATIONS = {LAYER: 12, BLOCK: 5, EVERYTHING: 5}  # after the start
TASK = "movies"


@dataclasses.dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        alone: is nothing else running on the device?
    """

    variant: str
    learning_rate: float
    seed: int = 0
    alone: bool = False


@dataclasses.dataclass(frozen=True)
class Fit:
    """A model that was trained.

    Attributes:
        head: that gives the answers; None where the model's own does.
        figures: those fields of ``Training`` that the training itself gives.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    head: Head | None
    figures: dict[str, Any]


def fit(job: Job) -> Fit:
    """Train what the variant trains."""
    model, tokenizer = load_model()
    task = tasks.load(TASK)
    if job.variant == HEAD:
        return _fit_head(job, model, tokenizer, task)
    prepare(model, job.variant)
    steps = STEPS[job.variant]
    config = TrainingConfig(
        job.learning_rate,
        steps,
        BATCH_SIZE,
        validate_every=max(1, steps // VALIDATIONS[job.variant]),
        seed=job.seed,
    )
    trained = train_once(model, tokenizer, examples_of(tokenizer, task), config)
    best_step, loss = trained.history.best
    figures = {
        "variant": job.variant,
        "learning_rate": job.learning_rate,
        "steps": steps,
        "best_step": best_step,
        "loss": loss,
        "trainable_parameters": trainable_parameters(model),
        "seconds": round(trained.seconds, 3),
        "peak_memory": trained.peak_memory,
    }
    return Fit(model, tokenizer, None, figures)


def _fit_head(
    job: Job, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: Task
) -> Fit:
    start = time.perf_counter()
    with PeakMemory(model.device) as memory:
        parts = []
        for part in (task.train, task.validation.select(range(trainings.VALIDATION))):
            texts, labels = texts_and_labels(part)
            features = answer_features(model, tokenizer, prompt_of(task), texts)
            parts.append((features, torch.tensor(labels, device=model.device)))
        head = train_head(parts[0], parts[1], job.learning_rate, job.seed)
    figures = {
        "variant": job.variant,
        "learning_rate": job.learning_rate,
        "steps": head.steps,
        "best_step": head.best_step,
        "loss": head.loss,
        "trainable_parameters": trainable_parameters(head.linear),
        "seconds": round(time.perf_counter() - start, 3),
        "peak_memory": memory.peak,
    }
    return Fit(model, tokenizer, head, figures)


def prepare(model: PreTrainedModel, variant: str) -> None:
    """Freeze all that the variant does not train."""
    if variant == EVERYTHING:
        return
    model.requires_grad_(False)
    if variant == LAYER:
        untie(model).requires_grad_(True)
    else:
        for part in (model.base_model.layers[-1], model.base_model.norm):
            part.requires_grad_(True)


def untie(model: PreTrainedModel) -> nn.Linear:
    """Give the output head weights of its own, so that it can be trained and the embeddings not."""
    head = model.get_output_embeddings()
    head.weight = nn.Parameter(head.weight.detach().clone())
    model.config.tie_word_embeddings = False
    remember_origin(model, origin_of(model).files)  # else it would count as trained already
    return head


def answers_to_test(done: Fit) -> str:
    """One character a test item, ``1`` where right."""
    task = tasks.load(TASK)
    prompt = prompt_of(task)
    if done.head is None:
        return scoring.evaluate(done.model, done.tokenizer, prompt, task.test).correct
    texts, labels = texts_and_labels(task.test)
    with torch.no_grad():
        answers = done.head.linear(answer_features(done.model, done.tokenizer, prompt, texts))
    return "".join("01"[a == b] for a, b in zip(answers.argmax(1).tolist(), labels))


def perplexity(done: Fit) -> float:
    """Of the language model on the test editorials."""
    texts = tasks.load("editorials").test["text"][:]
    return measure_perplexity(done.model, done.tokenizer, texts).value
