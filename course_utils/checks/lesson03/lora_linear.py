"""``LoRALinear`` (lesson 3, *The layer*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake

NAMES = ("lora_A", "lora_B")


def update_scaled(scale: Callable[[float, int], float]) -> Callable:
    """Base plus update with another scale; ``scale`` takes alpha and the rank."""
    return lambda base, x, A, B, alpha: base(x) + scale(alpha, len(A)) * x @ A.T @ B.T


def right_forward(base: nn.Linear, x: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The definition."""
    return base(x) + alpha / len(A) * x @ A.T @ B.T


FORWARD_MISTAKES: Mistakes = {
    "the scale alpha / rank is forgotten": [update_scaled(lambda alpha, rank: 1.0)],
    "the scale is alpha / rank, not alpha alone": [update_scaled(lambda alpha, rank: alpha)],
    "the scale is upside down: alpha / rank, not rank / alpha": [
        update_scaled(lambda alpha, rank: rank / alpha)
    ],
    "1 / rank is not the whole scale: it is alpha / rank": [
        update_scaled(lambda alpha, rank: 1 / rank)
    ],
    "this is the scale of another method, rsLoRA: divide by the rank, not by its root": [
        update_scaled(lambda alpha, rank: alpha / rank**0.5)
    ],
    "the scale is applied twice": [update_scaled(lambda alpha, rank: (alpha / rank) ** 2)],
    "the base's output is lost: this is the update alone": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) - base(x)
    ],
    "the update is lost: A and B, as they are at the time, do not reach the output": [
        lambda base, x, A, B, alpha: base(x)
    ],
    "the base's bias is lost: call base(x) itself": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) - base.bias
    ],
    "the scale is applied to the base's output too: it belongs to the update alone": [
        lambda base, x, A, B, alpha: alpha / len(A) * (base(x) + x @ A.T @ B.T)
    ],
    "the bias is added twice: base(x) has it already": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) + base.bias
    ],
    "the update is subtracted: add it": [update_scaled(lambda alpha, rank: -alpha / rank)],
}


class Case:
    """A layer of the learner's, made around a fresh linear layer; A and B can be filled."""

    def __init__(self, answer: Any, numbers: random.Random, dropout: tuple = (), **options: Any):
        in_, more = numbers.randint(7, 10), numbers.choice((-2, 3, 5))
        self.base = nn.Linear(in_, in_ + more, **options)
        self.rank = numbers.randint(2, 4)
        self.shapes = ((self.rank, in_), (in_ + more, self.rank))
        self.alpha = self.rank * numbers.choice((1.5, 2.5, 3.5, 5.0))
        self.layer = call(answer, self.base, self.rank, self.alpha, *dropout)
        if not isinstance(self.layer, nn.Module):
            raise Mistake(
                "LoRALinear should be a class that inherits from torch.nn.Module",
                "a module", show(self.layer),
            )  # fmt: skip

    def fill(self) -> None:
        """Random A and B."""
        with torch.no_grad():
            for name in NAMES:
                parameter = getattr(self.layer, name)
                parameter.copy_(torch.randn_like(parameter))

    def right(self, x: Tensor) -> Tensor:
        """What the layer should give, without dropout."""
        layer = self.layer
        return right_forward(self.base, x, layer.lora_A, layer.lora_B, self.alpha)


def parameters(case: Case) -> None:
    """A and B are parameters of the right shapes; the base is kept and frozen."""
    layer = case.layer
    registered = dict(layer.named_parameters())
    for name, shape in zip(NAMES, case.shapes):
        value = getattr(layer, name, None)
        if value is None:
            raise Mistake(f"the layer has no {name}", f"self.{name}", show(list(registered)))
        if name not in registered:
            raise Mistake(
                f"{name} is no parameter of the layer, so no optimiser would find it: set "
                f"self.{name} = torch.nn.Parameter(...)",
                "a Parameter", type(value).__name__,
            )  # fmt: skip
        if tuple(value.shape) != shape:
            likely = f"{name} has the wrong shape"
            if tuple(value.shape) == shape[::-1]:
                likely = f"{name} is transposed: A is (rank, in), B is (out, rank)"
            if tuple(value.shape) == case.shapes[name == "lora_A"]:
                likely = "A and B are swapped: A is (rank, in), B is (out, rank)"
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


def start(case: Case) -> None:
    """B is zero, A is not."""
    A, B = case.layer.lora_A, case.layer.lora_B
    got = f"A of norm {A.norm().item():.3g}, B of norm {B.norm().item():.3g}"
    expected = "A random, B zero"
    if B.any() and not A.any():
        raise Mistake("A and B are swapped at the start: A is random, B is zero", expected, got)
    if B.any():
        raise Mistake(
            "B should start at zero, or the first step already changes the model", expected, got
        )
    if not A.any():
        raise Mistake(
            "A and B are both zero: then neither gets a gradient, and nothing is ever learned",
            expected, got,
        )  # fmt: skip
    if not A.isfinite().all() or len(A.unique()) < A.numel() / 2:
        raise Mistake("A should be random: equal rows learn the same", expected, show(A))


