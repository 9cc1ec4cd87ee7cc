"""``bytes_per_parameter`` (lesson 2, *What training costs in memory*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import Mistakes, compare, read_table
from course_utils.checks.core.exercise import exercise

KEYS = ("weights", "gradients", "master weights", "Adam mean", "Adam variance")
RIGHT = {torch.float32: (4, 4, 0, 4, 4), torch.bfloat16: (2, 2, 4, 4, 4)}


def table(full: tuple, mixed: tuple) -> Callable:
    """The bytes for float32, and for bfloat16 mixed precision."""
    return lambda dtype: full if dtype == torch.float32 else mixed


MASTER = "mixed precision keeps a master copy of the weights in float32, or small steps are lost"
NO_MASTER = "in float32 the weights are their own master copy: 0 bytes more"
STATES = "Adam's two states stay in float32 in mixed precision: 4 bytes each"
ONE_STATE = "Adam keeps two numbers for each parameter: a mean and a variance"
GRADIENTS = "the gradients take memory too: as much as the weights"
BYTE_MISTAKES: Mistakes = {
    GRADIENTS: [table((4, 0, 0, 4, 4), (2, 0, 4, 4, 4))],
    MASTER: [table((4, 4, 0, 4, 4), (2, 2, 0, 4, 4))],
    NO_MASTER: [table((4, 4, 4, 4, 4), (2, 2, 4, 4, 4))],
    ONE_STATE: [
        table((4, 4, 0, 4, 0), (2, 2, 4, 4, 0)),
        table((4, 4, 0, 0, 4), (2, 2, 4, 0, 4)),
    ],
    "the optimiser's states are missing: Adam keeps a mean and a variance": [
        table((4, 4, 0, 0, 0), (2, 2, 4, 0, 0))
    ],
    STATES: [table((4, 4, 0, 4, 4), (2, 2, 4, 2, 2))],
    "these are bits: eight to a byte": [table((32, 32, 0, 32, 32), (16, 16, 32, 32, 32))],
    "gradients have the dtype of the weights: 2 bytes in bfloat16": [
        table((4, 4, 0, 4, 4), (2, 4, 4, 4, 4))
    ],
    "the dtype is not used: bfloat16 takes 2 bytes, and needs a master copy": [
        table((4, 4, 0, 4, 4), (4, 4, 0, 4, 4))
    ],
    "the dtype is not used: float32 takes 4 bytes, and needs no master copy": [
        table((2, 2, 4, 4, 4), (2, 2, 4, 4, 4))
    ],
    "this is pure bfloat16: " + MASTER: [table((4, 4, 0, 4, 4), (2, 2, 0, 2, 2))],
    "the master copy is in float32: 4 bytes": [table((4, 4, 0, 4, 4), (2, 2, 2, 4, 4))],
    "the two dtypes are the wrong way round": [table((2, 2, 4, 4, 4), (4, 4, 0, 4, 4))],
}


HINTS = (
    "torch.float32 has 32 bits, torch.bfloat16 has 16; a byte has 8 bits",
    "Adam keeps two running numbers for each parameter, always in float32 here",
    "a bfloat16 number has 8 significant bits: a small step added to it is lost, so mixed "
    "precision adds it to a float32 master copy",
)


@exercise(hints=HINTS, mistakes=BYTE_MISTAKES)
def bytes_per_parameter(answer: Any, numbers: random.Random) -> None:
    """Five numbers for each of the two precisions."""
    cases = [(dtype,) for dtype in numbers.sample(list(RIGHT), 2)]
    read = functools.partial(read_table, keys=KEYS)
    compare(answer, cases, RIGHT.get, BYTE_MISTAKES, read)
