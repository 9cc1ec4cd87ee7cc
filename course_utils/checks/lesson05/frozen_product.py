"""``FrozenProduct`` (lesson 5, *A frozen layer in 4 bits*)."""

import random
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, cause_of_raising, explanation
from course_utils.checks.core.describe import show
from course_utils.checks.core.difference import agree
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson05.kept_tensors import KeptTensors


class Layer:
    """Stands for a quantised layer: ``weight`` is a new tensor whenever it is read."""

    def __init__(self, out: int, in_: int):
        self._weight = torch.randn(out, in_)
        self.out_features, self.in_features = out, in_

    @property
    def weight(self) -> Tensor:
        return self._weight.clone()


FORWARD_MISTAKES: Mistakes = {
    "W is (out, in): multiply by its transpose, x @ W.T": [lambda x, W: x @ W],
    "keep the shape of x: its last dimension alone changes, from in to out": [
        lambda x, W: x.flatten(0, -2) @ W.T,
        lambda x, W: (x @ W.T).flatten(),
    ],
    "this is another product: x @ W.T sums over the inputs of the layer": [
        lambda x, W: W.T @ x,
        lambda x, W: x * W.T,
        lambda x, W: W @ x,
    ],
    "the input itself came back": [lambda x, W: x],
    "the product is negative": [lambda x, W: -x @ W.T],
    "the result is transposed: x @ W.T, in this order": [lambda x, W: W @ x.mT],
}
BACKWARD_MISTAKES: Mistakes = {
    "no transpose here: the gradient of x is gradient @ W, (..., out) times (out, in)": [
        lambda g, x, W: g @ W.T
    ],
    "each row of x has a gradient of its own: neither sum over the rows nor divide by them": [
        lambda g, x, W: (g @ W) / len(x),
        lambda g, x, W: (g @ W) / g[..., 0].numel(),
        lambda g, x, W: (g @ W) / g.numel(),
        lambda g, x, W: (g @ W).flatten(0, -2).sum(0).expand_as(x),
        lambda g, x, W: (g @ W).sum(0, keepdim=True).expand_as(x),
        lambda g, x, W: (g @ W).sum(0).expand_as(x),
        lambda g, x, W: (g @ W).flatten(0, -2).mean(0).expand_as(x),
        lambda g, x, W: (g @ W).mean(0).expand_as(x),
    ],
    "the gradient came back as it was: multiply it by W": [lambda g, x, W: g],
    "the weight is missing: the gradient of x is gradient @ W": [
        lambda g, x, W: torch.ones_like(x)
    ],
    "this depends on the input: the gradient of x is gradient @ W alone": [
        lambda g, x, W: (g @ W) * x
    ],
    "the gradient has the wrong sign": [lambda g, x, W: -g @ W],
    "the gradient that came from above is not used": [lambda g, x, W: W.sum(0).expand_as(x)],
    "this gradient is 0 everywhere: it should be gradient @ W": [
        lambda g, x, W: torch.zeros_like(x)
    ],
}
RAISED = {  # what the message of an exception holds: its cause
    r"same dtype|expected scalar type|[Dd]type.* mismatch|dtypes? .*(differ|match)": (
        "layer.weight is float32 and x may be bfloat16, as in the lesson's model: bring W to the "
        "other's dtype, layer.weight.to(x.dtype), and in backward to that of the gradient"
    ),
    r"save_for_backward can only save": (
        "save_for_backward is for tensors: keep the layer itself, ctx.layer = layer"
    ),
    r"Backward' object has no attribute": (
        "backward finds on ctx what forward has put there, under the same name: ctx.layer = layer"
    ),
    r"not enough values to unpack .*got 0": (
        "ctx.saved_tensors holds what forward gave to save_for_backward: here nothing"
    ),
    r"forward\(\) (takes|missing)": "forward takes three arguments: ctx, x and the layer",
    r"backward\(\) (takes|missing)": (
        "backward takes two arguments: ctx, and the gradient of the one output"
    ),
    r"must implement the forward": "forward is missing: it should be called so",
}