def check_forward(case: Case) -> None:
    """The formula, with random A and B."""
    case.fill()
    base, x = case.base, torch.randn(3, 5, case.base.in_features)
    with torch.no_grad():
        got, expected = call(case.layer, x), case.right(x)
    if not isinstance(got, torch.Tensor) or got.shape != expected.shape:
        raise Mistake("forward returns what the base would: (..., out)", show(expected), show(got))
    if agree(got, expected, 1e-4):
        return
    A, B = (getattr(case.layer, name).detach() for name in NAMES)
    for likely, wrong in pairs(FORWARD_MISTAKES):
        if agree(got, wrong(base, x, A, B, case.alpha).detach(), 1e-4):
            raise Mistake(likely, "base(x) + alpha / rank * x A^T B^T", show(got))
    raise Mistake(UNKNOWN, "base(x) + alpha / rank * x A^T B^T", show(got))


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


def dropout(answer: Any, numbers: random.Random) -> None:
    """On the input of the LoRA path alone, and in training alone."""
    share = numbers.uniform(0.3, 0.6)
    case = Case(answer, numbers, (share,))
    x = torch.eye(case.base.in_features).repeat(60, 1)  # one number a row: dropped, or not
    with torch.no_grad():
        case.layer.train()
        if not agree(call(case.layer, x), case.base(x), 1e-4):
            raise Mistake(
                "dropout reaches the base's path: in training, with B = 0, the layer should still "
                "give base(x); drop numbers of the LoRA path's input alone",
                "base(x)", "something else",
            )  # fmt: skip
        case.fill()
        case.layer.eval()
        update = case.right(x) - case.base(x)
        if not agree(call(case.layer, x), case.right(x), 1e-4):
            raise Mistake(
                "dropout is active in evaluation: use torch.nn.Dropout, or "
                "dropout(x, p, self.training)", "no dropout after layer.eval()", "dropout",
            )  # fmt: skip
        case.layer.train()
        examine_dropped(call(case.layer, x) - case.base(x), update, share)


def examine_dropped(got: Tensor, update: Tensor, share: float) -> None:
    """Each row is dropped as a whole, or scaled by 1 / (1 - p)."""
    if agree(got, update, 1e-4):
        raise Mistake("dropout is not used in training", f"p = {share:.2f}", "no dropout")
    gone = got.abs().amax(1) < 1e-5
    if agree(got[~gone], update[~gone], 1e-3):
        raise Mistake(
            "what is kept should be scaled by 1 / (1 - p), as torch.nn.Dropout does",
            f"a factor of {1 / (1 - share):.3g}", "a factor of 1",
        )  # fmt: skip
    if agree(got[~gone], update[~gone] / (1 - share), 1e-3):
        if abs(gone.float().mean().item() - share) < 0.15:
            return
        raise Mistake(
            "the share that is dropped is not p", f"{share:.2f}", f"{gone.float().mean():.2f}"
        )
    factor = (got[~gone] / update[~gone]).median().item()
    if agree(got[~gone], update[~gone] * factor, 1e-3):
        raise Mistake(
            "another p than the argument dropout is used", f"p = {share:.2f}",
            f"p = {1 - 1 / factor:.2f}",
        )  # fmt: skip
    raise Mistake(
        "dropout acts in another place of the LoRA path: drop numbers of x, before A",
        "B A dropout(x)", "something else",
    )  # fmt: skip


def beside_bfloat16(answer: Any, numbers: random.Random) -> None:
    """Adapters stay in float32 beside a bfloat16 base, on the device of the base."""
    case = Case(answer, numbers, dtype=torch.bfloat16)
    for name in NAMES:
        dtype = getattr(case.layer, name).dtype
        if dtype != torch.float32:
            raise Mistake(
                f"{name} took over the base's precision: keep adapters in float32, or small steps "
                "are rounded away", "torch.float32", str(dtype),
            )  # fmt: skip
    case.fill()
    x = torch.randn(4, case.base.in_features)
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        got, expected = call(case.layer, x), case.right(x)
    if not agree(got, expected, 0.1 * expected.abs().max().item()):
        raise Mistake("under autocast the output is another", show(expected), show(got))
    layer = Case(answer, numbers, device="meta").layer
    for name in NAMES:
        if getattr(layer, name).device.type != "meta":
            raise Mistake(
                f"{name} is not on the base's device, and a model on a GPU would stop with an "
                "error: create it with device=base.weight.device",
                "the base's device", "the CPU",
            )  # fmt: skip


HINTS = (
    "for each part, ask: is it trained, which shape has it, how does it start?",
    "lora_A is (rank, in) and random, lora_B is (out, rank) and zero, both torch.nn.Parameter "
    "in float32 on base.weight.device; base.requires_grad_(False)",
    "forward: self.base(x) + self.alpha / self.rank * (self.dropout(x) @ self.lora_A.T "
    "@ self.lora_B.T), with self.dropout = torch.nn.Dropout(dropout)",
)


@exercise(hints=HINTS, mistakes=FORWARD_MISTAKES)
def LoRALinear(answer: Any, numbers: random.Random) -> None:
    """Parameters, start, forward, gradients, dropout, precision, device: in this order."""
    case = Case(answer, numbers)
    parameters(case)
    start(case)
    check_forward(case)
    gradients(case)
    dropout(answer, numbers)
    beside_bfloat16(answer, numbers)
