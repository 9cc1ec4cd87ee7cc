"""The training loop of every lesson: prompts in, an answer token out, cross-entropy on it."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path

import datasets
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils import out_of_memory
from course_utils.batching import by_length, collate, encode
from course_utils.checkpoint import Checkpoint
from course_utils.errors import CourseError
from course_utils.graphs import WIDTHS, GraphedBackward
from course_utils.lora import adapter_numbers
from course_utils.loss_scale import LossScale
from course_utils.memory_calculator import Training
from course_utils.optimiser import MixedPrecisionAdamW
from course_utils.progress import TrainingDisplay
from course_utils.prompting import Prompt
from course_utils.quantised_linear import quantised_layers
from course_utils.scoring import answer_logits
from course_utils.training_plan import TrainingConfig, learning_rate, plan_batches

MICRO_BATCH_TOKENS = {"cpu": 192, "cuda": 16384}  # padded tokens whose activations fit at once


@dataclasses.dataclass(frozen=True)
class Example:
    """A tokenised prompt and the token that answers it."""

    ids: list[int]
    answer: int


@dataclasses.dataclass
class History:
    """The course of a run.

    Attributes:
        losses: training loss of each step, before it.
        norms: norm of the gradients of each step, before clipping; not finite where float16
            overflowed and the step was skipped.
        validations: ``(steps done, validation loss)`` pairs.
        interrupted: was the run cut off?
    """

    losses: list[float] = dataclasses.field(default_factory=list)
    norms: list[float] = dataclasses.field(default_factory=list)
    validations: list[tuple[int, float]] = dataclasses.field(default_factory=list)
    interrupted: bool = False

    @property
    def best(self) -> tuple[int, float]:
        """``(steps done, validation loss)`` at the lowest validation loss."""
        return min(self.validations, key=lambda point: point[1])


def make_examples(
    tokenizer: PreTrainedTokenizerBase, prompt: Prompt, dataset: datasets.Dataset
) -> list[Example]:
    """Tokenise a data set once, for the whole run."""
    sequences = encode(tokenizer, [prompt.render(text) for text in dataset["text"]])
    label_ids = prompt.label_ids(tokenizer)
    return [Example(ids, label_ids[y]) for ids, y in zip(sequences, dataset["label"])]


def micro_batch_tokens(model: PreTrainedModel) -> int:
    """Padded tokens that go through forward and backward pass at once.

    On a CPU twice as many where weights are in 4 bits: every micro-batch has to dequantise them
    twice, and they leave room for activations.
    """
    tokens = MICRO_BATCH_TOKENS[model.device.type]
    return 2 * tokens if model.device.type == "cpu" and quantised_layers(model) else tokens


def backward(
    model: PreTrainedModel, examples: list[Example], pad_id: int, loss_scale: float = 1.0
) -> float:
    """Add the gradient of the mean loss over ``examples``, times ``loss_scale``; return that loss.

    The batch goes through in micro-batches of similar length: the same gradient, with the
    activations of one micro-batch in memory at a time.
    """
    total = torch.zeros((), device=model.device)
    lengths = [len(example.ids) for example in examples]
    for rows in by_length(lengths, micro_batch_tokens(model)):
        loss = _loss_sum(model, [examples[i] for i in rows], pad_id) / len(examples)
        (loss * loss_scale).backward()
        total += loss.detach()
    return total.item()


def backward_of(
    model: PreTrainedModel, pad_id: int, loss_scale: LossScale | None = None
) -> Callable[[list[Example]], float]:
    """The fastest ``backward`` for this device: on a GPU, CUDA graphs for ordinary batches.

    Args:
        loss_scale: of a run in float16, which goes the plain way, as the scale may change.
    """
    if loss_scale is not None:
        return lambda examples: backward(model, examples, pad_id, loss_scale.value)
    if model.device.type != "cuda":
        return lambda examples: backward(model, examples, pad_id)
    graphed = GraphedBackward(model, pad_id)

    def run(examples: list[Example]) -> float:
        longest = max(len(example.ids) for example in examples)
        if longest > WIDTHS[-1] or len(examples) * longest > MICRO_BATCH_TOKENS["cuda"]:
            return backward(model, examples, pad_id)
        return graphed([example.ids for example in examples], [e.answer for e in examples])

    return run


def _loss_sum(model: PreTrainedModel, examples: list[Example], pad_id: int) -> torch.Tensor:
    """Summed cross-entropy at the answer position, over the whole vocabulary, in float32."""
    batch = collate([example.ids for example in examples], pad_id).to(model.device)
    answers = torch.tensor([example.answer for example in examples], device=model.device)
    return cross_entropy(answer_logits(model, batch), answers, reduction="sum")


@torch.no_grad()
def mean_loss(model: PreTrainedModel, examples: list[Example], pad_id: int) -> float:
    """Mean loss over ``examples``, without training and without dropout."""
    was_training, total = model.training, 0.0
    model.eval()
    lengths = [len(example.ids) for example in examples]
    for rows in by_length(lengths, 4 * micro_batch_tokens(model)):
        total += _loss_sum(model, [examples[i] for i in rows], pad_id).item()
    model.train(was_training)
    return total / len(examples)


def train(
    model: PreTrainedModel,
    examples: list[Example],
    validation: list[Example],
    config: TrainingConfig,
    *,
    pad_id: int,
    folder: Path,
    resume: bool = True,
    watch: Callable[[int], None] | None = None,
) -> History:
    """Train the parameters of ``model`` that require gradients.

    The model ends in evaluation mode with the weights of the lowest validation loss. If the
    kernel is interrupted, it has the best weights so far, and the history is returned as it is;
    the same call, in this session or after a restart, resumes from the last checkpoint and gives
    what an uninterrupted run gives. The folder is removed when a run ends.

    Args:
        folder: where the checkpoints go while the run lasts.
        resume: go on with an unfinished run of the same settings and data in ``folder``.
        watch: called after each validation with the steps done; the model holds the weights of
            that moment.

    Raises:
        CourseError: the loss is not finite, or the GPU's memory ran out; the model has the best
            weights so far.
    """
    run = _Run(model, examples, validation, config, pad_id, folder, watch)
    try:
        run.start(resume)
        run.steps()
    except KeyboardInterrupt:
        run.history.interrupted = True
    finally:
        run.finish()
    if run.history.interrupted:
        done = len(run.history.losses)
        print(
            f"Interrupted after {done} of {config.steps} steps. The model has the best weights "
            "so far; the same call resumes."
        )
    else:
        run.checkpoint.clear()
    return run.history


class _Run:
    """One call of ``train``: the state that its steps share."""

    def __init__(self, model, examples, validation, config, pad_id, folder, watch):
        self.model, self.examples, self.validation = model, examples, validation
        self.config, self.pad_id, self.watch = config, pad_id, watch
        self.trainable = {n: p for n, p in model.named_parameters() if p.requires_grad}
        if not self.trainable:
            raise CourseError(
                "No parameter of the model requires a gradient, so nothing would be trained",
                "unfreeze what is to be trained with requires_grad_(True)",
            )
        self.optimiser = MixedPrecisionAdamW(
            list(self.trainable.values()), learning_rate(0, config)
        )
        self.loss_scale = LossScale() if model.dtype == torch.float16 else None
        self.plan = plan_batches([len(example.ids) for example in examples], config)
        self.checkpoint = Checkpoint(Path(folder), self._fingerprint())
        self.history, self.display = History(), None

    def _fingerprint(self) -> str:
        parts = [
            dataclasses.asdict(self.config),
            [(name, list(p.shape), str(p.dtype)) for name, p in self.trainable.items()],
            adapter_numbers(self.model),
            [(example.ids, example.answer) for example in self.examples + self.validation],
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def start(self, resume: bool) -> None:
        torch.manual_seed(self.config.seed)
        saved = self.checkpoint.load_state() if resume else None
        if saved is None:
            self.checkpoint.clear()
            self._validate()
        else:
            step, tensors, history = saved
            self.optimiser.load_state(tensors)
            if self.loss_scale is not None:
                self.loss_scale.load_state(tensors["loss_scale"])
            history["validations"] = [tuple(point) for point in history["validations"]]
            self.history = History(**history)
            print(f"Resuming after step {step} (resume=False starts afresh).")
        self.display = TrainingDisplay(self.config.steps, len(self.history.losses))

    def steps(self) -> None:
        self.model.train()
        config, backward = self.config, backward_of(self.model, self.pad_id, self.loss_scale)
        for step in range(len(self.history.losses), config.steps):
            batch = [self.examples[i] for i in self.plan[step]]
            failure = None
            try:
                loss = backward(batch)
                norm = self._step(step, loss)
            except torch.OutOfMemoryError:
                failure = out_of_memory.explain(self.model.config, self._as_training(batch))
            if failure is not None:  # raised here, it does not keep the activations alive
                raise failure
            self.history.losses.append(loss)
            self.history.norms.append(norm)
            self.display.step(self.history)
            if (step + 1) % config.validate_every == 0 or step + 1 == config.steps:
                self._validate()

    def _step(self, step: int, loss: float) -> float:
        """One step of the optimiser; the norm of the gradients before clipping.

        In float16, gradients that are not finite are dropped, and the loss scale is halved.
        """
        if not math.isfinite(loss):
            raise CourseError(
                f"The loss is {loss} at step {step + 1}, so training was stopped; the model "
                "has the best weights so far",
                f"lower the learning rate (it is {self.config.learning_rate:g}), or load the "
                "model in float32",
            )
        self.optimiser.set_learning_rate(learning_rate(step, self.config))
        if self.loss_scale is None:
            return self.optimiser.step(self.config.max_norm)
        norm = self.optimiser.step(self.config.max_norm, self.loss_scale.value)
        self.loss_scale.update(math.isfinite(norm))
        return norm

    def _as_training(self, batch: list[Example]) -> Training:
        """The step as the memory calculator sees it: the rows that are in memory at once."""
        length = max(len(example.ids) for example in batch)
        rows = min(len(batch), max(1, micro_batch_tokens(self.model) // length))
        return out_of_memory.training_of(self.model, rows, length, logit_positions=rows)

    def _validate(self) -> None:
        done = len(self.history.losses)
        loss = mean_loss(self.model, self.validation, self.pad_id)
        self.history.validations.append((done, loss))
        if self.watch is not None:
            self.watch(done)
        if self.history.best[0] == done:
            self.checkpoint.save_best(self.trainable)
        if 0 < done < self.config.steps:
            tensors = self.optimiser.state()
            if self.loss_scale is not None:
                tensors["loss_scale"] = self.loss_scale.state()
            self.checkpoint.save_state(done, tensors, dataclasses.asdict(self.history))

    def finish(self) -> None:
        """Leave the model with the best weights, without gradients, in evaluation mode."""
        self.model.zero_grad(set_to_none=True)
        self.checkpoint.load_best(self.trainable)
        self.model.eval()
        if self.display is not None:
            self.display.close(self.history)
