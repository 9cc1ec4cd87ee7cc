"""``SoftPrompt`` (lesson 4): what the module keeps, and what its forward takes from there."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, explanation
from course_utils.checks.core.describe import show
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson04.soft_prompt_mistakes import START_MISTAKES, joined

PARAMETER = "a float32 nn.Parameter `embedding` of shape (length, d_model)"
RAISED = {  # words of an exception, and its cause
    "Module.__init__() call": "super().__init__() comes first in __init__",
    'missing the required "forward"': (
        "the module has no method forward(self, embeddings): perhaps its name or its indentation"
    ),
    "unsupported ScalarType BFloat16": "NumPy has no bfloat16: call init.float() first",
}


def cause_in_words(raised: AnswerRaised) -> str:
    """What an exception of a module's own means; "" if it is none of these."""
    return next((cause for words, cause in RAISED.items() if words in str(raised.error)), "")


def construct(answer: Any, init: Tensor) -> torch.nn.Module:
    """The learner's module, which starts at ``init``."""
    try:
        module = call(answer, init)
    except AnswerRaised as raised:
        raised.likely = cause_in_words(raised)
        raise
    if not isinstance(module, torch.nn.Module):
        likely = "SoftPrompt should be a module: class SoftPrompt(torch.nn.Module)"
        raise Mistake(likely, "a torch.nn.Module", show(module))
    return module


def read_parameter(module: torch.nn.Module, init: Tensor) -> torch.nn.Parameter:
    """The parameter ``embedding`` of a learner's module, of the right shape and dtype.

    Raises:
        Mistake: it is none, or not the only one, or of another kind.
    """
    parameters = dict(module.named_parameters())
    got = ", ".join(f"{n} {tuple(p.shape)}" for n, p in parameters.items()) or "no parameter"
    if "embedding" not in parameters:
        raise Mistake(why_missing(module, list(parameters)), PARAMETER, got)
    for kind, names in (("parameter", parameters), ("buffer", dict(module.named_buffers()))):
        if extra := [name for name in names if name != "embedding"]:
            likely = f"there is another {kind}, {extra[0]}: keep `embedding` alone"
            raise Mistake(likely, PARAMETER, ", ".join(names))
    embedding = parameters["embedding"]
    if embedding.shape != init.shape:
        likely = why_shape(tuple(embedding.shape), tuple(init.shape))
        raise Mistake(likely, f"the shape {tuple(init.shape)}", got)
    if embedding.dtype != torch.float32:
        likely = "the parameter is not float32: in 16 bits small steps are lost, call init.float()"
        if embedding.dtype == torch.float64:
            likely = "the parameter is float64: float32 is asked for, call init.float()"
        raise Mistake(likely, "torch.float32", str(embedding.dtype))
    if not embedding.requires_grad:
        raise Mistake("the parameter requires no gradient: it could not be trained", PARAMETER)
    return embedding


def why_missing(module: torch.nn.Module, names: list[str]) -> str:
    """Why there is no parameter ``embedding``."""
    kept = getattr(module, "embedding", None)
    if isinstance(kept, torch.nn.Module):
        return "embedding is a layer here: the nn.Parameter itself should have this name"
    if isinstance(kept, Tensor):
        return "embedding is a plain tensor, which no optimiser gets to see: nn.Parameter(...)"
    if names:
        return f"the parameter is called {names[0]}: its name should be `embedding`"
    return "the module has no parameter: self.embedding = torch.nn.Parameter(...)"


def why_shape(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    """Which mistake gives the parameter this shape."""
    if len(shape) == 3 and shape[1:] == right:
        return "the parameter has another shape than init; the batch comes in forward alone"
    if shape == right[::-1]:
        return "the parameter is init transposed: keep (length, d_model)"
    if shape == (right[0] * right[1],):
        return "the parameter is init in one dimension: keep (length, d_model)"
    return "the parameter's shape is not that of init, which gives length and d_model"


def check_start(answer: Any, embedding: torch.nn.Parameter, init: Tensor) -> None:
    """The parameter has the values of ``init``, and memory of its own."""
    start, right = embedding.detach(), init.float()
    if not torch.allclose(start, right):
        again = read_parameter(construct(answer, init), init).detach()
        likely = explanation([(right,)], [start], START_MISTAKES, 1e-5)
        if not torch.equal(again, start):
            likely = "the start is random: it should be a copy of init"
        elif likely == UNKNOWN:
            likely = "the parameter does not start at init: keep a copy of it, as it is"
        raise Mistake(likely, show(init), show(embedding))
    if embedding.untyped_storage().data_ptr() == init.untyped_storage().data_ptr():
        likely = (
            "the parameter shares its memory with init, which may be the model's own table: "
            "training would change both, so clone() it"
        )
        raise Mistake(likely, "a copy of init", "init itself")


def check_gradient(module: Callable, embedding: torch.nn.Parameter, batch: Tensor) -> None:
    """Every row's gradient arrives at the parameter."""
    embedding.grad = None
    output = call(module, batch)
    weights = torch.randn_like(output)
    expected = weights[:, : len(embedding)].sum(0)
    if output.requires_grad:
        (output * weights).sum().backward()
    if embedding.grad is None:
        likely = (
            "no gradient reaches the parameter: forward uses init, or a copy of it from __init__; "
            "use self.embedding itself"
        )
        if follows(module, embedding, batch):
            likely = (
                "no gradient reaches the parameter: no detach(), .data, NumPy or no_grad() in "
                "forward"
            )
        raise Mistake(likely, "a gradient for embedding", "none")
    if not torch.allclose(embedding.grad, expected, atol=1e-5):
        likely = "the gradient of some rows is lost: each row of the batch should add its own"
        raise Mistake(likely, show(expected), show(embedding.grad))


def follows(module: Callable, embedding: torch.nn.Parameter, batch: Tensor) -> bool:
    """Does the output change with the parameter, when its memory is another (as on a GPU)?"""
    before = embedding.data
    embedding.data = before + 1
    with torch.no_grad():
        output = call(module, batch)
    right = joined(embedding.detach(), batch)
    embedding.data = before
    return output.shape == right.shape and torch.allclose(output, right)


def check_follows(module: Callable, embedding: torch.nn.Parameter, batch: Tensor) -> None:
    """What training and ``.to(device)`` change of the parameter shows in the output."""
    if embedding.dtype != torch.float32:
        likely = "forward turns the parameter itself into another dtype: it stays float32"
        raise Mistake(likely, "torch.float32", str(embedding.dtype))
    if not follows(module, embedding, batch):
        likely = (
            "forward does not follow the parameter when it is moved or loaded: the rows are made "
            "before, perhaps in __init__; make them in forward, from self.embedding"
        )
        raise Mistake(likely)
