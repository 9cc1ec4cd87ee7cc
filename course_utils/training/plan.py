"""The plan of a run: its examples, its settings, its learning rate, the batch of each step.

Lesson 2 writes the schedule by hand (*The training step*) and uses this plan from *Train* on.
"""

import dataclasses
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.validate import number, whole

if TYPE_CHECKING:
    import datasets

POOL = 8  # batches that are cut from one pool of similar length
NO_TOKEN = -100  # what ``cross_entropy`` leaves out


@dataclasses.dataclass(frozen=True)
class Example:
    """A tokenised prompt and the token that answers it, or several.

    Attributes:
        ids: what goes into the model: the prompt and, of an answer of several tokens, all but the
            last (*teacher forcing*: each token is asked for behind the right ones).
        answer: the token that should follow.
        answer_tokens: tokens of the answer: ``answer`` and what it has at the end of ``ids``.
    """

    ids: list[int]
    answer: int
    answer_tokens: int = 1


def make_examples(
    tokenizer: PreTrainedTokenizerBase, prompt: Prompt, dataset: "datasets.Dataset"
) -> list[Example]:
    """Tokenise a data set once, for the whole run.

    Args:
        dataset: with the columns ``text`` and ``label``.

    Raises:
        CourseError: a label has no label word, a label word is no token of its own, or a prompt is
            empty; see also ``data.columns.texts_and_labels``.
    """
    label_ids = prompt.label_ids(tokenizer)
    texts, labels = texts_and_labels(dataset, len(label_ids))
    sequences = prompt.encoded(tokenizer, texts)
    return [Example(ids, label_ids[label]) for ids, label in zip(sequences, labels)]


def make_answer_examples(
    tokenizer: PreTrainedTokenizerBase, prompt: Prompt, dataset: "datasets.Dataset"
) -> list[Example]:
    """The same for answers of several tokens, such as those of ``data.chat.chat_prompt``.

    Args:
        prompt: its label words are the answers.
        dataset: with the columns ``text`` and ``label``, the number of the answer.

    Raises:
        CourseError: see ``Prompt.answer_ids``, ``Prompt.encoded``, ``data.columns``.
    """
    answers = prompt.answer_ids(tokenizer)
    texts, labels = texts_and_labels(dataset, len(answers))
    sequences = prompt.encoded(tokenizer, texts)
    return [
        Example([*ids, *answers[label][:-1]], answers[label][-1], len(answers[label]))
        for ids, label in zip(sequences, labels)
    ]


def answers_of(examples: list[Example]) -> torch.Tensor:
    """The tokens that the loss is about: (examples, most answer tokens) int64.

    An answer ends in the last column; before a shorter one stands ``NO_TOKEN``.
    """
    most = max(example.answer_tokens for example in examples)
    rows = []
    for example in examples:
        begun = example.ids[len(example.ids) - example.answer_tokens + 1 :]
        rows.append([NO_TOKEN] * (most - example.answer_tokens) + [*begun, example.answer])
    return torch.tensor(rows)


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """Settings of a run.

    Attributes:
        learning_rate: the highest that the schedule reaches, above 0.
        steps: optimiser steps, at least 1.
        batch_size: examples a step, at least 1.
        warmup: share of the steps in which the learning rate rises, from 0 to below 1; then it
            falls to 0.
        max_norm: gradients longer than this are scaled down to it; above 0.
        validate_every: steps between two validations, each followed by a checkpoint; at least 1.
        seed: seed of the order of the examples and of dropout; from 0 to 2 ** 63 - 1.

    Raises:
        CourseError: a setting is something else.
    """

    learning_rate: float
    steps: int
    batch_size: int = 16
    warmup: float = 0.06
    max_norm: float = 1.0
    validate_every: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "validate_every"):
            self._set(name, whole(name, getattr(self, name), 1))
        for name in ("learning_rate", "max_norm"):
            self._set(name, number(name, getattr(self, name), above=0))
        self._set("warmup", number("warmup", self.warmup, least=0, below=1))
        self._set("seed", whole("seed", self.seed, 0, 2**63 - 1))

    def _set(self, name: str, value: float) -> None:
        object.__setattr__(self, name, value)  # of a frozen class


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

    Raises:
        CourseError: there is no example.
    """
    if not lengths:
        raise CourseError(
            "There is no example to train on", "give at least one: make_examples makes them"
        )
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
