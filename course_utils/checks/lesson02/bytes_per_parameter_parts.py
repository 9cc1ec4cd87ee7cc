"""What the names of a learner's parts mean, whatever they are called (``bytes_per_parameter``)."""

import collections
import re
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from course_utils.checks.core.compare import number
from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import Mistake, WrongForm

KEYS = ("weights", "gradients", "master weights", "Adam mean", "Adam variance")
RIGHT = {torch.float32: (4, 4, 0, 4, 4), torch.bfloat16: (2, 2, 4, 4, 4)}
AVERAGES, FLOAT32, TOTAL = "both averages", "in float32", "total"
MEAN_WORDS = {"mean", "momentum", "first", "m", "avg", "average", "exp"}
SQUARE_WORDS = {"sq", "square", "squares", "squared", "second"}  # "the mean of the squares"
VARIANCE_WORDS = {"variance", "var", "v"}
MASTER_WORDS = {"master", "masters", "copy"}
FLOAT32_WORDS = {"fp", "float", "f"}  # with 32 behind
WEIGHT_WORDS = {"weight", "weights", "w", "model", "p"}
STATE_WORDS = ("adam", "optim", "state", "moment", "averages")
Parts = tuple[float, ...]


def read_parts(dtype: torch.dtype, value: Any) -> Parts:
    """The numbers in the order of ``KEYS``; a part that is left out is 0.

    Parts whose names say nothing pass if their numbers can be none but the missing ones.

    Raises:
        WrongForm: these are no parts, or a value is no number.
        Mistake: a part is one too many, or the names do not say which is which.
    """
    numbers = numbers_of(value)
    if set(numbers) <= set(map(str, range(len(numbers)))):
        return in_order(dtype, list(numbers.values()), value)
    sums: dict[str, float] = collections.defaultdict(float)
    unknown = {}
    for name, amount in numbers.items():
        part = part_of(name)
        if part == TOTAL:
            raise Mistake(f"the key {name!r} is one too many: the parts alone", what(), show(value))
        if part:
            sums[part] += amount
        elif amount:
            unknown[name] = amount
    parts = five(sums)
    if unknown and fills(list(unknown.values()), parts, RIGHT[dtype]):
        return RIGHT[dtype]
    for name in unknown:
        likely = f"the key {name!r} is one too many, or its name does not say which part it is"
        raise Mistake(likely, what(), show(value))
    return parts


def what() -> str:
    """What is asked for."""
    return f"the keys {KEYS}"


def in_order(dtype: torch.dtype, numbers: list[float], value: Any) -> Parts:
    """Numbers without names: right in any order, else taken in the order of the docstring."""
    if fills([n for n in numbers if n], (0,) * 5, RIGHT[dtype]):
        return RIGHT[dtype]
    if len(numbers) == 4 and dtype == torch.float32:  # without the master copy
        numbers = [*numbers[:2], 0.0, *numbers[2:]]
    if len(numbers) != 5:
        raise WrongForm("return a dictionary with a number for each part", what(), show(value))
    return tuple(numbers)


def fills(numbers: list[float], parts: Parts, right: Parts) -> bool:
    """Are the numbers those that the parts lack, and the parts right as far as they go?"""
    missing = [good for good, got in zip(right, parts) if good and not got]
    if any(got not in (0, good) for good, got in zip(right, parts)):
        return False
    together = [*missing[:-2], 8] if parts[3:] == (0, 0) else missing  # the averages as one
    return sorted(numbers) in (sorted(missing), sorted(together))


def five(sums: Mapping[str, float]) -> Parts:
    """The five parts; averages that were given as one in halves, a lone float32 copy as weights."""
    weights, gradients, master, mean, variance = (sums.get(key, 0.0) for key in KEYS)
    if AVERAGES in sums:
        mean = variance = (sums[AVERAGES] + mean + variance) / 2
    if FLOAT32 in sums and KEYS[0] not in sums:
        return sums[FLOAT32], gradients, master, mean, variance
    return weights, gradients, master + sums.get(FLOAT32, 0.0), mean, variance


def numbers_of(value: Any) -> dict[str, float]:
    """The numbers of a dictionary or of something like it, by name."""
    found = {}
    for name, amount in flat(value):
        try:
            found[name] = number(amount)
        except WrongForm:
            kind = type(amount).__name__
            likely = f"the value of {name!r} is a {kind}: return its number of bytes"
            raise WrongForm(likely, "numbers of bytes", show(value)) from None
    return found


def flat(value: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values; those within others with the outer name before."""
    for key, inner in items(value):
        name = f"{before} {key}".strip()
        if isinstance(inner, (Mapping, list, tuple)):
            yield from flat(inner, name)
        else:
            yield name, inner


def items(value: Any) -> list[tuple[Any, Any]]:
    """Names and values of a mapping, of an object with attributes, of a list (its places)."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, (list, tuple)):
        pairs = all(isinstance(v, tuple) and len(v) == 2 and isinstance(v[0], str) for v in value)
        return list(value) if pairs else list(enumerate(value))
    if getattr(value, "__dict__", None) and not callable(value):
        return list(vars(value).items())
    kind = "number, such as their sum" if isinstance(value, (int, float)) else type(value).__name__
    raise WrongForm(f"return a dictionary of the parts, not a {kind}", what(), show(value))


def part_of(name: str) -> str:
    """The part that a name means: one of ``KEYS``, a word for several, or "" if unclear."""
    words = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    found = set(words)
    if found & {"total", "sum", "all"}:
        return TOTAL
    states = any(word.startswith(STATE_WORDS) for word in words)
    mean = found & MEAN_WORDS or states and "1" in found
    square = found & SQUARE_WORDS or states and "2" in found
    joined = found & {"and", "plus"} or re.search(r"[+&,/]", name)
    if mean and (found & VARIANCE_WORDS or square and joined):
        return AVERAGES
    if found & VARIANCE_WORDS or square:
        return KEYS[4]
    if mean:
        return KEYS[3]
    weights = found & WEIGHT_WORDS or any(word.startswith("param") for word in words)
    if found & {"g"} or {"d", "w"} <= found or any(word.startswith("grad") for word in words):
        return "" if weights and joined else KEYS[1]
    if found & MASTER_WORDS:
        return KEYS[2]
    if found & FLOAT32_WORDS and "32" in found:
        return FLOAT32
    return KEYS[0] if weights else AVERAGES if states else ""
