"""Shrink intruder dimensions, or as much of something else, and measure the model again.

Part of ``experiments intruders``. Lesson 3, *Take them away*.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.analysis.intruders import below, nearest_others
from course_utils.analysis.low_rank import Parts
from course_utils.data import tasks
from course_utils.experiments.trained_update import (
    TrainedUpdate,
    Weights,
    answers,
    set_others,
    short,
)
from course_utils.measure.perplexity import measure_perplexity
from course_utils.memory.measured import free_memory
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights, set_linear_weights
from course_utils.recorded.intruders import INTRUDERS, OTHERS, SHRUNK, UPDATE, WHOLE, K
from course_utils.recorded.runs import pack

FACTORS = (0.75, 0.5, 0.25, 0.0)
Change = Callable[[str], torch.Tensor]


@dataclasses.dataclass(frozen=True)
class Adapted:
    """What can be shrunk of one adapted matrix: the sum of its intruders, and of the control.

    Attributes:
        intruders: (U, S, Vh) of the intruders alone: (out, m), (m,), (m, in).
        others: the same of as many directions that are none, of the nearest singular values.
    """

    intruders: Parts
    others: Parts

    @classmethod
    def of(cls, parts: Parts, similar: torch.Tensor) -> "Adapted":
        """From ``decompose(adapted)`` and the similarities of its directions."""
        found = below(similar, min(K, len(similar)), SHRUNK)
        return cls(
            _chosen(parts, found),
            _chosen(parts, nearest_others(parts[1], similar, found, SHRUNK)),
        )


def _chosen(parts: Parts, which: torch.Tensor) -> Parts:
    U, S, Vh = parts
    return U[:, which].clone(), S[which].clone(), Vh[which].clone()  # the rest is not kept alive


def untrained() -> dict[str, Any]:
    """What the report says of the model before training: answers, names, shapes and norms."""
    model, tokenizer = load_model(torch.float32)
    weights = linear_weights(model)
    found = {
        "untrained": _measured(WHOLE, 1.0, model, tokenizer),
        "matrices": {
            name: [*weight.shape, short(weight.norm().item())] for name, weight in weights.items()
        },
    }
    del model
    free_memory()
    return found


def shrink_and_ask(trained: TrainedUpdate, adapted: dict[str, Adapted]) -> list[dict[str, Any]]:
    """Accuracy and perplexity of the whole update, and of each way to shrink it, in float32.

    - ``intruders``: their singular values in W0 + update are multiplied by the factor;
    - ``others``: those of as many directions that are none;
    - ``update``: the whole update is multiplied, by what takes away the same Frobenius norm over
      all matrices together (0 where that would be more than the update has).

    Returns:
        One entry a measurement; the first is of the whole update. Nothing is shrunk where there
        is no intruder.
    """
    model, tokenizer = load_model(torch.float32)
    device = model.device
    base = {name: weight.to(device).float() for name, weight in trained.base.items()}
    update = {name: change.to(device) for name, change in trained.update.items()}
    set_others(model, trained.others)

    def measure(way: str, factor: float, weight_of: Change) -> dict[str, Any]:
        set_linear_weights(model, {name: weight_of(name) for name in base})
        return _measured(way, factor, model, tokenizer)

    found = [measure(WHOLE, 1.0, _added(base, update, 1.0))]
    size = math.sqrt(sum(change.square().sum().item() for change in update.values()))
    taken = math.sqrt(sum(each.intruders[1].square().sum().item() for each in adapted.values()))
    for factor in FACTORS if taken else ():
        for way in (INTRUDERS, OTHERS):
            parts = {name: getattr(each, way) for name, each in adapted.items()}
            entry = measure(way, factor, _without(base, update, parts, 1 - factor))
            found.append(entry)
        left = max(0.0, 1 - (1 - factor) * taken / size)
        entry = measure(UPDATE, factor, _added(base, update, left))
        found.append(entry | {"left": short(left)})
    return found


def _added(base: Weights, update: Weights, factor: float) -> Change:
    """W0 + factor x update, by name."""
    return lambda name: base[name] + factor * update[name]


def _without(
    base: Weights,
    update: Weights,
    parts: dict[str, Parts],
    share: float,
) -> Change:
    """W0 + update less this share of the parts, by name."""

    def weight_of(name: str) -> torch.Tensor:
        U, S, Vh = (each.to(base[name].device) for each in parts[name])
        return base[name] + update[name] - share * (U * S) @ Vh

    return weight_of


def _measured(
    way: str, factor: float, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> dict[str, Any]:
    editorials = tasks.load("editorials").test["text"][:]
    return {
        "way": way,
        "factor": factor,
        "correct": pack(answers(model, tokenizer)),
        "perplexity": short(measure_perplexity(model, tokenizer, editorials).value),
    }
