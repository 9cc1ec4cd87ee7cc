"""What a forward pass keeps for the backward pass, put into the computer's memory meanwhile.

Checkpointing keeps the input of every layer: for a 7B model and 2,048 tokens half a gibibyte, which
the GPU needs again one layer at a time. A copy to the computer takes less time than a layer, and it
runs beside the layers on a stream of its own, so it costs memory of the computer and no time.
Lesson 5, *A 7B model on a small card*.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch


class HostStore:
    """Keeps the tensors of one shape that autograd saves in the computer's memory.

    It can be recorded in a CUDA graph once a pass has run outside of one, as its memory is then
    there. Tensors are taken and given back without waiting for the GPU.

    Args:
        shape: of the tensors to take, for example (batch, tokens, d_model); all else stays where
            it is.
        dtype: of these tensors.
        device: they are on; on a CPU the copies are plain ones.
    """

    def __init__(self, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device):
        self._shape, self._dtype, self._device = torch.Size(shape), dtype, device
        self._module: Any = torch.get_device_module(device)
        self._stream = self._module.Stream(device) if device.type == "cuda" else None
        self._host: list[torch.Tensor] = []
        self._taken = 0
        self._leaving: list[tuple[torch.Tensor, Any]] = []
        self._coming: dict[int, tuple[torch.Tensor, Any]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of the computer's memory that are held."""
        return sum(tensor.nbytes for tensor in self._host)

    @contextlib.contextmanager
    def taking(self) -> Iterator[None]:
        """Within the block, a forward pass, take what autograd saves; give it back when asked."""
        self._taken = 0
        self._coming.clear()  # of a backward pass that did not come to its end
        with torch.autograd.graph.saved_tensors_hooks(self._take, self._give):
            yield
        self._let_go(keep=0)

    def _take(self, tensor: torch.Tensor) -> "torch.Tensor | int":
        if tensor.shape != self._shape or tensor.dtype != self._dtype:
            return tensor
        number, self._taken = self._taken, self._taken + 1
        if number == len(self._host):
            pinned = self._device.type == "cuda"  # else the GPU could not copy by itself
            self._host.append(torch.empty(self._shape, dtype=self._dtype, pin_memory=pinned))
        self._leaving.append((tensor, self._copy(self._host[number], tensor)))
        self._let_go(keep=1)
        return number

    def _let_go(self, keep: int) -> None:
        """Drop tensors whose copy is done, so that their memory serves again, but for the last."""
        while len(self._leaving) > keep:
            tensor, event = self._leaving.pop(0)
            self._wait(event)
            del tensor

    def _give(self, taken: "torch.Tensor | int") -> torch.Tensor:
        """The tensor that was taken; the one before it is fetched meanwhile, for the next call."""
        if isinstance(taken, torch.Tensor):
            return taken
        if taken not in self._coming:
            self._fetch(taken)
        tensor, event = self._coming.pop(taken)
        self._wait(event)
        if taken > 0:
            self._fetch(taken - 1)
        return tensor

    def _fetch(self, number: int) -> None:
        tensor = torch.empty(self._shape, dtype=self._dtype, device=self._device)
        self._coming[number] = tensor, self._copy(tensor, self._host[number])

    def _copy(self, target: torch.Tensor, source: torch.Tensor) -> Any:
        """Copy beside what the device computes, after what it was told so far; when is it done?"""
        if self._stream is None:
            target.copy_(source)
            return None
        self._stream.wait_stream(self._module.current_stream(self._device))
        with self._module.stream(self._stream):
            target.copy_(source, non_blocking=True)
            return self._stream.record_event()

    def _wait(self, event: Any) -> None:
        if event is not None:
            self._module.current_stream(self._device).wait_event(event)
