"""Which tensors stay in memory after a computation.

For ``FrozenProduct`` (lesson 5, *A frozen layer in 4 bits*).
"""

import gc
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class KeptTensors(TorchDispatchMode):
    """Within it, the memory of each tensor that an operation makes is noted.

    So a tensor is found wherever it is kept (on ``ctx``, in the layer, in a global variable, by
    autograd), as it is, as a view or as a copy.
    """

    def __init__(self, *given: Tensor) -> None:
        super().__init__()
        self._made: dict[int, tuple[StorageWeakRef, int]] = {}
        for tensor in given:
            self._note(tensor)

    def _note(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        numbers = storage.nbytes() // tensor.element_size()
        self._made.setdefault(storage._cdata, (StorageWeakRef(storage), numbers))

    def __torch_dispatch__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Run an operation, and note what it gives."""
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor) and tensor.layout == torch.strided:
                self._note(tensor)
        return result

    def sizes(self, *but: Tensor) -> list[int]:
        """Numbers in each of them that is still in memory, but for some."""
        known = {tensor.untyped_storage()._cdata for tensor in but}
        if any(key not in known and not ref.expired() for key, (ref, _) in self._made.items()):
            gc.collect(1)  # what only a new circle of references keeps is not kept
        alive = {key: n for key, (ref, n) in self._made.items() if not ref.expired()}
        return [n for key, n in alive.items() if key not in known]
