"""``rounding_share`` (lesson 3, *How much of this tail is arithmetic?*)."""

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.analysis.rounding import rounding_share as right_share
from course_utils.checks.core.compare import Mistakes, compare, number, pairs
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake, WrongForm


def stored_in(base: Tensor, update: Tensor) -> Tensor:
    """What is left of the update in a bfloat16 weight, float32."""
    return (base.float() + update).bfloat16().float() - base.float()


def size(x: Tensor) -> float:
    """Sum of squares."""
    return x.double().square().sum().item()


def of(make: Callable[[float, float, float], float]) -> Callable:
    """Made of three squared norms: of the error, of the stored update, of the true one."""

    def wrong(base: Tensor, update: Tensor) -> float:
        stored = stored_in(base, update)
        return make(size(stored - update), size(stored), size(update))

    return wrong


def share_of(stored: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """The definition with something else as the stored update."""

    def wrong(base: Tensor, update: Tensor) -> float:
        found = stored(base, update).float()
        return size(found - update) / size(found)

    return wrong


def by_numbers(make: Callable[[Tensor, Tensor, Tensor], Any]) -> Callable:
    """Made of the stored update, the true one and the base."""
    return lambda base, update: make(stored_in(base, update), update, base)


def plain(stored: Tensor, update: Tensor) -> float:
    """The share in whatever dtype these have."""
    return ((stored - update).square().sum() / stored.square().sum()).item()


def spectral(x: Tensor) -> float:
    """The largest singular value."""
    return torch.linalg.matrix_norm(x, 2).item()


SHARE_MISTAKES: Mistakes = {
    "nothing is rounded: bfloat16 + float32 is float32, so the sum has to be brought to bfloat16": [
        share_of(lambda base, update: (base + update) - base),
        share_of(lambda base, update: (base.float() + update) - base.float()),
        share_of(lambda base, update: update),
    ],
    "these are the norms: the share of the squared norm is asked for": [
        of(lambda error, stored, true: (error / stored) ** 0.5)
    ],
    "this is a share of the true update: divide by the squared norm of the stored one": [
        of(lambda error, stored, true: error / true)
    ],
    "this is the squared norm of the rounding alone: divide it by that of the stored update": [
        of(lambda error, stored, true: error),
        of(lambda error, stored, true: error**0.5),
        by_numbers(lambda stored, update, base: (stored - update).square().mean().item()),
    ],
    "this is a share of the weight: divide by the squared norm of the stored update": [
        by_numbers(lambda stored, update, base: size(stored - update) / size(base)),
        by_numbers(lambda stored, update, base: size(stored - update) / size(base + stored)),
    ],
    "upside down: the rounding stands above, the stored update below": [
        of(lambda error, stored, true: stored / error)
    ],
    "this is the share that is no rounding: the other part is asked for": [
        of(lambda error, stored, true: 1 - error / stored),
        of(lambda error, stored, true: true / stored),
        of(lambda error, stored, true: stored / true),
    ],
    "the two squared norms are subtracted: take the norm of the difference, number by number": [
        of(lambda error, stored, true: (stored - true) / stored),
        of(lambda error, stored, true: 1 - true / stored),
        of(lambda error, stored, true: abs(stored - true) / stored),
        of(lambda error, stored, true: (true - stored) / stored),
        of(lambda error, stored, true: (stored**0.5 - true**0.5) ** 2 / stored),
    ],
    "the update alone is rounded: it is the sum with the weight that is kept in bfloat16": [
        share_of(lambda base, update: update.bfloat16())
    ],
    "the update was rounded before it was added: add in float32, and round the sum once": [
        share_of(lambda base, update: (base + update.bfloat16()).float() - base.float())
    ],
    "the difference was taken in bfloat16, which rounds again: bring both to float32 first": [
        share_of(lambda base, update: (base + update).bfloat16() - base)
    ],
    "the sums are in bfloat16: bring what is stored to float32 before you square": [
        lambda base, update: plain((base + update).bfloat16() - base, update),
        lambda base, update: plain((base + update.bfloat16()) - base, update.bfloat16()),
    ],
    "the sign is turned: the stored update is the rounded sum less the base": [
        share_of(lambda base, update: base.float() - stored_in(base, update) - base.float())
    ],
    "this is the norm of a matrix as a map, its largest singular value: sum the squares": [
        by_numbers(lambda s, update, base: (spectral(s - update) / spectral(s)) ** 2),
        by_numbers(lambda s, update, base: spectral(s - update) / spectral(s)),
    ],
    "the base is missing: the stored update is the rounded sum less the base": [
        share_of(lambda base, update: (base + update).bfloat16())
    ],
    "this rounds to float16: the model is kept in bfloat16": [
        share_of(lambda base, update: (base.float() + update).half().float() - base.float())
    ],
    "this is a share of the numbers: the share of the squared norm is asked for": [
        by_numbers(lambda stored, update, base: (stored == 0).float().mean().item()),
        by_numbers(lambda stored, update, base: (stored != 0).float().mean().item()),
        by_numbers(lambda stored, update, base: (stored != update).float().mean().item()),
    ],
    "these are absolute values: square them": [
        by_numbers(lambda s, update, base: ((s - update).abs().sum() / s.abs().sum()).item())
    ],
    "this is the mean of the shares of single numbers: sum the squares first, then divide": [
        by_numbers(lambda s, update, base: ((s - update) / s).square().mean().item()),
        by_numbers(lambda s, update, base: ((s - update).square() / s.square()).nanmean().item()),
    ],
    "this is in percent: return a share": [of(lambda error, stored, true: 100 * error / stored)],
    "these are shares of single rows or columns: sum over all numbers of the matrix": [
        by_numbers(lambda s, update, base: (s - update).square().sum(0) / s.square().sum(0)),
        by_numbers(lambda s, update, base: (s - update).square().sum(1) / s.square().sum(1)),
    ],
    "these are the shares of single numbers: sum the squares first, then divide": [
        by_numbers(lambda s, update, base: (s - update).square() / s.square())
    ],
}


def reader(seen: list[float]) -> Callable[[Any], float]:
    """Read a number, and keep it in ``seen``."""

    def read(value: Any) -> float:
        seen.append(number(value, "a share, one number"))
        if math.isnan(seen[-1]):
            likely = "the share is nan: is something divided by 0, number by number?"
            raise WrongForm(likely, "a number", "nan")
        return seen[-1]

    return read


def cause_of_small(got: list[float], cases: list[tuple]) -> str:
    """The first mistake that gives the same numbers, however small these are; "" if none does."""
    for sentence, wrong in pairs(SHARE_MISTAKES):
        try:
            if all(math.isclose(v, wrong(*case), rel_tol=1e-3) for v, case in zip(got, cases)):
                return sentence
        except (TypeError, ValueError):
            continue  # it gives several numbers
    return ""


HINTS = (
    "what is in the model after the update was added and the sum rounded? What was there before?",
    "stored = (base.float() + update).bfloat16().float() - base.float()",
    "(stored - update).square().sum() / stored.square().sum()",
)


@exercise(hints=HINTS, mistakes=SHARE_MISTAKES)
def rounding_share(answer: Any, numbers: random.Random) -> None:
    """Small updates, of which much is rounding, and larger ones; last a large one, for itself."""
    cases = []
    for scale in (2e-4, 6e-4, 2e-3, 3e-2):
        shape = numbers.randint(20, 30), numbers.randint(31, 40)
        base = (0.1 * torch.randn(shape)).bfloat16()
        cases.append((base, numbers.uniform(0.8, 1.2) * scale * torch.randn(shape)))
    large = cases.pop()  # its share is small, and to be right all the same
    seen: list[float] = []
    try:
        compare(answer, cases, right_share, SHARE_MISTAKES, reader(seen), 1e-5)
    except WrongForm:
        raise
    except Mistake as mistake:
        if len(seen) >= len(cases):  # it is asked again where it may change from call to call
            mistake.likely = cause_of_small(seen[: len(cases)], cases) or mistake.likely
        raise
    compare(answer, [large], right_share, SHARE_MISTAKES, number, 1e-4 * right_share(*large))
