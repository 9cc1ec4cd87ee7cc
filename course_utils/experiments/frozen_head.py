"""A fresh linear layer on features of the frozen model: what ``how_much`` trains least (lesson 2).

Nothing flows back into the model, so its features are computed once for all epochs
(``measure.features``).
"""

import copy
import dataclasses
import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy

BATCH_SIZE = 256
PATIENCE = 20  # epochs without a lower validation loss, after which training ends
EPOCHS = 400  # at most

Labelled = tuple[torch.Tensor, torch.Tensor]  # (items, d_model) float32, (items,) int64


@dataclasses.dataclass(frozen=True)
class Head:
    """A trained head.

    Attributes:
        linear: with the weights of the lowest validation loss.
        steps: that were made.
        best_step: after which the validation loss was the lowest.
        loss: that validation loss.
    """

    linear: nn.Linear
    steps: int
    best_step: int
    loss: float


def train_head(train: Labelled, validation: Labelled, learning_rate: float, seed: int) -> Head:
    """AdamW at a constant rate, until the validation loss has not improved for ``PATIENCE`` epochs.

    Args:
        seed: of the start and of the order of the examples.
    """
    features, labels = train
    generator = torch.Generator().manual_seed(seed)
    linear = _fresh(features.shape[1], int(labels.max()) + 1, generator).to(features.device)
    adamw = torch.optim.AdamW(linear.parameters(), lr=learning_rate, weight_decay=0.0)
    best = Head(copy.deepcopy(linear), 0, 0, _loss(linear, validation))
    steps = best_epoch = 0
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(labels), generator=generator).to(features.device)
        for rows in order.split(BATCH_SIZE):
            adamw.zero_grad()
            cross_entropy(linear(features[rows]), labels[rows]).backward()
            adamw.step()
            steps += 1
        loss = _loss(linear, validation)
        if loss < best.loss:
            best, best_epoch = Head(copy.deepcopy(linear), steps, steps, loss), epoch
        if epoch - best_epoch >= PATIENCE:
            break
    return dataclasses.replace(best, steps=steps)


def _fresh(width: int, labels: int, generator: torch.Generator) -> nn.Linear:
    linear = nn.Linear(width, labels)
    nn.init.normal_(linear.weight, std=1 / math.sqrt(width), generator=generator)
    nn.init.zeros_(linear.bias)
    return linear


@torch.no_grad()
def _loss(linear: nn.Linear, items: Labelled) -> float:
    return cross_entropy(linear(items[0]), items[1]).item()
