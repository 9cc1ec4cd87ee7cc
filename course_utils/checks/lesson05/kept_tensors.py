"""Which tensors an autograd function keeps between its forward and its backward pass.

For ``FrozenProduct`` (lesson 5, *A frozen layer in 4 bits*).
"""

from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks


def kept_sizes(forward: Callable[[], Tensor], *places: Any) -> list[int]:
    """Numbers in each tensor that ``forward`` leaves behind, its output not counted.

    Found are tensors that autograd saved, and those that can be reached from ``ctx`` or from the
    ``places``, such as the function's class and the layer; copies as well.
    """
    saved: list[int] = []

    def pack(tensor: Tensor) -> Tensor:
        saved.append(tensor.numel())
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        output = forward()
    roots = [getattr(output.grad_fn, "__dict__", {}), *places]
    seen: set[int] = {id(output)}
    return saved + [t.numel() for root in roots for t in _reachable(root, seen)]


def _reachable(thing: Any, seen: set[int]) -> Iterator[Tensor]:
    """Tensors in attributes, containers, and what functions have enclosed."""
    if id(thing) in seen or len(seen) > 10_000:
        return
    seen.add(id(thing))
    if isinstance(thing, Tensor):
        yield thing
        return
    parts: list[Any] = []
    if isinstance(thing, dict):
        parts += thing.values()
    elif isinstance(thing, (list, tuple, set)):
        parts += thing
    elif closure := getattr(thing, "__closure__", None):
        parts += [cell.cell_contents for cell in closure]
    elif not isinstance(thing, (str, bytes, int, float)):
        parts += vars(thing).values() if hasattr(thing, "__dict__") else []
    for part in parts:
        yield from _reachable(part, seen)
