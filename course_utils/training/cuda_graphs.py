"""Forward and backward passes recorded as CUDA graphs, so that a GPU need not wait for Python.

A step of a small model is thousands of short kernels. Python takes far longer to start them than
the GPU to run them; a CUDA graph starts all of them at once
(https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs). ``training.backward`` uses it on a
GPU; lesson 5 (*A 7B model on a small card*) shows what it gains.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from course_utils.data.batches import Batch, collate
from course_utils.model.forward import answer_logits
from course_utils.training.mixed_precision import refuse_without_gradient
from course_utils.training.plan import Example, answers_of
from course_utils.training.recompute import mlps_again

WIDTHS = (32, 48, 64, 80, 96, 128, 192, 256)  # a graph is recorded for each that occurs
WARM_UP = 2  # runs before the recording, as libraries set themselves up in the first


class Recorder:
    """Records computations that set the gradients of the same parameters.

    The gradients live at fixed addresses: every replay leaves them in ``parameter.grad``.

    All graphs share one pool of memory, so that they take no more of it than the largest. That
    holds good as long as their replays do not overlap, whatever their order: a replay begins with
    the zeroing of the gradients and needs nothing that an earlier one left in the pool. It
    overwrites what an earlier one returned, though: read a loss, with ``item()``, and use the
    gradients before the next replay. Replays on one stream never overlap.

    The runs before a recording need as much memory as the graph. Before the first one they take it
    from PyTorch's ordinary pool, which is emptied when the recording begins. Before later ones they
    use what the graphs' pool has: the ordinary one would take as much again beside it.

    Args:
        parameters: on a CUDA device; those that require gradients, and they must not change.
    """

    def __init__(self, parameters: list[torch.nn.Parameter]):
        self._parameters = parameters
        self._device = parameters[0].device  # which need not be the current one
        self._gradients: list[torch.Tensor] = []
        self._graphs: list[torch.cuda.CUDAGraph] = []
        with torch.cuda.device(self._device):
            self._pool = torch.cuda.MemPool()
        # One stream for all graphs: each has cuBLAS' scratch memory.
        self._stream = torch.cuda.Stream(self._device)

    def record(self, loss_of: Callable[[], torch.Tensor]) -> Callable[[], torch.Tensor]:
        """Record ``loss_of()`` and its backward pass.

        Random numbers go on after it as if nothing had been computed: a run that was cut off, and
        records anew, draws what it would have drawn.

        Args:
            loss_of: computes a loss from tensors that stay where they are, without waiting for
                the GPU.

        Returns:
            A function that runs both again on what the tensors then hold, and returns the loss:
            a tensor that the next call overwrites.

        Raises:
            CourseError: the loss does not depend on one of the parameters.
        """
        random = torch.cuda.get_rng_state(self._device)
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            if not self._gradients:
                self._begin(loss_of)
            with self._room():
                for _ in range(WARM_UP):
                    self._run(loss_of)
        current.wait_stream(self._stream)
        graph = torch.cuda.CUDAGraph()
        self._graphs.append(graph)
        with torch.cuda.device(self._device):
            pool: Any = self._pool.id  # two numbers, as ``graph_pool_handle`` gives
            with torch.cuda.graph(graph, pool=pool, stream=self._stream):
                loss = self._run(loss_of)
        torch.cuda.set_rng_state(random, self._device)

        def replay() -> torch.Tensor:
            self._hand_out()
            with torch.cuda.device(self._device):
                graph.replay()
            return loss

        return replay

    def _begin(self, loss_of: Callable[[], torch.Tensor]) -> None:
        """One pass, to see that each parameter gets a gradient; then give these their places."""
        for parameter in self._parameters:
            parameter.grad = None
        loss_of().backward()
        refuse_without_gradient(self._parameters)
        for parameter in self._parameters:
            parameter.grad = None
        self._gradients = [torch.zeros_like(p) for p in self._parameters]

    def _run(self, loss_of: Callable[[], torch.Tensor]) -> torch.Tensor:
        self._hand_out()
        torch._foreach_zero_(self._gradients)
        loss = loss_of()
        loss.backward()
        return loss.detach()

    def _hand_out(self) -> None:
        for parameter, gradient in zip(self._parameters, self._gradients):
            parameter.grad = gradient

    def _room(self) -> contextlib.AbstractContextManager[None]:
        """Where the runs before a recording take their memory: see the class."""
        if not self._graphs:
            return contextlib.nullcontext()
        return torch.cuda.use_mem_pool(self._pool, self._device)

    def __del__(self) -> None:
        """Graphs let go of the pool before it ends: older versions of PyTorch insist on it."""
        for graph in getattr(self, "_graphs", []):
            graph.reset()


class GraphedBackward:
    """What ``backward.backward`` does for one batch that fits into memory at once, replayed.

    Args:
        model: on a CUDA device; the set of parameters that require gradients must not change.
    """

    def __init__(self, model: PreTrainedModel, pad_id: int):
        self.model, self.pad_id = model, pad_id
        self._recorder = Recorder([p for p in model.parameters() if p.requires_grad])
        self._graphs: dict[tuple[int, int, int], tuple] = {}

    def __call__(self, examples: list[Example]) -> float:
        """Set the gradients to those of the mean loss at the answers; return that loss.

        Args:
            examples: none longer than ``WIDTHS[-1]``.
        """
        width = width_for(max(len(example.ids) for example in examples))
        targets = answers_of(examples)  # (examples, count)
        batch = collate([example.ids for example in examples], self.pad_id)
        batch = _widen(batch.reading(targets.shape[1]), width, self.pad_id)
        key = (len(examples), width, targets.shape[1])
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
        def loss_of() -> torch.Tensor:
            with mlps_again(self.model):
                logits = answer_logits(self.model, batch).flatten(0, 1)
                return cross_entropy(logits, targets.flatten(), reduction="sum") / len(targets)

        return self._recorder.record(loss_of), batch, targets


def width_for(longest: int) -> int:
    """The width at which a batch is computed whose longest text has so many tokens."""
    return next(width for width in WIDTHS if width >= longest)


def _widen(batch: Batch, width: int, pad_id: int) -> Batch:
    """The batch with more padding on the right, ``width`` tokens wide."""
    more = width - batch.input_ids.shape[1]
    ids = torch.nn.functional.pad(batch.input_ids, (0, more), value=pad_id)
    return Batch(ids, torch.nn.functional.pad(batch.attention_mask, (0, more)), batch.last)
