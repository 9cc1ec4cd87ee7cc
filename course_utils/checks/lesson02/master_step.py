"""``master_step`` (lesson 2): a step of the optimiser on float32 copies of bfloat16 weights."""

import functools
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson02.master_step_mistakes import MASTER_MISTAKES
from course_utils.checks.lesson02.master_step_parts import right_step

SHAPES = (  # a few numbers are kept in float32, as a norm's scale may be
    ((5, 4), torch.bfloat16),
    ((5,), torch.bfloat16),
    ((5,), torch.float32),
    ((3, 5), torch.bfloat16),
)
Plan = list[tuple[list[Tensor], tuple[float, ...]]]  # the gradients and the limit of each step
State = tuple[float, Tensor, Tensor, list[str]]  # norm, masters, gap, what is left; see ``states``


def sgd(masters: list[Tensor]) -> torch.optim.Optimizer:
    """No memory, and a long step: what the clipping does is seen at once."""
    return torch.optim.SGD(masters, lr=0.5)


def momentum(masters: list[Tensor]) -> torch.optim.Optimizer:
    """Two groups, each with a learning rate of its own."""
    groups: list[dict] = [{"params": masters[:2], "lr": 0.2}, {"params": masters[2:]}]
    return torch.optim.SGD(groups, lr=0.5, momentum=0.9)


def adamw(masters: list[Tensor]) -> torch.optim.Optimizer:
    """That of the lesson."""
    return torch.optim.AdamW(masters, lr=0.01)


def slow(masters: list[Tensor]) -> torch.optim.Optimizer:
    """Its single steps are too small for bfloat16."""
    return torch.optim.AdamW([m.requires_grad_() for m in masters], lr=2e-4)


def states(step: Any, start: list[Tensor], plans: dict[Callable, Plan]) -> Iterator[State]:
    """After each step: the norm, the masters, how far the parameters are from them rounded.

    Last in each state stands whose gradients are left. The parameters are copied, and trained anew
    by each optimiser.
    """
    for make, plan in plans.items():
        parameters = [p.clone().requires_grad_() for p in start]
        masters = [p.clone().float() for p in start]
        optimizer = make(masters)
        for gradients, limit in plan:
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = gradient.clone()
            norm = called(step, parameters, masters, optimizer, *limit)
            check_kinds(parameters, masters)
            rounded = flat([m.to(p.dtype) for p, m in zip(parameters, masters)])
            yield norm, flat(masters), flat(parameters) - rounded, left(parameters, masters)


def called(
    step: Any, parameters: list[Tensor], masters: list[Tensor], optimizer: Any, *limit: float
) -> float:
    """Call the answer, which changes the tensors of its lists, and read its norm."""
    if not callable(step):
        call(step)

    @functools.wraps(step)
    def whole() -> Any:
        return step(list(parameters), list(masters), optimizer, *limit)

    named = ["parameters", "masters", type(optimizer).__name__, *(f"{x:.3g}" for x in limit)]
    text = f"{getattr(step, '__name__', type(step).__name__)}({', '.join(named)})"
    try:
        return read_norm(call(whole))
    except (AnswerRaised, Mistake) as found:
        found.call = text
        raise


def read_norm(value: Any) -> float:
    """Read a plain number."""
    what = "the norm before clipping, a float"
    if isinstance(value, Tensor):
        raise Mistake("the norm is still a tensor: return norm.item()", what, show(value))
    if not isinstance(value, (float, numpy.floating)):
        raise Mistake(f"return {what}, not a {type(value).__name__}", what, show(value))
    return float(value)


def check_kinds(parameters: list[Tensor], masters: list[Tensor]) -> None:
    """Are dtype and shape of all tensors as before, and do the parameters still want gradients?"""
    for (shape, dtype), parameter, master in zip(SHAPES, parameters, masters):
        if parameter.dtype != dtype:
            likely = "a parameter took over another dtype: parameter.copy_(master) keeps its own"
            raise Mistake(likely, str(dtype), str(parameter.dtype))
        if master.dtype != torch.float32:
            raise Mistake("a master is to stay in float32", "torch.float32", str(master.dtype))
        if parameter.shape != shape or master.shape != shape:
            raise Mistake("a tensor has another shape than before", str(shape), show(parameter))
        if not parameter.requires_grad:
            likely = "a parameter asks for no gradient any more: leave requires_grad as it is"
            raise Mistake(likely, "requires_grad=True", "requires_grad=False")


def flat(tensors: list[Tensor]) -> Tensor:
    """All numbers in one float32 vector."""
    return torch.cat([t.detach().float().flatten() for t in tensors])


