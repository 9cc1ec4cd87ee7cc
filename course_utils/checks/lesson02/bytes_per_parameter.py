"""``bytes_per_parameter`` (lesson 2, *What training costs in memory*)."""

import functools
import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.core.compare import UNKNOWN, Mistakes, compare
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson02.bytes_per_parameter_parts import KEYS, RIGHT, Parts, read_parts

COUNT = 134_515_008  # parameters of the lesson's model


def table(full: tuple, mixed: tuple, factor: float = 1) -> Callable:
    """The bytes for float32, and for bfloat16 mixed precision."""
    return lambda dtype: tuple(factor * n for n in (full if dtype == torch.float32 else mixed))


def by_text(dtype: torch.dtype) -> int:
    """The dtype looked up by a short name."""
    return {"float32": 4, "bfloat16": 2}[str(dtype)]


FULL, MIXED = RIGHT.values()
MASTER = "mixed precision keeps a master copy of the weights in float32, or small steps are lost"
NO_MASTER = "in float32 the weights are their own master copy: 0 bytes more"
STATES = "Adam's two states stay in float32 in mixed precision: 4 bytes each"
ONE_STATE = "Adam keeps two numbers for each parameter: a mean and a variance"
GRADIENTS = "the gradients take memory too: as much as the weights"
BYTE_MISTAKES: Mistakes = {
    GRADIENTS: [table((4, 0, 0, 4, 4), (2, 0, 4, 4, 4))],
    MASTER: [table(FULL, (2, 2, 0, 4, 4))],
    NO_MASTER: [table((4, 4, 4, 4, 4), MIXED), table((4, 4, 2, 4, 4), MIXED)],
    ONE_STATE: [
        table((4, 4, 0, 4, 0), (2, 2, 4, 4, 0)),
        table((4, 4, 0, 0, 4), (2, 2, 4, 0, 4)),
    ],
    "the optimiser's states are missing: Adam keeps a mean and a variance": [
        table((4, 4, 0, 0, 0), (2, 2, 4, 0, 0))
    ],
    STATES: [table(FULL, (2, 2, 4, 2, 2))],
    "master copy and states stay in float32 in mixed precision: 4 bytes each": [
        table(FULL, (2, 2, 2, 2, 2))
    ],
    "Adam's mean and variance take 4 bytes each, so 8 together": [
        table((4, 4, 0, 2, 2), (2, 2, 4, 2, 2)),
        table((4, 4, 0, 2, 2), (2, 2, 4, 1, 1)),
        table((4, 4, 0, 8, 8), (2, 2, 4, 8, 8)),
        table((4, 4, 0, 8, 8), (2, 2, 4, 4, 4)),
    ],
    "the two averages have 4 bytes each: one of them is in bfloat16 here": [
        table(FULL, (2, 2, 4, 4, 2)),
        table(FULL, (2, 2, 4, 2, 4)),
    ],
    "these are bits: eight to a byte": [table(FULL, MIXED, 8)],
    "gradients have the dtype of the weights: 2 bytes in bfloat16": [table(FULL, (2, 4, 4, 4, 4))],
    "weights and gradients are in bfloat16, 2 bytes each, beside the master copy": [
        table(FULL, (4, 4, 4, 4, 4)),
    ],
    "the model's bfloat16 weights, 2 bytes, are held beside the master copy of 4": [
        table(FULL, (4, 2, 0, 4, 4)),
        table(FULL, (4, 2, 4, 4, 4)),
        table(FULL, (0, 2, 4, 4, 4)),
    ],
    "the weights themselves are missing": [table((0, 4, 0, 4, 4), (0, 2, 4, 4, 4))],
    (
        "the numbers are those of float32 whatever the dtype is (or an earlier call changed a "
        "shared dictionary): bfloat16 takes 2 bytes, and needs a master copy"
    ): [table(FULL, FULL)],
    (
        "float32 gets the numbers of bfloat16: the dtype is not used, or is compared with a text, "
        "or an earlier call changed a shared dictionary"
    ): [table(MIXED, MIXED)],
    "this is pure bfloat16: " + MASTER: [table(FULL, (2, 2, 0, 2, 2))],
    "the master copy is in float32: 4 bytes": [table(FULL, (2, 2, 2, 4, 4))],
    "the two dtypes are the wrong way round": [
        table(MIXED, FULL),
        table((2, 2, 0, 4, 4), (4, 4, 4, 4, 4)),
        table((4, 4, 4, 4, 4), (2, 2, 0, 4, 4)),
    ],
    "these are the bytes of the whole model: return those of one parameter": [
        table(FULL, MIXED, COUNT),
        table((4, 4, 0, 4, 4), (4, 4, 4, 4, 4), COUNT),
        table(FULL, MIXED, COUNT / 1e9),
        table(FULL, MIXED, COUNT / 2**30),
        table(FULL, MIXED, COUNT / 1e6),
        table(FULL, MIXED, COUNT / 2**20),
    ],
    "dtype.itemsize is a number, not a method: no parentheses behind it": [
        lambda dtype: dtype.itemsize(),
    ],
    "the text of a dtype is 'torch.float32': compare with torch.float32 itself": [
        by_text,
        lambda dtype: {"fp32": 4, "bf16": 2}[str(dtype)],
        lambda dtype: {"float32": 4, "bfloat16": 2}[dtype],
    ],
}


def else_likely(seen: list[Parts]) -> str:
    """What is wrong where no row of the table says it: the same call twice, a factor, a part."""
    if seen[0] != seen[2] or seen[1] != seen[3]:
        return (
            "the second call gives other numbers than the first: a shared dictionary is changed, "
            "so make a new one in each call"
        )
    pairs = [pair for got, right in zip(seen, (FULL, MIXED)) for pair in zip(got, right)]
    factors = {got / right for got, right in pairs if right}
    if len(factors) == 1 and not any(got for got, right in pairs if not right):
        return f"every number is {factors.pop():.4g} times the right one: is it bytes, and of one?"
    wrong = [
        f"{key} ({name})"
        for name, got, right in zip(("float32", "bfloat16"), seen, (FULL, MIXED))
        for key, good, bad in zip(KEYS, right, got)
        if not agree(bad, float(good), 1e-9)
    ]
    return f"look at these parts, the others are right: {', '.join(wrong)}"


def with_dtype(answer: Any) -> Any:
    """The learner's function; its value comes with its argument, which says how to read it."""
    if not callable(answer):
        return answer

    @functools.wraps(answer)
    def both(dtype: torch.dtype) -> Any:
        value = answer(dtype)
        return value if value is None or value is ... else (dtype, value)

    return both


HINTS = (
    "torch.float32 has 32 bits, torch.bfloat16 has 16; a byte has 8 bits",
    "Adam keeps two running numbers for each parameter, always in float32 here",
    "a bfloat16 number has 8 significant bits: a small step added to it is lost, so mixed "
    "precision adds it to a float32 master copy",
)


@exercise(hints=HINTS, mistakes=BYTE_MISTAKES)
def bytes_per_parameter(answer: Any, numbers: random.Random) -> None:
    """Five numbers for each of the two precisions, each asked for twice."""
    seen: list[Parts] = []

    def read(value: Any) -> Parts:
        seen.append(read_parts(*value))
        return seen[-1]

    cases = [(dtype,) for dtype in [*RIGHT, *RIGHT]]
    try:
        compare(with_dtype(answer), cases, RIGHT.get, BYTE_MISTAKES, read)
    except Mistake as mistake:
        if mistake.likely == UNKNOWN:
            mistake.likely = else_likely(seen)
        raise
