"""How attention is computed, and what each way keeps (lesson 5, *What the backward pass needs*).

PyTorch's ``scaled_dot_product_attention`` has several kernels and chooses one by dtype, mask,
heads and GPU. Flash and memory-efficient attention keep queries, keys, values, output and a
number for each query and head. The others keep the score of each pair of tokens.
"""

import dataclasses

from course_utils.memory.options import Attention
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training

FLOAT32 = 4
# Numbers of a pair that are alive in the backward pass of the softmax: its result, the gradients of
# result and scores and, in PyTorch's CUDA kernel, the product of the first two.
SOFTMAX = 4


@dataclasses.dataclass(frozen=True)
class Kernel:
    """What one layer's attention keeps, in bytes a token.

    Attributes:
        kept: queries, keys, values, output, and what there is of each pair.
        work: more that is alive while it goes backward.
        keeps_values: are the values kept as they come out of their linear layer?
        keeps_output: is the output kept, too?
        mask: bytes of a pair in the mask that all layers share; checkpointing keeps it.
    """

    kept: int
    work: int
    keeps_values: bool
    keeps_output: bool
    mask: int


def kernel_of(shape: Shape, training: Training, size: int, masked: bool) -> Kernel:
    """How a layer's attention is computed.

    Args:
        size: bytes of a number in attention.
        masked: is there a mask beyond the causal one?
    """
    grouped = shape.kv_heads < shape.heads
    if training.attention == Attention.EAGER:
        return _eager(shape, training, size)
    flash = training.attention == Attention.SDPA and size < FLOAT32 and not masked
    if flash or masked or not grouped:
        return _flash(shape, training, size, repeats=grouped and masked, masked=masked)
    return _math(shape, training, size)


def _flash(shape: Shape, training: Training, size: int, repeats: bool, masked: bool) -> Kernel:
    """Flash or memory-efficient attention: the latter needs keys and values for every head.

    A mask of True and False is turned to numbers in each layer, and kept.
    """
    keys = shape.queries if repeats else shape.keys
    mask = size * training.row if masked else 0
    kept = size * (2 * shape.queries + 2 * keys) + FLOAT32 * shape.heads + mask
    # The gradients of all; of the queries once more in float32, in which they are added up.
    work = size * (2 * shape.queries + 2 * keys) + FLOAT32 * shape.queries
    return Kernel(kept, work, not repeats, True, 1 if masked else 0)


def _math(shape: Shape, training: Training, size: int) -> Kernel:
    """The plain way in float32, keys and values repeated for every head."""
    scores = FLOAT32 * shape.heads * training.row
    kept = 3 * FLOAT32 * shape.queries + scores
    return Kernel(kept, (SOFTMAX - 1) * scores, False, False, 0)


def _eager(shape: Shape, training: Training, size: int) -> Kernel:
    """transformers' plain way: the softmax in float32, and a copy of it for the product."""
    pairs = shape.heads * training.row
    keys = shape.queries  # repeated for every head
    scores = (FLOAT32 + (size if size < FLOAT32 else 0)) * pairs
    kept = size * (shape.queries + 2 * keys) + scores
    work = SOFTMAX * FLOAT32 * pairs - scores
    mask = FLOAT32 if training.precision.wide_stream else size
    return Kernel(kept, work, False, False, mask)
