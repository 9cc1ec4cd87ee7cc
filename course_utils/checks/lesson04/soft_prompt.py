"""``SoftPrompt`` (lesson 4, *Words are vectors*)."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.compare import Mistakes, compare
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, WrongForm
from course_utils.checks.lesson04.soft_prompt_mistakes import (
    JOIN_MISTAKES,
    START_MISTAKES,
    joined,
)
from course_utils.checks.lesson04.soft_prompt_parameter import (
    cause_in_words,
    check_follows,
    check_gradient,
    check_start,
    construct,
    read_parameter,
)

ROUNDED = 0.01  # the prompt may be rounded to bfloat16, where the batch is of that dtype


def read_tensor(value: Any) -> Tensor:
    """Read a tensor of floats; its shape is left to the table of mistakes."""
    what = "a tensor (batch, length + tokens, d_model)"
    if not isinstance(value, Tensor):
        likely = f"forward should return a tensor, not a {type(value).__name__}"
        raise WrongForm(likely, what, show(value))
    if not value.is_floating_point():
        likely = f"forward should return embeddings, which are floats, not {value.dtype}"
        raise WrongForm(likely, what, show(value))
    return value


def on_prompt(wrong: Callable, prompt: Tensor) -> Callable:
    """A wrong answer as a function of the embeddings alone."""
    return lambda embeddings: wrong(prompt, embeddings)


def check_forward(
    module: Callable, prompt: Tensor, cases: list[tuple], tolerance: float = 1e-5
) -> None:
    """What forward returns for batches of several sizes."""
    mistakes: Mistakes = {
        likely: [on_prompt(wrong, prompt) for wrong in wrong_answers]
        for likely, wrong_answers in JOIN_MISTAKES.items()
    }
    try:
        compare(module, cases, on_prompt(joined, prompt), mistakes, read_tensor, tolerance)
    except AnswerRaised as raised:
        raised.likely = raised.likely or cause_in_words(raised)
        raise


HINTS = (
    "__init__ keeps one nn.Parameter; forward puts it before every row of the batch",
    "nn.Parameter(init.float().clone()): float32, and memory of its own",
    "in forward: rows = self.embedding.expand(len(embeddings), -1, -1), then "
    "torch.cat([rows, embeddings], dim=1)",
)


@exercise(hints=HINTS, mistakes={**START_MISTAKES, **JOIN_MISTAKES})
def SoftPrompt(answer: Any, numbers: random.Random) -> None:
    """The parameter; what forward returns; and whether gradients reach the parameter."""
    lengths = (numbers.randint(3, 5), numbers.randint(3, 5), 1)
    for length, dtype in zip(lengths, (torch.float32, torch.bfloat16, torch.float32)):
        width = numbers.randint(6, 9)
        init = torch.randn(length, width).to(dtype)
        module = construct(answer, init)
        embedding = read_parameter(module, init)
        check_start(answer, embedding, init)
        batches = numbers.choice([n for n in (2, 3, 4) if n != length])
        sizes = ((batches, length + 2), (3, 2), (1, length), (2, 1))
        cases = [(torch.randn(batch, tokens, width),) for batch, tokens in sizes]
        prompt = embedding.detach().clone()
        check_forward(module, prompt, cases)
        check_gradient(module, embedding, *cases[0])
        check_forward(module, prompt, [(cases[0][0].bfloat16(),)], ROUNDED)
        check_follows(module, embedding, *cases[0])
