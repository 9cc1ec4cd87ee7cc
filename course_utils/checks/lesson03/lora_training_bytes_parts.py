"""What the names of a learner's parts mean, whatever they are called (``lora_training_bytes``)."""

import re
from collections.abc import Mapping
from typing import Any

from course_utils.checks.core.compare import number
from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import Mistake, WrongForm

KEYS = ("weights", "adapters", "gradients", "Adam mean", "Adam variance")
AVERAGES = "Adam's averages"  # both as one part, or each as one
EXTRA = {  # what is no part, and what to say of it
    r"total|\bsum\b|overall": (
        "a total is no part: the lesson adds up the values, and would count everything twice; "
        "leave it out"
    ),
    r"master|copy": "frozen weights are never updated, so they need no copy in float32",
    r"activ": "activations are no part of this sum: the lesson measures them later",
}
WORDS = (  # the first that fits
    ("gradients", r"grad"),
    (AVERAGES, r"adam|averag|avg|moment|optim|state|mean|varian|\b[mv]\b"),
    ("weights", r"frozen|freez|non.?train|untrain|\bnot?.train"),
    ("adapters", r"adapt|lora|train|\ba\b.*\bb\b|thin|low.?rank|learn"),
    ("weights", r"weight|model|base|param|fixed|bulk|\bw0?\b"),
)
ROLES = ("weights", AVERAGES, "adapters", "gradients")  # of right parts, the largest first
Parts = tuple[float, ...]


def read_parts(value: Any) -> Parts:
    """The numbers in the order of ``KEYS``; a part that is left out is 0.

    Both averages may be one part. Parts whose names say nothing are taken by their size.

    Raises:
        WrongForm: it has no values of parts, or one is no number.
        Mistake: a part is one too many.
    """
    numbers = numbers_of(value)
    if set(numbers) <= set(KEYS):
        return tuple(numbers.get(key, 0.0) for key in KEYS)
    found: dict[str, list[float]] = {role: [] for role in ROLES}
    unknown = []
    for name, amount in numbers.items():
        role = role_of(name)
        if role:
            found[role].append(amount)
        elif amount:
            unknown.append((amount, name))
    for amount, name in sorted(unknown, reverse=True):
        found[free_role(name, found, value)].append(amount)
    mean, variance = in_two(found[AVERAGES])
    return (*(sum(found[key]) for key in KEYS[:3]), mean, variance)


def free_role(name: str, found: dict[str, list[float]], value: Any) -> str:
    """Where a part is missing, for a part without a telling name: the largest are given first."""
    missing = [role for role in ROLES if not found[role]]
    if missing:
        return missing[0]
    extra = extra_of(name)
    if extra or len(found[AVERAGES]) > 1:
        raise Mistake(extra or f"the part {name!r} is one too many", what(), show(value))
    return AVERAGES


def in_two(averages: list[float]) -> tuple[float, float]:
    """Mean and variance: halves of what is one part."""
    if len(averages) == 2:
        return averages[0], averages[1]
    return sum(averages) / 2, sum(averages) / 2


def numbers_of(value: Any) -> dict[str, float]:
    """Names and numbers."""
    if not isinstance(value, Mapping):
        likely = f"return a dictionary of the parts, not a {type(value).__name__}"
        if isinstance(value, (list, tuple)):
            likely += ": the next cell adds up its values()"
        raise WrongForm(likely, what(), show(value))
    found = {}
    for name, amount in value.items():
        try:
            found[str(name)] = number(amount)
        except WrongForm:
            kind = type(amount).__name__
            likely = f"the value of {name!r} is a {kind}: return its number of bytes"
            raise WrongForm(likely, "numbers of bytes", show(value)) from None
    return found


def plain(name: str) -> str:
    """Words in small letters."""
    return re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower().replace("_", " ")


def role_of(name: str) -> str:
    """The part that a name means, one of ``ROLES``; "" if it means none of them, or is unclear."""
    if extra_of(name):
        return ""
    return next((role for role, words in WORDS if re.search(words, plain(name))), "")


def extra_of(name: str) -> str:
    """What to say of a name that means no part; "" of any other."""
    return next((said for words, said in EXTRA.items() if re.search(words, plain(name))), "")


def what() -> str:
    """What is asked for."""
    return f"the keys {KEYS}"
