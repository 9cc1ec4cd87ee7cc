"""``LoRALinear`` (lesson 3, *The layer*)."""

import random
import re
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import explanation
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson03.lora_linear_case import NAMES, Case, make_layer
from course_utils.checks.lesson03.lora_linear_dropout import check_dropout
from course_utils.checks.lesson03.lora_linear_mistakes import BASE_MISTAKES, FORWARD_MISTAKES


def parameters(case: Case) -> None:
    """A and B are parameters of the right shapes; the base is kept and frozen."""
    layer = case.layer
    registered = dict(layer.named_parameters())
    for name, shape in zip(NAMES, case.shapes):
        value = getattr(layer, name, None)
        if value is None:
            raise Mistake(f"the layer has no {name}", f"self.{name}", show(list(registered)))
        if name not in registered:
            likely = (
                f"{name} is no parameter of the layer, so no optimiser would find it: set "
                f"self.{name} = torch.nn.Parameter(...)"
            )
            if isinstance(value, nn.Module):
                likely = (
                    f"{name} is a whole layer, as PEFT has it: here it is the matrix alone, a "
                    "torch.nn.Parameter"
                )
            raise Mistake(likely, "a Parameter", type(value).__name__)
        if tuple(value.shape) != shape:
            likely = cause_of_shape(name, tuple(value.shape), case)
            raise Mistake(likely, f"{name} of shape {shape}", show(value))
    if getattr(layer, "base", None) is not case.base:
        raise Mistake("keep the linear layer itself as self.base", "self.base is base", "it is not")
    trained = [name for name, parameter in registered.items() if parameter.requires_grad]
    if set(trained) - set(NAMES):
        likely = "the base is not frozen: call base.requires_grad_(False)"
        if case.base.weight.requires_grad is False:
            likely = "A and B alone are trained: the rest (the base's bias too) is frozen"
        raise Mistake(likely, "lora_A and lora_B trainable", f"{show(trained)} trainable")
    if set(trained) != set(NAMES):
        raise Mistake("A and B must be trained", "both trainable", f"{show(trained)} trainable")


def cause_of_shape(name: str, shape: tuple[int, ...], case: Case) -> str:
    """How a matrix came to another shape."""
    own, other = case.shapes if name == "lora_A" else case.shapes[::-1]
    if shape == other:
        return "A and B are swapped: A is (rank, in), B is (out, rank)"
    if shape == own[::-1]:
        return f"{name} is transposed: A is (rank, in), B is (out, rank)"
    if shape == other[::-1]:
        return f"{name} has the wrong side of the base: A has in_features, B has out_features"
    if 8 in shape:
        return f"perhaps the lesson's rank 8 stands in the place of the argument rank in {name}"
    if case.rank not in shape:
        return f"{name} is to be thin: one of its sides is the rank"
    return f"{name} has the wrong shape: A is (rank, in), B is (out, rank)"


def start(case: Case, answer: Any) -> None:
    """B is zero, A is random, in each layer anew."""
    A, B = case.layer.lora_A.detach(), case.layer.lora_B.detach()
    got = f"A of norm {A.norm().item():.3g}, B of norm {B.norm().item():.3g}"
    likely = cause_of_start(A, B)
    if likely:
        raise Mistake(likely, "A random, B zero", got)
    one, other = (make_layer(answer, nn.Linear(64, 48), 6, 9.0).lora_A.detach() for _ in "12")
    if len(one.unique(dim=0)) < len(one):
        raise Mistake("A should be random: equal rows learn the same", "A random", show(A))
    if torch.equal(one, other):
        likely = (
            "A is the same in every layer: draw it at random, and set no seed in the layer, or all "
            "of them start alike"
        )
        raise Mistake(likely, "another A in each layer", "the same A twice")


def cause_of_start(A: Tensor, B: Tensor) -> str:
    """What is wrong with the numbers that A and B start with; "" if nothing is."""
    for name, matrix in zip(NAMES, (A, B)):
        if not matrix.isfinite().all():
            return (
                f"{name} is not filled: torch.empty leaves in it what happens to be in memory; A "
                "is random, B is zero"
            )
    if B.any() and not A.any():
        return "A and B are swapped at the start: A is random, B is zero"
    if B.any():
        return "B should start at zero, or the first step already changes the model"
    if not A.any():
        return "A and B are both zero: then neither gets a gradient, and nothing is ever learned"
    if A.square().mean().sqrt() > 2:
        return "A should start small: scale the random numbers down, by 1 / sqrt(in) say"
    return ""


def check_forward(case: Case) -> None:
    """The formula, with random A and B."""
    case.fill()
    x = torch.randn(3, 5, case.base.in_features)
    with torch.no_grad():
        got, expected = case.forward(x), case.right(x)
        again = case.forward(x)
    if not torch.equal(case.base.weight, case.weight):
        likely = "the base's own weight is changed: it is frozen, and the update is added beside it"
        raise Mistake(likely, "base.weight as it was", "another")
    if not isinstance(got, torch.Tensor) or got.shape != expected.shape:
        raise Mistake("forward returns what the base would: (..., out)", show(expected), show(got))
    if agree(got, expected, 1e-4):
        return
    likely = explanation([case.arguments(x)], [got], FORWARD_MISTAKES, 1e-4)
    if not agree(again, got, 1e-4):
        likely = "dropout is active although the argument dropout is 0: torch.nn.Dropout(dropout)"
    raise Mistake(likely, "base(x) + alpha / rank * x A^T B^T", show(got))


