"""Does it fit? What PyTorch reserves beyond the peak, what CUDA takes, and what GPUs have.

One rule, used wherever the course says that something fits: what PyTorch reserves, and the CUDA
context, go into the card's memory. Lesson 5, *All of it*.
"""

import dataclasses

from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, estimate
from course_utils.memory.options import Attention
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training
from course_utils.validate import number, one_of

# GiB, as PyTorch reports them: less than the nominal 16, 24, 40 and 80.
CARDS = {"T4": 14.7, "L4": 22.0, "A100 40": 39.4, "A100/H100 80": 79.1}
WITHOUT_FLASH = ("T4",)
CONTEXT = 0.7  # GiB that CUDA itself takes: two processes on an H200 took 1.26 to 1.40
# The allocator keeps freed memory in pieces that a later tensor may not fit into. What is there
# from step to step leaves no holes; of what comes and goes, this share more is reserved. Fitted to
# the development set of ``experiments memory_held_out``, where the error is 13 % at most.
HOLES = {True: 0.35, False: 0.15}  # by checkpointing: few small pieces are left to be used again
LASTING = ("weights", "quantisation constants", "adapters", "soft prompt", "optimiser",
           "workspaces")  # fmt: skip


def reserved(need: Estimate, checkpointing: bool) -> int:
    """Bytes that PyTorch's allocator will have taken from the GPU after some steps."""
    moving = sum(size for name, size in need.parts.items() if name not in LASTING)
    return need.peak + round(HOLES[checkpointing] * moving)


def fits(shape: Shape, training: Training, memory: float) -> bool:
    """Does a training fit into so many bytes of a GPU's memory?

    Raises:
        CourseError: the memory is no number of at least 0.
    """
    taken = reserved(estimate(shape, training), training.checkpointing) + CONTEXT * GIB
    return taken <= number("memory", memory, least=0)


def on_card(training: Training, card: str) -> Training:
    """The training as it runs on a card: one before compute capability 8.0 has no flash attention.

    Raises:
        CourseError: the card is none of ``CARDS``.
    """
    one_of("card", card, CARDS)
    if training.attention == Attention.EAGER:
        return training
    kernels = Attention.NO_FLASH if card in WITHOUT_FLASH else Attention.SDPA
    return dataclasses.replace(training, attention=kernels)


def fitting_cards(shape: Shape, training: Training) -> list[str]:
    """The GPUs on which a training fits, the smallest first."""
    return [
        card for card, size in CARDS.items() if fits(shape, on_card(training, card), size * GIB)
    ]
