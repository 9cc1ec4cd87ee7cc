"""One run of a study: load the model, train, measure."""

import dataclasses
import math

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.experiments import trainings
from course_utils.experiments.plan import BATCH_SIZE, TARGETS
from course_utils.experiments.trainings import Trained, examples_of, prompt_of, train_once
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.measure.perplexity import measure_perplexity
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.methods.pissa import add_pissa
from course_utils.methods.soft_prompt import (
    SoftPrompt,
    add_soft_prompt,
    common_tokens,
    label_init,
    matched_init,
    normal_init,
    random_init,
    sampled_init,
    text_init,
)
from course_utils.model.layers import trainable_parameters
from course_utils.model.load import load_model
from course_utils.recorded.paths import PromptPath
from course_utils.recorded.runs import Record, Run
from course_utils.training.plan import TrainingConfig

INSTRUCTION = "Decide whether the following film review is negative or positive."
VALIDATIONS, PATH_VALIDATIONS = 6, 10  # after the start, evenly spaced
OTHERS = ("tweets", "products", "editorials")  # domains, measured where movies are trained
DRAWN = {"random": random_init, "matched": matched_init, "normal": normal_init}


@dataclasses.dataclass(frozen=True)
class Performed:
    """What came of a run.

    Attributes:
        record: what was measured.
        start, kept: (length, d_model) float32 on the CPU, the soft prompt before training and that
            of the lowest validation loss; None for other methods.
        path: the prompt at each validation, of the study ``paths``.
    """

    record: Record
    start: torch.Tensor | None = None
    kept: torch.Tensor | None = None
    path: PromptPath | None = None


def perform(run: Run) -> Performed:
    """Train as ``run`` says, and measure on the items that it names.

    Raises:
        CourseError: the training diverged, or see ``training.loop.train``.
    """
    model, tokenizer = load_model()
    task = tasks.load(run.task)
    prepare(run, model, tokenizer, task)
    start = _vectors(model)
    watch = Watch(model, tokenizer, task) if run.study == "paths" else None
    examples = examples_of(tokenizer, task, _training_items(run, task))
    trained = train_once(model, tokenizer, examples, config_of(run), watch)
    record = _measured(run, model, tokenizer, task, trained)
    path = watch.path(trained) if watch else None
    return Performed(record, start, _vectors(model), path)


def config_of(run: Run) -> TrainingConfig:
    """Every method is validated equally often."""
    validations = PATH_VALIDATIONS if run.study == "paths" else VALIDATIONS
    every = math.ceil(run.steps / validations)
    return TrainingConfig(
        run.learning_rate, run.steps, BATCH_SIZE, validate_every=every, seed=run.seed
    )


class Watch:
    """Notes a model's soft prompt at each validation, and how many items it gets right there."""

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: tasks.Task
    ):
        self._model, self._tokenizer, self._prompt = model, tokenizer, prompt_of(task)
        self._items = task.validation.select(range(trainings.VALIDATION))
        self._vectors: list[torch.Tensor] = []
        self._accuracies: list[float] = []

    def __call__(self, step: int) -> None:
        found = scoring.evaluate(self._model, self._tokenizer, self._prompt, self._items).correct
        self._accuracies.append(found.count("1") / len(found))
        self._vectors.append(self._model.soft_prompt.embedding.detach().cpu().clone())

    def path(self, trained: Trained) -> PromptPath:
        """All moments, with the losses that the training measured."""
        steps, losses = zip(*trained.history.validations)
        rounded = [round(loss, 5) for loss in losses]
        return PromptPath(list(steps), rounded, self._accuracies, torch.stack(self._vectors))


def prepare(
    run: Run, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: tasks.Task
) -> None:
    """Give the model what is trained, and freeze the rest."""
    if run.method == Method.LORA and run.init == "pissa":
        add_pissa(model, run.rank, TARGETS[run.targets])
    elif run.method == Method.LORA:
        add_lora(model, run.rank, run.alpha, TARGETS[run.targets], seed=run.seed)
    elif run.method == Method.PROMPT_TUNING:
        add_soft_prompt(model, SoftPrompt(_start(run, model, tokenizer, task)))


def _start(
    run: Run, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: tasks.Task
) -> torch.Tensor:
    """Where the soft prompt starts: (length, d_model) float32."""
    table = model.get_input_embeddings().weight
    generator = torch.Generator().manual_seed(run.seed)
    if run.init in DRAWN:
        return DRAWN[run.init](table, run.length, generator)
    if run.init == "sampled":
        common = common_tokens(tokenizer, task.train["text"][:])
        return sampled_init(table, run.length, common, generator)
    if run.init == "labels":
        return label_init(table, prompt_of(task).label_ids(tokenizer), run.length)
    return text_init(table, tokenizer, INSTRUCTION, run.length)


def _vectors(model: PreTrainedModel) -> torch.Tensor | None:
    """The soft prompt as it is; None where there is none."""
    soft_prompt = getattr(model, "soft_prompt", None)
    return None if soft_prompt is None else soft_prompt.embedding.detach().cpu().clone()


def _training_items(run: Run, task: tasks.Task) -> datasets.Dataset:
    if not run.shuffled:
        return task.train
    generator = torch.Generator().manual_seed(run.seed)
    labels = task.train["label"][:]
    order = torch.randperm(len(labels), generator=generator).tolist()
    return task.train.remove_columns("label").add_column("label", [labels[i] for i in order])


def measured_items(run: Run, task: tasks.Task) -> datasets.Dataset:
    """The test items; in a search, the validation items that have not chosen the weights."""
    if run.items == "test":
        return task.test
    return task.validation.select(range(trainings.VALIDATION, len(task.validation)))


def _measured(
    run: Run,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: tasks.Task,
    trained: Trained,
) -> Record:
    prompt, editorials = prompt_of(task), tasks.load("editorials").test["text"][:]
    items = {"": measured_items(run, task)}
    if run.task == "movies" and run.items == "test":
        items |= {name: tasks.load(name).test for name in OTHERS}
    answers = {
        name: scoring.evaluate(model, tokenizer, prompt, chosen).correct
        for name, chosen in items.items()
    }
    step, loss = trained.history.best
    return Record(
        **dataclasses.asdict(run),
        batch_size=BATCH_SIZE,
        correct=answers.pop(""),
        domains=answers,
        perplexity=measure_perplexity(model, tokenizer, editorials).value,
        best=[step, round(loss, 5)],
        trainable_parameters=trainable_parameters(model),
        seconds=round(trained.seconds, 2),
        peak_memory=trained.peak_memory,
        **environment(model.device),
    )
