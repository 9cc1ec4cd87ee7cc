"""What a forward pass keeps for the backward pass: the activations, in bytes."""

from collections.abc import Callable

import torch


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
