"""Forward and backward passes recorded once as CUDA graphs, so that a GPU need not wait for Python.

A step of a small model is thousands of short kernels. Python takes far longer to start them than
the GPU to run them; a CUDA graph starts all of them at once
(https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs).
"""

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from course_utils.batching import Batch, collate
from course_utils.scoring import answer_logits

WIDTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256)  # a graph is recorded for each that occurs
WARM_UP = 2  # runs before the recording, as libraries set themselves up in the first


class GraphedBackward:
    """What ``training.backward`` does for one batch that fits into memory at once, replayed.

    The gradients live at fixed addresses: every call leaves them in ``parameter.grad``.

    Args:
        model: on a CUDA device; the set of parameters that require gradients must not change.
    """

    def __init__(self, model: PreTrainedModel, pad_id: int):
        self.model, self.pad_id = model, pad_id
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._gradients = [torch.zeros_like(p) for p in self._parameters]
        self._graphs: dict[tuple[int, int], tuple] = {}
        self._pool = torch.cuda.graph_pool_handle()

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
            self._graphs[key] = self._record(batch.to(self.model.device), targets.cuda())
        graph, static_batch, static_targets, loss = self._graphs[key]
        for name in ("input_ids", "attention_mask", "last"):
            getattr(static_batch, name).copy_(getattr(batch, name))
        static_targets.copy_(targets)
        self._hand_out()
        graph.replay()
        return loss.item()

    def _hand_out(self) -> None:
        for parameter, gradient in zip(self._parameters, self._gradients):
            parameter.grad = gradient

    def _record(self, batch: Batch, targets: torch.Tensor) -> tuple:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                self._run(batch, targets)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            loss = self._run(batch, targets)
        return graph, batch, targets, loss

    def _run(self, batch: Batch, targets: torch.Tensor) -> torch.Tensor:
        self._hand_out()
        torch._foreach_zero_(self._gradients)
        loss = cross_entropy(answer_logits(self.model, batch), targets)
        loss.backward()
        return loss.detach()


def _widen(batch: Batch, width: int, pad_id: int) -> Batch:
    """The batch with more padding on the right, ``width`` tokens wide."""
    more = width - batch.input_ids.shape[1]
    ids = torch.nn.functional.pad(batch.input_ids, (0, more), value=pad_id)
    return Batch(ids, torch.nn.functional.pad(batch.attention_mask, (0, more)), batch.last)