def cause(error: BaseException, arguments: tuple, mistakes: Mistakes) -> str:
    """The likely mistake behind an exception; "" where none is known."""
    for pattern, sentence in RAISED.items():
        if re.search(pattern, str(error)):
            return sentence
    return cause_of_raising(error, arguments, mistakes)


def scaled(got: Tensor, right: Tensor, arguments: tuple, mistakes: Mistakes) -> str:
    """The likely mistake behind a value, which may be a multiple of the right one."""
    likely = explanation([arguments], [got], mistakes, 1e-4)
    if likely == UNKNOWN and got.shape == right.shape:
        factor = (got * right).sum() / right.square().sum()
        if agree(got, factor * right, 1e-4):
            return f"this is scaled: it is {factor:.4g} times what it should be"
    return likely


def examine(answer: Callable, layer: Layer, x: Tensor) -> None:
    """One product; another layer computes between its forward and its backward pass."""
    W, leaf = layer._weight, x.clone().requires_grad_()
    try:
        output = call(answer, leaf, layer)
    except AnswerRaised as raised:
        raised.likely = cause(raised.error, (x, W), FORWARD_MISTAKES)
        raise
    examine_output(output, x, W)
    examine_memory(answer, Layer(*W.shape), leaf)
    other = Layer(*W.shape)
    answer(x.clone().requires_grad_(), other)
    gradient = torch.randn_like(output)
    got = backward(output, leaf, gradient, W)
    if got is None:
        raise Mistake(
            "no gradient reaches the input: no detach and no .data in forward, and backward "
            "returns one gradient for each argument of forward, first that of x, then None",
            "a gradient for x",
            "none",
        )
    if agree(got, gradient @ other._weight, 1e-4):
        raise Mistake(
            "this is the weight of the layer that was computed last: keep the layer on ctx, as the "
            "class is one for all layers",
            "gradient @ W",
            show(got),
        )
    if not agree(got, gradient @ W, 1e-4):
        likely = scaled(got, gradient @ W, (gradient, x, W), BACKWARD_MISTAKES)
        raise Mistake(likely, "gradient @ W", show(got))


def examine_half(answer: Callable, layer: Layer, x: Tensor) -> None:
    """The same in bfloat16: under autocast the input is in bfloat16, the weight in float32."""
    leaf, W = x.bfloat16().requires_grad_(), layer._weight
    try:
        output = call(answer, leaf, layer)
    except AnswerRaised as raised:
        raised.likely = cause(raised.error, (leaf.detach(), W), {})
        raise
    if output.dtype != torch.bfloat16:
        raise Mistake(
            "the output should have the dtype of x, so that the layers above compute in it",
            "bfloat16 from a bfloat16 x",
            str(output.dtype).removeprefix("torch."),
        )
    gradient = torch.randn_like(output)
    got = backward(output, leaf, gradient, W)
    pairs = ((output, x.bfloat16().float() @ W.T), (got, gradient.float() @ W))
    for value, right in pairs:
        if value is None or not agree(value, right, 0.1):
            raise Mistake("in bfloat16 the numbers are others", show(right), show(value))


def examine_output(output: Any, x: Tensor, W: Tensor) -> None:
    """Is it x times W transposed?"""
    expected = x @ W.T
    if not isinstance(output, Tensor):
        raise Mistake("forward returns a tensor", show(expected), show(output))
    if not agree(output, expected, 1e-4):
        likely = scaled(output.detach(), expected, (x, W), FORWARD_MISTAKES)
        raise Mistake(likely, "x @ W.T", show(output))


def examine_memory(answer: Callable, layer: Layer, leaf: Tensor) -> None:
    """Is neither the weight nor the input kept after forward, nor a copy, nor after backward?"""
    with KeptTensors() as kept:
        x = leaf * 1.0
        output = answer(x, layer)
        del x
        refuse_kept(kept.sizes(output), layer._weight.numel(), leaf.numel())
        gradient = torch.randn_like(output)
        got = backward(output, leaf, gradient, layer._weight)
    but = (output, gradient) if got is None else (output, gradient, got)
    if layer._weight.numel() in kept.sizes(*but):
        raise Mistake(
            "backward leaves the weight in memory: it may be in a variable, and nowhere else",
            "no weight in memory after backward",
            "one",
        )


