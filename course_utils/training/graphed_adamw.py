"""The optimiser's step recorded as CUDA graphs, so that a GPU need not wait for Python.

LoRA trains hundreds of small matrices. A GPU steps all of them in well under a millisecond; for
Python to go through their lists takes many times as long. ``training.cuda_graphs`` does the same
for forward and backward pass; ``experiments.step_time`` measures both.
"""

from collections.abc import Callable
from typing import Any

import torch

from course_utils.training.mixed_precision import CHUNK, LossScale, MixedPrecisionAdamW


class GraphedAdamW(MixedPrecisionAdamW):
    """``MixedPrecisionAdamW``, replayed while the gradients lie where they lay the step before.

    ``cuda_graphs.Recorder`` leaves them so. A step whose gradients lie elsewhere, as in a batch
    too wide for a graph, is made plainly; what comes out is the same, bit by bit. There are two
    graphs, as the norm of the gradients is looked at before anything moves.

    Args:
        parameters: on one CUDA device.
        learning_rate: may be changed between steps through ``set_learning_rate``.
    """

    def __init__(self, parameters: list[torch.nn.Parameter], learning_rate: float):
        super().__init__(parameters, learning_rate)
        self._device = self.parameters[0].device
        self._norm, self._factor = torch.zeros(2, device=self._device)
        # What a replay reads is a tensor: a number would stay what it was at the recording.
        self._learning_rate = torch.tensor(learning_rate, device=self._device)
        self._adamw.param_groups[0].update(lr=self._learning_rate, capturable=True)
        self._places_before: Any = None  # in the last step
        self._places_recorded: Any = None
        self._replays: list[Callable[[], None]] = []

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use this learning rate from the next step on."""
        self._learning_rate.fill_(learning_rate)

    @torch.no_grad()
    def step(self, max_norm: float) -> float:
        """As ``MixedPrecisionAdamW.step``; it returns before the GPU has moved the weights."""
        gradients = self._gradients()
        places = max_norm, [(g.data_ptr(), g.stride()) for g in gradients]
        before, self._places_before = self._places_before, places
        if places != self._places_recorded:
            if places != before:
                return super().step(max_norm)
            self._record(gradients, max_norm)
            self._places_recorded = places
        find_norm, move = self._replays
        find_norm()
        norm = self._norm.item()
        self._drop_gradients()
        if self.loss_scale.accepts(norm):
            move()
        return norm

    def _record(self, gradients: list[torch.Tensor], max_norm: float) -> None:
        def find_norm() -> None:
            norm, factor = self._clip(gradients, max_norm)
            self._norm.copy_(norm)
            self._factor.copy_(factor)

        def move() -> None:
            # In a graph small calls cost nothing, so few gradients need be in float32 at once.
            self._move(list(gradients), self._factor, CHUNK["cpu"])

        self._places_recorded, self._replays = None, []  # the old graphs go first
        self._replays = [recorded(compute, self._device) for compute in (find_norm, move)]


def recorded(compute: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """Record what ``compute`` does on a CUDA device, without doing it; a function that does it."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.device(device), torch.cuda.graph(graph):
        compute()

    def replay() -> None:
        with torch.cuda.device(device):
            graph.replay()

    return replay


def optimiser_of(
    parameters: list[torch.nn.Parameter], learning_rate: float, loss_scale: LossScale | None = None
) -> MixedPrecisionAdamW:
    """The fastest ``MixedPrecisionAdamW`` for the device that ``parameters`` are on.

    Args:
        loss_scale: off if not given. Where it is on, the step is not recorded, as the scale may
            change and a graph could not follow.
    """
    scale = loss_scale or LossScale()
    if scale.on or parameters[0].device.type != "cuda":
        return MixedPrecisionAdamW(parameters, learning_rate, scale)
    return GraphedAdamW(parameters, learning_rate)
