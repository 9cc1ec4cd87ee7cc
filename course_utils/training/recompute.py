"""The inside of every MLP computed again in the backward pass (Chen et al. 2016, section 4).

In 16 bits a layer of Llama's kind keeps eight bytes for each number of its MLP, more than for all
else, and an MLP has few kernels. Where a step waits for many short kernels, as the course's small
model does on a GPU, that saves much memory for little time: ``training.cuda_graphs`` records it.
"""

import contextlib
import functools
from collections.abc import Iterator

from torch import nn
from torch.utils.checkpoint import checkpoint


@contextlib.contextmanager
def mlps_again(model: nn.Module) -> Iterator[None]:
    """Within the block, a forward pass keeps the input of each MLP, and not what is inside.

    What is called ``mlp`` counts, as in most families; without any, and where dropout would draw
    other numbers the second time, nothing changes.
    """
    mlps = [] if _drops(model) else [m for n, m in model.named_modules() if n.endswith(".mlp")]
    own = [vars(mlp).get("forward") for mlp in mlps]
    for mlp in mlps:
        mlp.forward = functools.partial(
            checkpoint, mlp.forward, use_reentrant=False, preserve_rng_state=False
        )
    try:
        yield
    finally:
        for mlp, forward in zip(mlps, own):
            del mlp.forward  # what the class says shows again
            if forward is not None:
                mlp.forward = forward


def _drops(model: nn.Module) -> bool:
    dropouts = (m for m in model.modules() if isinstance(m, nn.modules.dropout._DropoutNd))
    return any(dropout.training and dropout.p > 0 for dropout in dropouts)
