"""The plan of a run: its examples, its settings, its learning rate, the batch of each step.

Lesson 2 writes the schedule by hand (*The training step*) and uses this plan from *Train* on.
"""

import dataclasses
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data.batches import encode
from course_utils.data.prompts import Prompt

if TYPE_CHECKING:
    import datasets

POOL = 8  # batches that are cut from one pool of similar length


@dataclasses.dataclass(frozen=True)
class Example:
    """A tokenised prompt and the token that answers it."""

    ids: list[int]
    answer: int


def make_examples(
    tokenizer: PreTrainedTokenizerBase, prompt: Prompt, dataset: "datasets.Dataset"
) -> list[Example]:
    """Tokenise a data set once, for the whole run."""
    sequences = encode(tokenizer, [prompt.render(text) for text in dataset["text"]])
    label_ids = prompt.label_ids(tokenizer)
    return [Example(ids, label_ids[y]) for ids, y in zip(sequences, dataset["label"])]


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """Settings of a run.

    Attributes:
        learning_rate: the highest that the schedule reaches.
        steps: optimiser steps.
        batch_size: examples a step.
        warmup: share of the steps in which the learning rate rises; then it falls to 0.
        max_norm: gradients longer than this are scaled down to it.
        validate_every: steps between two validations, each followed by a checkpoint.
        seed: seed of the order of the examples and of dropout.
    """

    learning_rate: float
    steps: int
    batch_size: int = 16
    warmup: float = 0.06
    max_norm: float = 1.0
    validate_every: int = 20
    seed: int = 0


def learning_rate(step: int, config: TrainingConfig) -> float:
    """Linear warm-up to the highest learning rate, then linear descent towards 0."""
    warm_steps = max(1, round(config.warmup * config.steps))
    if step < warm_steps:
        return config.learning_rate * (step + 1) / warm_steps
    return config.learning_rate * (config.steps - step) / max(1, config.steps - warm_steps)


def plan_batches(lengths: list[int], config: TrainingConfig) -> list[list[int]]:
    """The examples of each step: random, but of similar length, so that little is padding.

    Each epoch is shuffled and cut into pools of ``POOL`` batches; a pool is sorted by length,
    cut into batches, and these are shuffled again. The plan depends on the seed alone, so a
    resumed run goes on with the batches that an uninterrupted one would see.
    """
    generator = torch.Generator().manual_seed(config.seed)
    size = config.batch_size
    plan: list[list[int]] = []
    while len(plan) < config.steps:
        order = torch.randperm(len(lengths), generator=generator).tolist()
        batches: list[list[int]] = []
        for start in range(0, len(order), POOL * size):
            pool = sorted(order[start : start + POOL * size], key=lambda i: lengths[i])
            batches += [pool[i : i + size] for i in range(0, len(pool), size)]
        plan += [batches[i] for i in torch.randperm(len(batches), generator=generator)]
    return plan[: config.steps]
