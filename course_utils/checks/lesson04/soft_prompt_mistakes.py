"""What learners get wrong in ``SoftPrompt``: where it starts, and how it is joined to the text."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils.checks.core.compare import Mistakes

CAT: Any = torch.cat  # for calls of a form that it does not have


def repeated(prompt: Tensor, batch: int) -> Tensor:
    """The prompt for each row: (batch, length, d_model)."""
    return prompt.expand(batch, -1, -1)


def joined(prompt: Tensor, tokens: Tensor) -> Tensor:
    """The definition."""
    return torch.cat([repeated(prompt, len(tokens)), tokens], dim=1)


def with_rows(count: int, prompt: Tensor, tokens: Tensor) -> Tensor:
    """The prompt in another number of rows than the batch has."""
    return torch.cat([repeated(prompt, count), tokens], dim=1)


def scrambled(prompt: Tensor, batch: int) -> Tensor:
    """Each vector repeated, then cut into rows."""
    return prompt.repeat_interleave(batch, dim=0).view(batch, *prompt.shape)


def overwritten(prompt: Tensor, tokens: Tensor, keep: float) -> Tensor:
    """The prompt in the place of the first tokens (keep 0), or added to them (keep 1)."""
    count = min(len(prompt), tokens.shape[1])
    first = keep * tokens[:, :count] + prompt[:count]
    return torch.cat([first, tokens[:, count:]], dim=1)


def mixed(prompt: Tensor, tokens: Tensor) -> Tensor:
    """All prompts, then all texts, cut into rows."""
    batch, _, width = tokens.shape
    flat = torch.cat([prompt.repeat(batch, 1), tokens.reshape(-1, width)])
    return flat.view(batch, -1, width)


def turned(prompt: Tensor, tokens: Tensor) -> Tensor:
    """The tokens of all rows in turn, cut into rows."""
    right = joined(prompt, tokens)
    return right.transpose(0, 1).reshape(right.shape)


def both_ways(join: Callable[[list[Tensor]], Tensor]) -> list[Callable]:
    """Wrong answers that join along a wrong dimension: the prompt first, and the text first."""
    return [
        lambda p, e: join([repeated(p, len(e)), e]),
        lambda p, e: join([e, repeated(p, len(e))]),
    ]


START_MISTAKES: Mistakes = {
    "the parameter starts at zeros: it should be a copy of init": [torch.zeros_like],
    "the parameter starts at ones: it should be a copy of init": [torch.ones_like],
    "the rows of init were scaled to length 1: keep init as it is": [
        lambda init: normalize(init, dim=1)
    ],
    "each vector starts at the mean of init: keep its rows": [
        lambda init: init.mean(0).expand(init.shape)
    ],
    "the vectors of init are in reverse order": [lambda init: init.flip(0)],
    "init was rounded to 16 bits on its way into the parameter": [
        lambda init: init.bfloat16().float(),
        lambda init: init.half().float(),
    ],
}
JOIN_MISTAKES: Mistakes = {
    "the prompt stands after the tokens: a causal model would read it too late, put it first": [
        lambda p, e: torch.cat([e, repeated(p, len(e))], dim=1)
    ],
    "the prompt is not repeated for the rows of the batch: self.embedding.expand(batch, -1, -1)": [
        lambda p, e: torch.cat([p[None], e], dim=1),
        lambda p, e: torch.cat([e, p[None]], dim=1),
        lambda p, e: torch.cat([p.unsqueeze(1), e], dim=1),
    ],
    "the prompt is repeated 20 times: as often as the batch has rows, len(embeddings)": [
        lambda p, e: with_rows(20, p, e)
    ],
    "the prompt is repeated as often as it is long: as often as the batch has rows": [
        lambda p, e: with_rows(len(p), p, e)
    ],
    "the prompt is repeated as often as the text is long: as often as the batch has rows": [
        lambda p, e: with_rows(e.shape[1], p, e)
    ],
    "the prompt is transposed: its rows are (length, d_model)": [
        lambda p, e: torch.cat([repeated(p.T, len(e)), e], dim=1)
    ],
    "the result was rounded to 16 bits: float32 embeddings give float32": [
        lambda p, e: joined(p, e).bfloat16(),
        lambda p, e: joined(p, e).half(),
        lambda p, e: joined(p.bfloat16(), e),
        lambda p, e: joined(p.half(), e),
    ],
    (
        "the prompt has no batch dimension where it is joined to the embeddings: make it "
        "(batch, length, d_model) first"
    ): [
        lambda p, e: torch.cat([p, e], dim=1),
        lambda p, e: torch.cat([e, p], dim=1),
    ],
    "the prompt is joined along the wrong dimension: dim=1 counts the tokens": [
        *both_ways(torch.cat),
        *both_ways(lambda parts: torch.cat(parts, dim=2)),
        *both_ways(lambda parts: torch.cat(parts, dim=-1)),
    ],
    "torch.cat takes a list of the parts: torch.cat([rows, embeddings], dim=1)": [
        lambda p, e: CAT(repeated(p, len(e)), e),
        lambda p, e: CAT(repeated(p, len(e)), e, dim=1),
    ],
    "stack makes a new dimension, and wants parts of one shape: join with torch.cat, dim=1": [
        *both_ways(torch.stack),
        *both_ways(lambda parts: torch.stack(parts, dim=1)),
    ],
    "the prompt is expanded to the text's shape: it has a length of its own, (batch, length, d)": [
        lambda p, e: p.expand_as(e),
        lambda p, e: p.expand(e.shape),
        lambda p, e: p.expand(len(e), e.shape[1], -1),
    ],
    (
        "the prompt's vectors are repeated along the wrong axis: every row of the batch should "
        "begin with all of them, in their order; expand(batch, -1, -1) does that"
    ): [lambda p, e: torch.cat([scrambled(p, len(e)), e], dim=1)],
    "the rows are mixed: a reshape after joining does not keep each text behind a prompt": [
        mixed,
        turned,
    ],
    "the prompt is added to the tokens: concatenate them, the prompt first, so the text is kept": [
        lambda p, e: overwritten(p, e, 1.0),
        lambda p, e: e + p.mean(0),
        lambda p, e: e + p.sum(0),
        lambda p, e: e + p,
        lambda p, e: p + e,
    ],
    "the prompt takes the place of the first tokens: concatenate, so that the text is kept": [
        lambda p, e: overwritten(p, e, 0.0),
        lambda p, e: joined(p, e[:, len(p) :]),
    ],
    "the length of the text was kept, so its end is cut off: it grows by the prompt": [
        lambda p, e: joined(p, e)[:, : e.shape[1]]
    ],
    "only the first row of the batch is left: repeat the prompt for every row": [
        lambda p, e: joined(p, e[:1])
    ],
    "every row has the text of the first one: keep each row's own": [
        lambda p, e: joined(p, e[:1].expand_as(e))
    ],
    "the batch dimension is gone: return (batch, length + tokens, d_model)": [
        lambda p, e: joined(p, e[:1])[0],
        lambda p, e: joined(p, e).flatten(0, 1),
    ],
    "this is the prompt alone: the embeddings of the text belong behind it": [
        lambda p, e: repeated(p, len(e)),
        lambda p, e: p,
    ],
    "these are the embeddings alone: the prompt belongs before them": [lambda p, e: e],
    "there are zeros where the prompt should stand": [lambda p, e: joined(0 * p, e)],
    "the prompt's vectors are in reverse order": [lambda p, e: joined(p.flip(0), e)],
    "only the first of the prompt's vectors is there": [lambda p, e: joined(p[:1], e)],
    "the mean of the prompt's vectors stands there: keep each of them": [
        lambda p, e: joined(p.mean(0, keepdim=True), e),
        lambda p, e: joined(p.mean(0).expand(p.shape), e),
    ],
    "the prompt's vectors are scaled to length 1: leave them as they are": [
        lambda p, e: joined(normalize(p, dim=1), e)
    ],
    "the prompt stands there twice": [lambda p, e: joined(p, joined(p, e))],
    "the first two dimensions are swapped: return (batch, length + tokens, d_model)": [
        lambda p, e: joined(p, e).transpose(0, 1)
    ],
}
