"""Train, and take the update apart from the weights: what ``update`` and ``intruders`` look into.

The update is of float32 numbers: masters minus base, or alpha / rank B A. Lesson 3.
"""

import dataclasses

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.measure import scoring
from course_utils.memory.measured import free_memory
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights
from course_utils.recorded.runs import STEPS
from course_utils.training.plan import TrainingConfig

TASK = "movies"
Weights = dict[str, torch.Tensor]


@dataclasses.dataclass(frozen=True)
class TrainedUpdate:
    """What a training changed, on the CPU.

    Attributes:
        base: weights of the linear layers before it, by the layer's name, in the model's dtype.
        update: what was added to each, float32.
        others: float32 weights of everything else after it (embedding, norms), by the parameter's
            name; none where only the linear layers were trained.
        best: steps done and validation loss of the weights that were kept.
        correct: one character a test item, of the model as it was trained, ``1`` where right.
    """

    base: Weights
    update: Weights
    others: Weights
    best: tuple[int, float]
    correct: str


def train_update(learning_rate: float, seed: int, rank: int = 0) -> TrainedUpdate:
    """Train all weights, or where there is a rank LoRA with alpha 2 x rank; leave the device empty.

    Args:
        learning_rate: the highest of the schedule.
        seed: of the order of the examples, and of LoRA's start.
        rank: of LoRA on all linear layers; 0 for full fine-tuning.
    """
    model, tokenizer = load_model()
    base = {name: weight.cpu() for name, weight in linear_weights(model).items()}
    if rank:
        add_lora(model, rank, 2.0 * rank, seed=seed)
    task = tasks.load(TASK)
    config = config_of(learning_rate, seed, rank)
    masters: Weights = {}
    examples = examples_of(tokenizer, task)
    trained = train_once(model, tokenizer, examples, config, masters=masters)
    correct = answers(model, tokenizer)
    update = lora_update(model) if rank else full_update(base, masters)
    weights = {f"{name}.weight" for name in base}
    others = {} if rank else {n: m for n, m in masters.items() if n not in weights}
    del model, masters
    free_memory()
    return TrainedUpdate(base, update, others, trained.history.best, correct)


def answers(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> str:
    """One character a test item, ``1`` where right."""
    task = tasks.load(TASK)
    return scoring.evaluate(model, tokenizer, prompt_of(task), task.test).correct


def config_of(learning_rate: float, seed: int, rank: int) -> TrainingConfig:
    """Fewer validations where each of them writes gigabytes to disk: all weights, and moments."""
    every = max(1, STEPS // (6 if rank else 3))
    return TrainingConfig(learning_rate, STEPS, BATCH_SIZE, validate_every=every, seed=seed)


@torch.no_grad()
def lora_update(model: torch.nn.Module) -> Weights:
    """``alpha / rank B A`` of every LoRA layer by its name: (out, in) float32, on the CPU."""
    return {
        name: (layer.scale * layer.lora_B.float() @ layer.lora_A.float()).cpu()
        for name, layer in lora_layers(model).items()
    }


def full_update(base: Weights, masters: Weights) -> Weights:
    """Masters minus base of every linear layer by its name: (out, in) float32.

    Args:
        base: by the layer's name.
        masters: float32, by the parameter's name.
    """
    return {name: masters[f"{name}.weight"] - weight.float() for name, weight in base.items()}


@torch.no_grad()
def set_others(model: PreTrainedModel, others: Weights) -> None:
    """Write what is not in the linear layers: embedding and norms."""
    parameters = dict(model.named_parameters())
    for name, value in others.items():
        parameters[name].copy_(value)


def short(number: float) -> float:
    """The number with five digits, for a report."""
    return float(f"{number:.5g}")


def shorts(numbers: torch.Tensor) -> list[float]:
    """All numbers of a vector with five digits."""
    return [short(number) for number in numbers.tolist()]