def refuse_kept(kept: list[int], weight: int, x: int) -> None:
    """Name what takes so many numbers."""
    if weight in kept or sum(kept) == weight:
        raise Mistake(
            "the weight in full precision is kept until the backward pass: in a model all layers' "
            "would be, and 4 bits have saved nothing. Keep the layer, ctx.layer = layer, and read "
            "layer.weight again in backward",
            "no weight in memory after forward",
            "one",
        )
    if x in kept:
        raise Mistake(
            "the input is kept for the backward pass: only the gradient of the weight would need "
            "it, and a frozen weight has none",
            "nothing but the layer is kept",
            "x too",
        )
    if sum(kept) >= min(weight, x):
        raise Mistake(
            "more than the layer is kept for the backward pass, which needs nothing else",
            "no tensor",
            f"tensors of {kept} numbers",
        )


def backward(output: Tensor, leaf: Tensor, gradient: Tensor, W: Tensor) -> Tensor | None:
    """The gradient that reaches the leaf; None where none does."""
    if not output.requires_grad:
        return None
    before = gradient.clone()
    try:
        (got,) = torch.autograd.grad(output, leaf, gradient, allow_unused=True)
    except NotImplementedError as error:
        raise Mistake(
            "backward is not written yet: it takes ctx and the gradient of the output",
            "a gradient for x",
            str(error),
        ) from error
    except Exception as error:
        text = str(error)
        if "incorrect number of gradients" in text:
            raise Mistake(
                "backward returns one gradient for each argument of forward: that of x, and None "
                "for the layer",
                "two values",
                text,
            ) from error
        if "different than None" in text:
            raise Mistake(
                "the order is that of forward's arguments: the gradient of x first, then None",
                "gradient @ W, None",
                text,
            ) from error
        if "invalid gradient" in text:
            raise Mistake(
                "the gradient of x has the shape of x: gradient @ W", "the shape of x", text
            ) from error
        likely = cause(error, (gradient, leaf.detach(), W), BACKWARD_MISTAKES)
        raise AnswerRaised(error, "the backward pass", likely) from error
    if not torch.equal(gradient, before):
        raise Mistake(
            "backward changes the gradient that it gets, which others still need: work on a copy",
            "the gradient left as it was",
            "a gradient that was changed",
        )
    return got


def can_be_applied(answer: Any) -> bool:
    """Can the lesson call ``answer.apply``? A module has another method of this name."""
    if isinstance(answer, type) and not issubclass(answer, torch.autograd.Function):
        return callable(vars(answer).get("apply"))
    return callable(getattr(answer, "apply", None)) and not isinstance(answer, torch.nn.Module)


HINTS = (
    "y = x W^T. Which of x and W does the gradient of x need?",
    "forward: ctx.layer = layer, and return x @ layer.weight.to(x.dtype).T",
    "backward returns two values: gradient @ ctx.layer.weight.to(gradient.dtype), None",
)


@exercise(hints=HINTS, mistakes={**FORWARD_MISTAKES, **BACKWARD_MISTAKES})
def FrozenProduct(answer: Any, numbers: random.Random) -> None:
    """The output, the gradient, and what is kept in between: for rows, and for a square weight.

    Then output and gradient of an input in bfloat16.
    """
    if not can_be_applied(answer):
        if callable(answer) and not isinstance(answer, type):
            call(answer, torch.randn(2, 3), Layer(4, 3))  # a stub?
        raise Mistake(
            "the lesson calls FrozenProduct.apply: it should be a class that inherits from "
            "torch.autograd.Function",
            "a Function",
            getattr(answer, "__name__", type(answer).__name__),
        )
    size = numbers.randint(4, 8)
    for out, in_, rows in ((size + 3, size, (2,)), (size, size, (2, 11)), (size, size + 2, (3, 7))):
        examine(answer.apply, Layer(out, in_), torch.randn(*rows, in_))  # all sizes differ
    examine_half(answer.apply, Layer(size, size + 1), torch.randn(3, size + 1))