def gradients(case: Case) -> None:
    """Gradients reach A, B and the input, through the base too."""
    x = torch.randn(4, case.base.in_features, requires_grad=True)
    wanted = torch.autograd.grad(case.right(x).sum(), (x, case.layer.lora_A, case.layer.lora_B))
    output = call(case.layer, x)
    got: tuple[Tensor | None, ...] = (None, None, None)
    if output.requires_grad:
        inputs = (x, case.layer.lora_A, case.layer.lora_B)
        got = torch.autograd.grad(output.sum(), inputs, allow_unused=True)
    for name, good, bad in list(zip(("x", *NAMES), wanted, got))[::-1]:
        if bad is None or not agree(bad, good, 1e-3):
            likely = f"no gradient reaches {name}: no detach, no .data, no no_grad in forward"
            if name == "x":
                likely = (
                    "the gradient does not pass through base(x) to the layers below: frozen "
                    "weights still hand it on, so no no_grad and no detach there"
                )
            raise Mistake(likely, "a gradient", "none" if bad is None else "another one")


def beside_bfloat16(answer: Any, numbers: random.Random) -> None:
    """Adapters stay in float32 beside a bfloat16 base, and the output has the base's dtype."""
    case = Case(answer, numbers, dtype=torch.bfloat16)
    for name in NAMES:
        dtype = getattr(case.layer, name).dtype
        if dtype != torch.float32:
            likely = (
                f"{name} took over the base's precision: keep adapters in float32, or small steps "
                "are rounded away"
            )
            raise Mistake(likely, "torch.float32", str(dtype))
    case.fill()
    x = torch.randn(4, case.base.in_features)
    with torch.no_grad():
        with torch.autocast("cpu", torch.bfloat16):
            near(case.forward(x), case.right(x), "under autocast the output is another")
            examine_dtype(case.forward(x.bfloat16()))
        got = outside_autocast(case, x.bfloat16())
        with torch.autocast("cpu", torch.bfloat16):
            near(got, case.right(x), "with a bfloat16 base and input the output is another")


def outside_autocast(case: Case, x: Tensor) -> Any:
    """What the layer gives where nobody brings two dtypes together; its dtype is that of x."""
    try:
        got = call(case.layer, x)
    except AnswerRaised as raised:
        if re.search("dtype|scalar type", str(raised.error)):
            raised.likely = (
                "x is bfloat16 here, A and B are float32, and outside autocast PyTorch multiplies "
                "no two dtypes: bring A and B to x.dtype, or x to theirs and the update back"
            )
        raise
    examine_dtype(got)
    return got


def near(got: Any, expected: Tensor, likely: str) -> None:
    """Are two outputs equal but for the rounding of bfloat16?"""
    if not agree(got, expected, 0.1 * expected.abs().max().item()):
        raise Mistake(likely, show(expected), show(got))


def examine_dtype(got: Any) -> None:
    """Would the next layer of a bfloat16 model take it?"""
    if getattr(got, "dtype", None) != torch.bfloat16:
        likely = (
            "the model's next layer, in bfloat16, would stop with an error: the output has the "
            "dtype of base(x), so bring the update to it"
        )
        raise Mistake(likely, "torch.bfloat16 for a bfloat16 base and input", show(got))


def on_the_device(answer: Any, numbers: random.Random) -> None:
    """A and B are where the base is."""
    layer = Case(answer, numbers, device="meta").layer
    for name in NAMES:
        device = getattr(layer, name).device.type
        if device != "meta":
            likely = (
                f"{name} is not on the base's device, and a model on a GPU would stop with an "
                "error: create it with device=base.weight.device"
            )
            raise Mistake(likely, "the base's device", device)


HINTS = (
    "for each part, ask: is it trained, which shape has it, how does it start?",
    "lora_A is (rank, in) and random, lora_B is (out, rank) and zero, both torch.nn.Parameter "
    "in float32 on base.weight.device; base.requires_grad_(False)",
    "forward: self.base(x) + self.alpha / self.rank * (self.dropout(x) @ self.lora_A.T.to(x.dtype) "
    "@ self.lora_B.T.to(x.dtype)), with self.dropout = torch.nn.Dropout(dropout)",
)


@exercise(hints=HINTS, mistakes=FORWARD_MISTAKES | BASE_MISTAKES)
def LoRALinear(answer: Any, numbers: random.Random) -> None:
    """Parameters, start, forward, gradients, with a bias and without; then the rest."""
    for bias in (True, False):
        case = Case(answer, numbers, bias=bias)
        parameters(case)
        start(case, answer)
        check_forward(case)
        gradients(case)
    check_dropout(answer, numbers)
    beside_bfloat16(answer, numbers)
    on_the_device(answer, numbers)