def left(parameters: list[Tensor], masters: list[Tensor]) -> list[str]:
    """Whose gradients are left: "parameters", "masters"; and "zeros" if these are all 0."""
    groups = {"parameters": parameters, "masters": masters}
    found = [name for name, group in groups.items() if any(t.grad is not None for t in group)]
    gradients = [t.grad for t in parameters + masters if t.grad is not None]
    return found + ["zeros"] * bool(gradients and not any(g.any() for g in gradients))


def alike(got: State, expected: State) -> bool:
    """Do norm, masters and gap agree?"""
    return agree(got[:3], expected[:3], 1e-5)


def explanation(got: list[State], start: list[Tensor], plans: dict[Callable, Plan]) -> str:
    """The first mistake with the same trace; "" if none has it."""
    for likely, wrong in pairs(MASTER_MISTAKES):
        try:
            if all(alike(theirs, state) for theirs, state in zip(got, states(wrong, start, plans))):
                return likely
        except (AnswerRaised, Mistake):
            continue
    return ""


def cause_of_raising(error: BaseException, start: list[Tensor], plans: dict[Callable, Plan]) -> str:
    """The first mistake that raises the same in its first step; "" if none does."""
    for likely, wrong in pairs(MASTER_MISTAKES):
        try:
            next(states(wrong, start, plans))
        except AnswerRaised as other:
            if type(other.error) is type(error) and str(other.error) == str(error):
                return likely
        except Mistake:
            continue
    return ""


def part_mistake(got: list[State], expected: list[State]) -> str:
    """Which part is wrong, where another is right."""
    norm, masters, gap = (
        all(agree(a[i], b[i], 1e-5) for a, b in zip(got, expected)) for i in range(3)
    )
    if masters and gap:
        return "masters and parameters are right, but the norm is another"
    if masters:
        return (
            "the masters are right, but the parameters are not what they round to: "
            "parameter.copy_(master) rounds each number to the nearest"
        )
    return UNKNOWN


def first_difference(got: list[State], expected: list[State]) -> tuple[str, str]:
    """Words for the first step that differs."""
    number, pair = next(
        (n, two) for n, two in enumerate(zip(expected, got), 1) if not alike(*two[::-1])
    )
    return words(number, pair[0]), words(number, pair[1])


def words(number: int, state: State) -> str:
    """Norm, masters and parameters after one step."""
    norm, masters, gap, _ = state
    return (
        f"after step {number}: norm {norm:.6g}, masters of norm {masters.norm().item():.6g}, "
        f"parameters within {gap.abs().max().item():.2g} of them rounded"
    )


def check_rest(got: list[State]) -> None:
    """Is no gradient left after any step?"""
    for number, (*_, rest) in enumerate(got, 1):
        if rest:
            likely = f"the gradients of the {rest[0]} are left: set them to None"
            if rest[-1] == "zeros":
                likely = "gradients of zeros are left, which take memory: set them to None"
            raise Mistake(likely, f"after step {number}: no gradient", f"some on the {rest[0]}")


def draw(numbers: random.Random) -> dict[Callable, Plan]:
    """For each optimiser steps below and above the limit, with a tight and with a wide one."""
    limits = [(), (), (numbers.uniform(0.3, 0.5),), (1e4,)]
    plan = [(gradients(scale), limit) for scale, limit in zip((0.1, 1.0, 1.0, 1.0), limits)]
    same = gradients(0.1)
    return {sgd: plan, momentum: plan, adamw: plan, slow: [(same, ())] * 30}


def gradients(scale: float) -> list[Tensor]:
    """A gradient for each parameter, in its dtype."""
    return [(scale * torch.randn(shape)).to(dtype) for shape, dtype in SHAPES]


HINTS = (
    "the optimiser knows the masters alone: what do they need before it can step, and what do the "
    "parameters need after?",
    "in this order: gradients to the masters, clip, step, clear, and round the masters back",
    "master.grad = parameter.grad.float(), and under torch.no_grad(): parameter.copy_(master)",
)


@exercise(hints=HINTS, mistakes=MASTER_MISTAKES)
def master_step(answer: Any, numbers: random.Random) -> None:
    """Steps of four optimisers; 30 of one are each too small for bfloat16."""
    start = [torch.randn(shape).to(dtype) for shape, dtype in SHAPES]
    plans = draw(numbers)
    expected = list(states(right_step, start, plans))
    try:
        got = list(states(answer, start, plans))
    except AnswerRaised as raised:
        raised.likely = cause_of_raising(raised.error, start, plans)
        raise
    if not all(map(alike, got, expected)):
        likely = explanation(got, start, plans) or part_mistake(got, expected)
        raise Mistake(likely, *first_difference(got, expected))
    check_rest(got)
