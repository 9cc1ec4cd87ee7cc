"""Forward and backward passes recorded as CUDA graphs, so that a GPU need not wait for Python.

A step of a small model is thousands of short kernels. Python takes far longer to start them than
the GPU to run them; a CUDA graph starts all of them at once
(https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs). ``training.backward`` uses it on a
GPU; lesson 5 (*A 7B model on a small card*) shows what it gains.
"""

from collections.abc import Callable

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from course_utils.data.batches import Batch, collate
from course_utils.model.forward import answer_logits
from course_utils.training.mixed_precision import refuse_without_gradient

WIDTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256)  # a graph is recorded for each that occurs
WARM_UP = 2  # runs before the recording, as libraries set themselves up in the first


class Recorder:
    """Records computations that set the gradients of the same parameters.

    The gradients live at fixed addresses: every replay leaves them in ``parameter.grad``.

    Args:
        parameters: on a CUDA device; those that require gradients, and they must not change.
    """

    def __init__(self, parameters: list[torch.nn.Parameter]):
        self._parameters = parameters
        self._device = parameters[0].device  # which need not be the current one
        self._gradients = [torch.zeros_like(p) for p in parameters]
        self._pool = torch.cuda.graph_pool_handle()
        # One stream for all graphs: each has cuBLAS' scratch memory.
        self._stream = torch.cuda.Stream(self._device)

    def record(self, loss_of: Callable[[], torch.Tensor]) -> Callable[[], torch.Tensor]:
        """Record ``loss_of()`` and its backward pass.

        Args:
            loss_of: computes a loss from tensors that stay where they are, without waiting for
                the GPU.

        Returns:
            A function that runs both again on what the tensors then hold, and returns the loss:
            a tensor that the next call overwrites.

        Raises:
            CourseError: the loss does not depend on one of the parameters.
        """
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            for parameter in self._parameters:
                parameter.grad = None
            loss_of().backward()
            refuse_without_gradient(self._parameters)
            for _ in range(WARM_UP - 1):
                self._run(loss_of)
        current.wait_stream(self._stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(self._device):
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
                loss = self._run(loss_of)

        def replay() -> torch.Tensor:
            self._hand_out()
            with torch.cuda.device(self._device):
                graph.replay()
            return loss

        return replay

    def _run(self, loss_of: Callable[[], torch.Tensor]) -> torch.Tensor:
        self._hand_out()
        torch._foreach_zero_(self._gradients)
        loss = loss_of()
        loss.backward()
        return loss.detach()

    def _hand_out(self) -> None:
        for parameter, gradient in zip(self._parameters, self._gradients):
            parameter.grad = gradient


class GraphedBackward:
    """What ``backward.backward`` does for one batch that fits into memory at once, replayed.

    Args:
        model: on a CUDA device; the set of parameters that require gradients must not change.
    """

    def __init__(self, model: PreTrainedModel, pad_id: int):
        self.model, self.pad_id = model, pad_id
        self._recorder = Recorder([p for p in model.parameters() if p.requires_grad])
        self._graphs: dict[tuple[int, int], tuple] = {}

    def __call__(self, sequences: list[list[int]], answers: list[int]) -> float:
        """Set the gradients to those of the mean loss at the answers; return that loss.

        Args:
            sequences: token ids of each prompt, none longer than ``WIDTHS[-1]``.
            answers: the token that should follow each.
        """
        width = next(w for w in WIDTHS if w >= max(map(len, sequences)))
        batch = _widen(collate(sequences, self.pad_id), width, self.pad_id)
        targets = torch.tensor(answers)
        key = (len(sequences), width)
        if key not in self._graphs:
            self._graphs[key] = self._record(
                batch.to(self.model.device), targets.to(self.model.device)
            )
        replay, static_batch, static_targets = self._graphs[key]
        for name in ("input_ids", "attention_mask", "last"):
            getattr(static_batch, name).copy_(getattr(batch, name))
        static_targets.copy_(targets)
        return replay().item()

    def _record(self, batch: Batch, targets: torch.Tensor) -> tuple:
        replay = self._recorder.record(
            lambda: cross_entropy(answer_logits(self.model, batch), targets)
        )
        return replay, batch, targets


def _widen(batch: Batch, width: int, pad_id: int) -> Batch:
    """The batch with more padding on the right, ``width`` tokens wide."""
    more = width - batch.input_ids.shape[1]
    ids = torch.nn.functional.pad(batch.input_ids, (0, more), value=pad_id)
    return Batch(ids, torch.nn.functional.pad(batch.attention_mask, (0, more)), batch.last)
