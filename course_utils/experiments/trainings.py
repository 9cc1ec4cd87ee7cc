"""What all studies share: the prompt, the examples, and one training with its seconds and peak."""

import dataclasses
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.prompts import Prompt
from course_utils.data.tasks import Task
from course_utils.memory.measured import PeakMemory
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig, make_examples
from course_utils.training.state import History

TEMPLATES = {  # of tasks that do not ask about one review
    "source": "Text: {text}\nSource:",
    "pair": "{text}\nQuestion: which review is more positive, A or B?\nAnswer:",
}
REVIEW = "Review: {text}\nSentiment:"
VALIDATION = 200  # items on which the best weights are chosen


@dataclasses.dataclass(frozen=True)
class Trained:
    """One training.

    Attributes:
        history: of its losses.
        seconds: of training, validations included.
        peak_memory: bytes that were held on the device.
    """

    history: History
    seconds: float
    peak_memory: int


def prompt_of(task: Task) -> Prompt:
    """The prompt that the studies train a task with."""
    return Prompt(TEMPLATES.get(task.name, REVIEW), task.label_words)


def examples_of(
    tokenizer: PreTrainedTokenizerBase, task: Task, items: datasets.Dataset | None = None
) -> tuple[list[Example], list[Example]]:
    """Training examples of a task (or of other items), and its validation examples."""
    prompt = prompt_of(task)
    validation = task.validation.select(range(VALIDATION))
    return (
        make_examples(tokenizer, prompt, task.train if items is None else items),
        make_examples(tokenizer, prompt, validation),
    )


def train_once(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: tuple[list[Example], list[Example]],
    config: TrainingConfig,
    watch: Callable[[int], None] | None = None,
    masters: dict[str, torch.Tensor] | None = None,
) -> Trained:
    """Train in a folder that is thrown away, from the start; arguments as of ``train``."""
    start = time.perf_counter()
    with PeakMemory(model.device) as memory, tempfile.TemporaryDirectory() as folder:
        history = train(
            model,
            *examples,
            config,
            pad_id=tokenizer.pad_token_id,
            folder=Path(folder) / "run",
            resume=False,
            watch=watch,
            masters=masters,
        )
    return Trained(history, time.perf_counter() - start, memory.peak)
