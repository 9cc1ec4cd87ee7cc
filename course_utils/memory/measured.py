"""Memory measured: the most that a stretch of code held, and what a forward pass keeps.

``PeakMemory`` stands around every training of the lessons; ``saved_bytes`` counts activations
(lesson 3, *What LoRA saves, and what it does not*; lesson 5, *What the backward pass needs*).
"""

import contextlib
import ctypes
import gc
import sys
import threading
from collections.abc import Callable

import psutil
import torch


class PeakMemory:
    """Context manager that measures peak memory.

    On a CUDA device: the bytes of tensors, by PyTorch's own account. On a CPU: the resident
    bytes of the whole process (so the interpreter and the libraries count), sampled every 10 ms.

    Attributes:
        peak: bytes, valid after the block (and growing within it).
        start: bytes held when the block was entered.
    """

    def __init__(self, device: torch.device):
        self.device, self.start, self.peak = device, 0, 0
        self._stop = threading.Event()

    def __enter__(self) -> "PeakMemory":
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
            self.start = torch.cuda.memory_allocated(self.device)
        else:
            self.start = self.peak = resident()
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(0.01):
            self.peak = max(self.peak, process.memory_info().rss)

    def __exit__(self, *exception: object) -> None:
        if self.device.type == "cuda":
            self.peak = torch.cuda.max_memory_allocated(self.device)
        else:
            self._stop.set()
            self._thread.join()
            self.peak = max(self.peak, resident())


def resident() -> int:
    """Bytes of this process in the machine's memory, by the operating system's account.

    Lesson 2 (*Where the bytes are*).
    """
    return psutil.Process().memory_info().rss


def free_memory() -> None:
    """Give back what no tensor holds, garbage in cycles included.

    On Linux the C library keeps freed pieces of less than 32 MB for later; after a training that is
    more than a gigabyte, which another notebook may need, and which would count as this process's.

    On a GPU, PyTorch's scratch memory for cuBLAS goes too, by the call that its documentation names
    (https://docs.pytorch.org/docs/stable/notes/cuda.html#cublas-workspaces): the next product takes
    its own, as in a fresh process. A CUDA graph recorded before must not be replayed after.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # a C library without it
            ctypes.CDLL(None).malloc_trim(0)
    if torch.cuda.is_available():
        torch._C._cuda_clearCublasWorkspaces()
        torch.cuda.empty_cache()


def saved_bytes(model: torch.nn.Module, forward: Callable[[], torch.Tensor]) -> int:
    """Bytes that ``forward()`` leaves in memory for a backward pass, parameters not counted.

    Each piece of memory counts once and in full, however many operations saved a view of it.

    Args:
        model: whose parameters are not counted: they are there anyway.
        forward: computes something that gradients can flow back from.
    """
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()  # the tensor itself would keep alive the graph that keeps it

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        result = forward()  # alive until all is counted, and with it what it saved
    total = sum(kept.values())
    del result
    return total
