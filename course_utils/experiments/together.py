"""Several trainings on one frozen model in one batch: what each of them trains.

A step of a small model is thousands of short kernels, and a GPU waits for each. Trainings of soft
prompts, or of LoRA, that differ in rate, seed or examples share the frozen weights, so that their
batches can go through the model as one: the rows of a trial see its own soft prompt, or its own A
and B (as Chen et al. 2023, *Punica*, do for inference). No row sees another's, so each trial is the
training that it would be alone; ``tests/experiments/test_until_best.py`` holds it against
``training.loop``. Full fine-tuning shares nothing: it is one trial.
"""

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import torch
from torch import nn
from transformers import PreTrainedModel

from course_utils.methods.soft_prompt import label_init
from course_utils.model.layers import ALL_LINEAR, matching_layers, replace_linear
from course_utils.model.passes import embed_tokens


@dataclasses.dataclass
class Turn:
    """Whose rows a batch holds: in equal parts, in this order."""

    active: tuple[int, ...] = (0,)


class Trained(Protocol):
    """What the trials of one model train.

    Attributes:
        turn: to be set before each forward pass.
    """

    turn: Turn

    def parameters_of(self, trial: int) -> list[nn.Parameter]:
        """What belongs to one trial; float32, but for full fine-tuning in 16 bits."""
        ...


class SoftPrompts(nn.Module):
    """A soft prompt for each trial (Lester et al. 2021): the model's ``soft_prompt`` from now on.

    Args:
        model: is frozen.
        starts: one a trial, (length, d_model) float32, all of one length.
    """

    def __init__(self, model: PreTrainedModel, starts: Sequence[torch.Tensor]):
        super().__init__()
        self.turn = Turn()
        self.embeddings = nn.ParameterList(nn.Parameter(start.clone()) for start in starts)
        model.requires_grad_(False)
        model.soft_prompt = self.to(model.device)

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """(rows, tokens, d_model) -> (rows, length + tokens, d_model)."""
        prompts = torch.stack([self.embeddings[trial] for trial in self.turn.active])
        rows = len(embeddings) // len(prompts)
        own = prompts.unsqueeze(1).expand(-1, rows, -1, -1).flatten(0, 1)
        return torch.cat([own, embeddings], dim=1)

    def parameters_of(self, trial: int) -> list[nn.Parameter]:
        """The trial's soft prompt."""
        return [self.embeddings[trial]]


class StackedLoRA(nn.Module):
    """A linear layer with the A and B of several trials; see ``methods.lora.LoRALinear``."""

    def __init__(self, base: nn.Linear, starts: Iterator[torch.Tensor], scale: float, turn: Turn):
        super().__init__()
        self.base, self.scale, self._turn = base, scale, turn
        device = base.weight.device
        self.lora_A = nn.ParameterList(nn.Parameter(A.to(device)) for A in starts)
        self.lora_B = nn.ParameterList(
            nn.Parameter(torch.zeros(base.out_features, len(A), device=device)) for A in self.lora_A
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(rows, ..., in) -> (rows, ..., out)."""
        y = self.base(x)
        active = self._turn.active
        A = torch.stack([self.lora_A[trial] for trial in active]).to(y.dtype)  # (trials, rank, in)
        B = torch.stack([self.lora_B[trial] for trial in active]).to(y.dtype)  # (trials, out, rank)
        own = x.to(y.dtype).reshape(len(active), -1, x.shape[-1])  # (trials, tokens, in)
        update = own @ A.transpose(1, 2) @ B.transpose(1, 2)
        return y + self.scale * update.view_as(y)


class LoRAs:
    """LoRA on all linear layers, for each trial; the model is frozen.

    Args:
        model: changed in place.
        seeds: one a trial; A is drawn as ``methods.lora.add_lora`` draws it.
        rank, alpha: of every trial.
    """

    def __init__(self, model: PreTrainedModel, seeds: Sequence[int], rank: int, alpha: float):
        self.turn = Turn()
        layers = matching_layers(model, ALL_LINEAR)
        drawn = [drawn_A(layers.values(), rank, seed) for seed in seeds]
        starts = iter([iter(of_layer) for of_layer in zip(*drawn)])
        make = functools.partial(self._layer, starts=starts, scale=alpha / rank)
        self._names = replace_linear(model, make, ALL_LINEAR)
        self._layers = [model.get_submodule(name) for name in self._names]

    def _layer(
        self, base: nn.Linear, starts: Iterator[Iterator[torch.Tensor]], scale: float
    ) -> StackedLoRA:
        return StackedLoRA(base, next(starts), scale, self.turn)

    def parameters_of(self, trial: int) -> list[nn.Parameter]:
        """Every A and B of the trial."""
        return [p for layer in self._layers for p in (layer.lora_A[trial], layer.lora_B[trial])]


def drawn_A(layers: Iterable[nn.Linear], rank: int, seed: int) -> list[torch.Tensor]:
    """The (rank, in) starts of A, layer by layer, as ``add_lora`` draws them with this seed."""
    found = []
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        for layer in layers:
            A = torch.empty(rank, layer.in_features)
            nn.init.kaiming_uniform_(A, a=math.sqrt(5))
            found.append(A)
    return found


class Whole:
    """Full fine-tuning: all weights of the model, and one trial."""

    def __init__(self, model: PreTrainedModel):
        self.turn = Turn()
        model.requires_grad_(True)
        self._parameters = list(model.parameters())

    def parameters_of(self, trial: int) -> list[nn.Parameter]:
        """All weights."""
        return self._parameters


def words_as_start(model: PreTrainedModel, label_ids: list[int], length: int) -> torch.Tensor:
    """The label words in turn, as the model's layers get them: (length, d_model) float32.

    Where a family multiplies the rows of its table (Gemma), these are the multiplied ones.
    """
    words = torch.tensor([label_ids], device=model.device)
    with torch.no_grad():
        embedded = embed_tokens(model, words)[0]
    return label_init(embedded, list(range(len(label_ids))), length)


def embedding_norm(model: PreTrainedModel, sample: int = 5000) -> float:
    """Mean length of the embeddings of words, as the model's layers get them.

    Args:
        sample: so many words, evenly spaced over the vocabulary.
    """
    count = model.get_input_embeddings().num_embeddings
    ids = torch.arange(0, count, max(1, count // sample), device=model.device)
    with torch.no_grad():
        return float(embed_tokens(model, ids[None])[0].norm(dim=1).mean())
