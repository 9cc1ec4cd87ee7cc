"""The bytes of all tensors alive, counted without a GPU and, on fake tensors, without memory.

A GPU's allocator knows how many bytes are alive; a CPU's does not. But every operation of PyTorch
passes the dispatcher, and there each new tensor can be seen, and a note be taken when its storage
dies. Under ``FakeTensorMode`` tensors have shapes and no data, so a model of seven billion
parameters "trains" on a laptop, and the count still holds.
"""

import contextlib
import weakref

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from course_utils.memory.activations import Saved
from course_utils.memory.options import Attention


class LiveBytes(TorchDispatchMode):
    """Context manager that counts the bytes of the storages made within it.

    Attributes:
        now: bytes alive.
        peak: the most that were alive at once.
    """

    def __init__(self):
        super().__init__()
        self.now = self.peak = 0
        self._seen = weakref.WeakSet()

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        result = function(*arguments, **keywords or {})
        for tensor in tree_iter(result):
            if isinstance(tensor, torch.Tensor):
                self.watch(tensor)
        return result

    def watch(self, tensor: torch.Tensor) -> None:
        """Count a tensor's storage from now until it dies; again and again counts once."""
        storage = tensor.untyped_storage()
        if storage in self._seen:
            return
        size = storage.nbytes()
        self._seen.add(storage)
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._forget, size)

    def _forget(self, size: int) -> None:
        self.now -= size


def kernel_of_a_gpu(shape, training):
    """Within it, a CPU computes attention in the plain way where a GPU has no better kernel."""
    plain = training.attention != Attention.EAGER and not Saved(shape, training).kernel.keeps_output
    return sdpa_kernel(SDPBackend.MATH) if plain else contextlib.nullcontext()
