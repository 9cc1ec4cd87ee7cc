"""One job of ``experiments qlora``: a start, a trial of a rate, or a training with its merges."""

import dataclasses
import math
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE, TARGETS
from course_utils.experiments.trainings import Trained, examples_of, prompt_of, train_once
from course_utils.libraries import bnb
from course_utils.libraries.qlora import add_peft_lora, train_library
from course_utils.measure import scoring
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import PeakMemory, free_memory
from course_utils.methods.lora import add_lora, lora_layers, merged_weight
from course_utils.model.layers import linear_layers, trainable_parameters
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights
from course_utils.quantisation.layer import quantise_model
from course_utils.quantisation.loftq import add_loftq
from course_utils.quantisation.merging import merge_into
from course_utils.recorded.qlora import (
    DEQUANTISED,
    ORIGINAL,
    ROUNDED,
    Arm,
    Merge,
    Start,
    Training,
    Trial,
)
from course_utils.recorded.runs import STEPS
from course_utils.training.backward import mean_loss
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import History

VALIDATIONS = 6  # after the start, evenly spaced; through the libraries one, at the end
Loaded = tuple[PreTrainedModel, PreTrainedTokenizerBase]
Performed = Start | Trial | tuple[Training, list[Merge]]


class Job:
    """One piece of the study, done in a process of its own."""


@dataclasses.dataclass(frozen=True)
class StartJob(Job):
    """An untrained model: in bfloat16 where ``rank`` is None, in NF4 where it is 0, else LoftQ."""

    name: str
    rank: int | None = None
    iterations: int = 0


@dataclasses.dataclass(frozen=True)
class TrainingJob(Job):
    """One training.

    Attributes:
        final: is it measured on the test reviews and merged? Else it helps to choose a rate.
    """

    arm: Arm
    learning_rate: float
    seed: int
    final: bool = False


def perform(job: Job) -> Performed:
    """Do what the job says.

    Raises:
        CourseError: the training diverged.
    """
    if isinstance(job, StartJob):
        return measure_start(job)
    assert isinstance(job, TrainingJob)
    return train_and_measure(job)


def train_and_measure(job: TrainingJob) -> Trial | tuple[Training, list[Merge]]:
    """Train; of a final training, answer the test reviews too, and merge."""
    model, tokenizer = load(job.arm, job.seed)
    step, loss, seconds, peak = trained(job, model, tokenizer)
    trial = Trial(job.arm.name, job.learning_rate, job.seed, step, round(loss, 6),
                  perplexity(model, tokenizer))  # fmt: skip
    if not job.final:
        return trial
    training = Training(
        **dataclasses.asdict(trial),
        correct=answers(model, tokenizer),
        trainable_parameters=trainable_parameters(model),
        seconds=round(seconds, 1),
        peak_memory=peak,
    )
    return training, [measure_merge(job, model, tokenizer, way) for way in ways_of(job.arm)]


def load(arm: Arm, seed: int) -> Loaded:
    """Model and tokeniser, with the arm's adapters on its frozen weights."""
    alpha = 2.0 * arm.rank
    if arm.base == "bitsandbytes":
        model, tokenizer = bnb.load_model_4bit()
        add_peft_lora(model, arm.rank, alpha, seed)
        return model, tokenizer
    if arm.start == "LoftQ":
        model, tokenizer = load_model()
        add_loftq(model, arm.rank, alpha)
        return model, tokenizer
    model, tokenizer = load_base(arm)
    add_lora(model, arm.rank, alpha, TARGETS[arm.targets], seed=seed)
    return model, tokenizer


def load_base(arm: Arm) -> Loaded:
    """The frozen weights alone, as they were loaded or in the course's NF4, and the tokeniser."""
    model, tokenizer = load_model()
    if arm.base == "NF4":
        quantise_model(model)
    return model, tokenizer


def trained(
    job: TrainingJob, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> tuple[int, float, float, int]:
    """Train; steps and validation loss of the weights that are kept, seconds, bytes at the peak."""
    config = TrainingConfig(
        job.learning_rate,
        STEPS,
        BATCH_SIZE,
        validate_every=math.ceil(STEPS / VALIDATIONS),
        seed=job.seed,
    )
    training = train_through_libraries if job.arm.base == "bitsandbytes" else train_once
    done = training(model, tokenizer, examples_of(tokenizer, tasks.load("movies")), config)
    return (*done.history.best, done.seconds, done.peak_memory)


def train_through_libraries(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: tuple[list[Example], list[Example]],
    config: TrainingConfig,
) -> Trained:
    """What ``train_once`` does, through the libraries: the weights after the last step are kept.

    Without checkpointing, which changes the memory and the time, and not what is computed.
    """
    with PeakMemory(model.device) as memory:
        done, seconds = train_library(model, examples[0], config, tokenizer.pad_token_id, False)
    end = (config.steps, mean_loss(model, examples[1], tokenizer.pad_token_id))
    return Trained(History(done, [], [end]), sum(seconds), memory.peak)


def ways_of(arm: Arm) -> list[str]:
    """In which ways the arm's adapters are merged; of larger ranks and other targets in none."""
    if arm.base == "bitsandbytes" or (arm.rank, arm.targets) != (8, "all"):
        return []
    bases = [ORIGINAL] if arm.start == "zero" else []  # LoftQ's adapters hold the rounding's error
    bases += [DEQUANTISED] if arm.base == "NF4" else []
    return [base + rounded for base in bases for rounded in ("", ROUNDED)]


def measure_merge(
    job: TrainingJob, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, way: str
) -> Merge:
    """Merge the adapters into a fresh model, and measure it."""
    plain, _ = load_model()
    merge_into(plain, model, dequantised=way.startswith(DEQUANTISED))
    if way.endswith(ROUNDED):
        quantise_model(plain)
    found = Merge(job.arm.name, job.seed, way, answers(plain, tokenizer),
                  perplexity(plain, tokenizer))  # fmt: skip
    del plain
    free_memory()
    return found


def measure_start(job: StartJob) -> Start:
    """Measure a model that nothing was trained of."""
    model, tokenizer = load_model()
    originals = linear_weights(model)
    if job.rank:
        add_loftq(model, job.rank, 2.0 * job.rank, job.iterations)
    elif job.rank == 0:
        quantise_model(model)
    return Start(job.name, distance(model, originals), answers(model, tokenizer),
                 perplexity(model, tokenizer))  # fmt: skip


@torch.no_grad()
def distance(model: PreTrainedModel, originals: dict[str, torch.Tensor]) -> float:
    """Relative distance of all linear weights, adapters included, from the original ones."""
    adapted, plain = lora_layers(model), linear_layers(model)
    error = size = 0.0
    for name, original in originals.items():
        layer: Any = adapted.get(name)
        if layer is None:
            weight = plain[name].weight.float()
        else:
            weight = merged_weight(layer.base.weight, layer.lora_A, layer.lora_B, layer.alpha)
        error += (weight - original.float()).square().sum().item()
        size += original.float().square().sum().item()
    return round((error / size) ** 0.5, 6)


def answers(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> str:
    """One character a test review, ``1`` where right."""
    task = tasks.load("movies")
    return scoring.evaluate(model, tokenizer, prompt_of(task), task.test).correct


def perplexity(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> float:
    """On the test editorials."""
    texts = tasks.load("editorials").test["text"][:]
    return round(measure_perplexity(model, tokenizer, texts).value, 3)
