"""Checks of lesson 4: the soft prompt as a module, and its mask."""

import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.calling import call
from course_utils.checks.diagnose import Suspect, compare
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

Tensor = torch.Tensor


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
JOIN_SUSPECTS: list[Suspect] = [
    ("the prompt stands after the tokens: a causal model would read it too late, put it first",
     lambda p, e: torch.cat([e, repeated(p, len(e))], dim=1)),
    (WRONG_AXIS, lambda p, e: torch.cat([scrambled(p, len(e)), e], dim=1)),
    (ADDED, lambda p, e: overwritten(p, e, 1.0)),
    (ADDED, lambda p, e: e + p.mean(0)),
    (ADDED, lambda p, e: e + p.sum(0)),
    ("the prompt takes the place of the first tokens: concatenate, so that the text is kept",
     lambda p, e: overwritten(p, e, 0.0)),
    ("only the first row of the batch is left: repeat the prompt for every row",
     lambda p, e: joined(p, e[:1])),
    ("the batch dimension is gone: return (batch, length + tokens, d_model)",
     lambda p, e: joined(p, e[:1])[0]),
    ("this is the prompt alone: the embeddings of the text belong behind it",
     lambda p, e: repeated(p, len(e))),
    ("these are the embeddings alone: the prompt belongs before them", lambda p, e: e),
    ("the prompt's vectors are in reverse order", lambda p, e: joined(p.flip(0), e)),
    ("only the first of the prompt's vectors is there", lambda p, e: joined(p[:1], e)),
    ("the prompt stands there twice", lambda p, e: joined(p, joined(p, e))),
]  # fmt: skip
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
    came = ", ".join(f"{n} {tuple(p.shape)}" for n, p in parameters.items()) or "no parameter"
    if "embedding" not in parameters and isinstance(getattr(module, "embedding", None), Tensor):
        likely = "embedding is a plain tensor, which no optimiser gets to see: nn.Parameter(...)"
        raise Mistake(likely, PARAMETER, came)
    if set(parameters) != {"embedding"}:
        raise Mistake("the module should have one parameter, `embedding`", PARAMETER, came)
    embedding = parameters["embedding"]
    if embedding.shape != init.shape:
        likely = "the parameter has another shape than init; the batch comes in forward alone"
        raise Mistake(likely, f"the shape {tuple(init.shape)}", came)
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
    """Read a tensor; its shape is left to the suspects."""
    what = "a tensor (batch, length + tokens, d_model)"
    if not isinstance(value, Tensor):
        raise Mistake(f"forward should return a tensor, not a {type(value).__name__}", what)
    return value


def on_prompt(wrong: Callable, prompt: Tensor) -> Callable:
    """A suspect as a function of the embeddings alone."""
    return lambda embeddings: wrong(prompt, embeddings)


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
        suspects = [(likely, on_prompt(wrong, prompt)) for likely, wrong in JOIN_SUSPECTS]
        came = compare(module, cases, on_prompt(joined, prompt), suspects, read_tensor)
        check_gradient(embedding, came[0], length)


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


def ones(mask: Tensor, count: int) -> Tensor:
    """(batch, count) ones of the mask's dtype."""
    return mask.new_ones(len(mask), count)


def right_mask(mask: Tensor, last: Tensor, length: int) -> Tensor:
    """The definition."""
    return torch.cat([ones(mask, length), mask], dim=1)


def right_last(mask: Tensor, last: Tensor, length: int) -> Tensor:
    """The definition."""
    return last + length


MASK_SUSPECTS: list[Suspect] = [
    ("the ones stand at the end, behind the padding: the prompt comes first",
     lambda m, i, n: torch.cat([m, ones(m, n)], dim=1)),
    ("the soft tokens are masked with 0: no token could look at the prompt, use 1",
     lambda m, i, n: torch.cat([0 * ones(m, n), m], dim=1)),
    ("the mask was not extended: it needs a 1 for each soft token", lambda m, i, n: m),
    ("the mask is all ones: padding counts as text then",
     lambda m, i, n: ones(m, n + m.shape[1])),
    ("these are the soft tokens' ones alone: the mask of the text belongs behind them",
     lambda m, i, n: ones(m, n)),
    ("one 1 is missing: there are `length` soft tokens",
     lambda m, i, n: right_mask(m, i, n - 1)),
    ("there is one 1 too many: there are `length` soft tokens",
     lambda m, i, n: right_mask(m, i, n + 1)),
    ("the length of the mask was kept, and its end cut off: it grows by `length`",
     lambda m, i, n: right_mask(m, i, n)[:, : m.shape[1]]),
]  # fmt: skip
LAST_SUSPECTS: list[Suspect] = [
    ("last was not shifted: the prompt moves every token by `length`", lambda m, i, n: i),
    ("last is one too low: `length` soft tokens shift it by `length`",
     lambda m, i, n: i + n - 1),
    ("last is one too high: `length` soft tokens shift it by `length`",
     lambda m, i, n: i + n + 1),
    ("last is shifted backwards: the prompt stands before the tokens", lambda m, i, n: i - n),
    ("this is the last column, which is padding in the shorter rows: add `length` to last",
     lambda m, i, n: torch.full_like(i, n + m.shape[1] - 1)),
    ("this is the same place for all rows, the prompt's end: add `length` to last",
     lambda m, i, n: torch.full_like(i, n - 1)),
]  # fmt: skip


def read_pair(value: Any, index: int) -> Tensor:
    """Read two int64 tensors; one of them."""
    what = "(attention_mask, last), int64 tensors"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Mistake("return two tensors, the mask and last", what, show(value))
    for name, item, dimensions in zip(("the mask", "last"), value, (2, 1)):
        if not isinstance(item, Tensor):
            raise Mistake(f"{name} should be a tensor, not a {type(item).__name__}", what)
        if item.ndim != dimensions:
            likely = f"{name} should have {dimensions} dimension(s): return the mask, then last"
            raise Mistake(likely, what, show(item))
        if item.dtype != torch.int64:
            likely = f"{name} has the wrong dtype: int64, as it came; torch.ones alone gives floats"
            raise Mistake(likely, what, show(item))
    return value[index]


def extend(answer: Any, numbers: random.Random) -> None:
    """Ones before the mask of right-padded rows, and ``last`` shifted."""
    cases = []
    for _ in range(2):
        sizes = torch.tensor([*numbers.sample(range(1, 6), numbers.randint(2, 4)), 7])
        mask = (torch.arange(7) < sizes[:, None]).long()
        cases.append((mask, sizes - 1, numbers.randint(2, 5)))
    rights = ((right_mask, MASK_SUSPECTS), (right_last, LAST_SUSPECTS))
    for index, (right, suspects) in enumerate(rights):
        compare(answer, cases, right, suspects, lambda value, i=index: read_pair(value, i))
