"""``SoftPrompt`` (lesson 4, *Words are vectors*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake


def repeated(prompt: Tensor, batch: int) -> Tensor:
    """The prompt for each row: (batch, length, d_model)."""
    return prompt.expand(batch, -1, -1)


def joined(prompt: Tensor, tokens: Tensor) -> Tensor:
    """The definition."""
    return torch.cat([repeated(prompt, len(tokens)), tokens], dim=1)


def scrambled(prompt: Tensor, batch: int) -> Tensor:
    """Each vector repeated, then cut into rows."""
    return prompt.repeat_interleave(batch, dim=0).view(batch, *prompt.shape)


def overwritten(prompt: Tensor, tokens: Tensor, keep: float) -> Tensor:
    """The prompt in the place of the first tokens (keep 0), or added to them (keep 1)."""
    count = min(len(prompt), tokens.shape[1])
    first = keep * tokens[:, :count] + prompt[:count]
    return torch.cat([first, tokens[:, count:]], dim=1)


WRONG_AXIS = (
    "the prompt's vectors are repeated along the wrong axis: every row of the batch should begin "
    "with all of them, in their order; expand(batch, -1, -1) does that"
)
ADDED = "the prompt is added to the tokens: concatenate them, the prompt first, so the text is kept"
JOIN_MISTAKES: Mistakes = {
    "the prompt stands after the tokens: a causal model would read it too late, put it first": [
        lambda p, e: torch.cat([e, repeated(p, len(e))], dim=1)
    ],
    WRONG_AXIS: [lambda p, e: torch.cat([scrambled(p, len(e)), e], dim=1)],
    ADDED: [
        lambda p, e: overwritten(p, e, 1.0),
        lambda p, e: e + p.mean(0),
        lambda p, e: e + p.sum(0),
    ],
    "the prompt takes the place of the first tokens: concatenate, so that the text is kept": [
        lambda p, e: overwritten(p, e, 0.0)
    ],
    "only the first row of the batch is left: repeat the prompt for every row": [
        lambda p, e: joined(p, e[:1])
    ],
    "the batch dimension is gone: return (batch, length + tokens, d_model)": [
        lambda p, e: joined(p, e[:1])[0]
    ],
    "this is the prompt alone: the embeddings of the text belong behind it": [
        lambda p, e: repeated(p, len(e))
    ],
    "these are the embeddings alone: the prompt belongs before them": [lambda p, e: e],
    "the prompt's vectors are in reverse order": [lambda p, e: joined(p.flip(0), e)],
    "only the first of the prompt's vectors is there": [lambda p, e: joined(p[:1], e)],
    "the prompt stands there twice": [lambda p, e: joined(p, joined(p, e))],
}
PARAMETER = "a float32 nn.Parameter `embedding` of shape (length, d_model)"


def read_parameter(module: Any, init: Tensor) -> torch.nn.Parameter:
    """The parameter ``embedding`` of a learner's module.

    Raises:
        Mistake: it is none, or has the wrong shape, dtype or values, or is not the module's own.
    """
    if not isinstance(module, torch.nn.Module):
        likely = "SoftPrompt should be a module: class SoftPrompt(torch.nn.Module)"
        raise Mistake(likely, "a torch.nn.Module", show(module))
    parameters = dict(module.named_parameters())
    got = ", ".join(f"{n} {tuple(p.shape)}" for n, p in parameters.items()) or "no parameter"
    if "embedding" not in parameters and isinstance(getattr(module, "embedding", None), Tensor):
        likely = "embedding is a plain tensor, which no optimiser gets to see: nn.Parameter(...)"
        raise Mistake(likely, PARAMETER, got)
    if set(parameters) != {"embedding"}:
        raise Mistake("the module should have one parameter, `embedding`", PARAMETER, got)
    embedding = parameters["embedding"]
    if embedding.shape != init.shape:
        likely = "the parameter has another shape than init; the batch comes in forward alone"
        raise Mistake(likely, f"the shape {tuple(init.shape)}", got)
    if embedding.dtype != torch.float32:
        likely = "the parameter is not float32: in 16 bits small steps are lost, call init.float()"
        raise Mistake(likely, "torch.float32", str(embedding.dtype))
    if not embedding.requires_grad:
        raise Mistake("the parameter requires no gradient: it could not be trained", PARAMETER)
    if not torch.allclose(embedding.detach(), init.float()):
        raise Mistake("the parameter does not start at init", show(init), show(embedding))
    if embedding.untyped_storage().data_ptr() == init.untyped_storage().data_ptr():
        likely = (
            "the parameter shares its memory with init, which may be the model's own table: "
            "training would change both, so clone() it"
        )
        raise Mistake(likely, "a copy of init", "init itself")
    return embedding


def read_tensor(value: Any) -> Tensor:
    """Read a tensor; its shape is left to the table of mistakes."""
    what = "a tensor (batch, length + tokens, d_model)"
    if not isinstance(value, Tensor):
        raise Mistake(f"forward should return a tensor, not a {type(value).__name__}", what)
    return value


def on_prompt(wrong: Callable, prompt: Tensor) -> Callable:
    """A wrong answer as a function of the embeddings alone."""
    return lambda embeddings: wrong(prompt, embeddings)


def check_gradient(embedding: torch.nn.Parameter, output: Tensor, length: int) -> None:
    """Every row's gradient should arrive at the parameter."""
    weights = torch.randn_like(output)
    expected = weights[:, :length].sum(0)
    if output.requires_grad:
        (output * weights).sum().backward()
    if embedding.grad is None:
        likely = (
            "no gradient reaches the parameter: use self.embedding itself in forward, not init, "
            "and no detach(), .data or no_grad()"
        )
        raise Mistake(likely, "a gradient for embedding", "none")
    if not torch.allclose(embedding.grad, expected, atol=1e-5):
        likely = "the gradient of some rows is lost: each row of the batch should add its own"
        raise Mistake(likely, show(expected), show(embedding.grad))


HINTS = (
    "__init__ keeps one nn.Parameter; forward puts it before every row of the batch",
    "nn.Parameter(init.float().clone()): float32, and memory of its own",
    "in forward: rows = self.embedding.expand(len(embeddings), -1, -1), then "
    "torch.cat([rows, embeddings], dim=1)",
)


@exercise(hints=HINTS, mistakes=JOIN_MISTAKES)
def SoftPrompt(answer: Any, numbers: random.Random) -> None:
    """The parameter; what forward returns; and whether gradients reach the parameter."""
    for dtype in (torch.float32, torch.bfloat16):
        length, width = numbers.randint(3, 5), numbers.randint(6, 9)
        init = torch.randn(length, width).to(dtype)
        module = call(answer, init)
        embedding = read_parameter(module, init)
        prompt = embedding.detach().clone()
        sizes = ((numbers.randint(2, 4), length + 2), (3, 2), (1, length))
        cases = [(torch.randn(batch, tokens, width),) for batch, tokens in sizes]
        mistakes = {
            likely: [on_prompt(wrong, prompt) for wrong in wrong_answers]
            for likely, wrong_answers in JOIN_MISTAKES.items()
        }
        got = compare(module, cases, on_prompt(joined, prompt), mistakes, read_tensor)
        check_gradient(embedding, got[0], length)
